"""Rate limits judged from histories: record, read, check, identify, and schedules to provoke."""

from nhq.ratelimit.anchor import Algorithm
from nhq.ratelimit.check import check
from nhq.ratelimit.findings import Aspect, Found, Judgement, Name, Source, Verdicts
from nhq.ratelimit.history import History, Meta
from nhq.ratelimit.identify import Identification, identify

__all__ = [
    "Algorithm",
    "Aspect",
    "Found",
    "History",
    "Identification",
    "Judgement",
    "Meta",
    "Name",
    "Source",
    "Verdicts",
    "check",
    "identify",
]
