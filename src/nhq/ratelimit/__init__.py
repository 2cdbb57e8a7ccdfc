"""Rate limits judged from histories: record, read, check, identify, and schedules to provoke."""

from nhq.ratelimit.check import check
from nhq.ratelimit.findings import Aspect, Found, Judgement, Name, Source, Verdicts
from nhq.ratelimit.history import History, Meta

__all__ = ["Aspect", "Found", "History", "Judgement", "Meta", "Name", "Source", "Verdicts", "check"]
