"""Rate limits judged from histories: record, read, check, identify; and schedules that provoke faults."""

from nhq.ratelimit.checker.anomalies import Anomaly, Aspect, EvidenceSource, Judgement, Name, Verdicts
from nhq.ratelimit.checker.check import check_history
from nhq.ratelimit.history.history import History, Meta
from nhq.ratelimit.identify.algorithm import Identification, identify_algorithm
from nhq.ratelimit.identify.anchor import Algorithm

__all__ = [
    "Algorithm",
    "Anomaly",
    "Aspect",
    "EvidenceSource",
    "History",
    "Identification",
    "Judgement",
    "Meta",
    "Name",
    "Verdicts",
    "check_history",
    "identify_algorithm",
]
