"""The record of `nhq check`: histories that were recorded elsewhere, in the form of a load run."""

from collections.abc import Sequence
from dataclasses import replace

from msgspec import structs

from nhq.client.target import Target
from nhq.contract import load_contract
from nhq.load.anomaly_rules import load_observations, rules_of_run
from nhq.load.load_outcome import count_history
from nhq.load.load_summary import load_section
from nhq.load.profile import LatencyBudget, Pace, Profile
from nhq.load.send_plan import SendPlan
from nhq.model import Verdict
from nhq.ratelimit.checker.anomalies import Aspect, Verdicts
from nhq.ratelimit.history.history import History
from nhq.record.run_record import Record
from nhq.run.collector import Collector
from nhq.run.record import Header, make_record
from nhq.run.selection import Selection

NAME = "recorded histories"
NAMELESS = "histories that name their operations: without, promises are judged for the keys alone"
_ANYTHING = LatencyBudget(errors=1.0)
_VERDICTS = {0: Verdict.HOLDS, 1: Verdict.VIOLATED, 2: Verdict.UNKNOWN}


def history_record(
    history: History, verdicts: Verdicts, rate: tuple[int, float], code: int, files: Sequence[str], header: Header
) -> Record:
    """The record of histories, the names of whose `files` are told, judged by a rate: requests per seconds and key.

    The exit code `code`, and the verdict with it, is that of the four questions, whatever operations are named.
    """
    contract, (limit, window) = load_contract(), rate
    target = Target(base_url="", keys=(), limit=limit, window=window, name=NAME)
    collector = Collector(target)
    count_history(collector, history)
    called = [name for name in contract.operations if name in collector.statuses]
    collector.observe(load_observations(history, verdicts, called or [None]))
    if not called:  # then a promise is judged for the keys alone
        rules = {name: replace(rule, operations=()) for name, rule in contract.rules.items()}
        contract = replace(contract, rules=rules, operations={})
        collector.unmet(NAMELESS)
    selection = Selection(rules_of_run(tuple(Aspect), verdicts), frozenset(called))
    record = make_record(header, contract, target, collector, selection, {})
    profile = Profile("recorded", NAME, Pace.FLOOD, {}, _ANYTHING, keys=len(history.keys))
    plan = SendPlan(profile, limit, window, len(history.keys), float(history.received.max() - history.sent.min()))
    load = load_section(history, verdicts, (), plan, files)
    return structs.replace(record, verdict=_VERDICTS[code], exit_code=code, load=load)
