"""The record of `nhq check`: histories that were recorded elsewhere, told as a load run is."""

from collections.abc import Sequence
from dataclasses import replace

from msgspec import structs

from nhq.contract import load_contract
from nhq.drive.budget import Spent
from nhq.drive.target import Target
from nhq.load.outcome import fold
from nhq.load.plan import Plan
from nhq.load.profile import Budget, Pace, Profile
from nhq.load.promises import observations, selected
from nhq.load.told import told
from nhq.model import Verdict
from nhq.ratelimit.findings import Aspect, Verdicts
from nhq.ratelimit.history import History
from nhq.record.run_record import Record
from nhq.run.collect import Collector
from nhq.run.record import Header, make_record
from nhq.run.select import Selection

NAME = "recorded histories"
NAMELESS = "histories that name their operations: without, promises are judged for the keys alone"
_ANYTHING = Budget(errors=1.0)
_VERDICTS = {0: Verdict.HOLDS, 1: Verdict.VIOLATED, 2: Verdict.UNKNOWN}


def recorded(
    history: History, verdicts: Verdicts, rate: tuple[int, float], code: int, files: Sequence[str], header: Header
) -> Record:
    """The record of histories, the names of whose `files` are told, judged by a rate: requests per seconds and key.

    The exit code `code`, and the verdict with it, is that of the four questions, whatever operations are named.
    """
    contract, (limit, window) = load_contract(), rate
    target = Target(base_url="", keys=(), limit=limit, window=window, name=NAME)
    collector = Collector(target)
    fold(collector, history)
    called = [name for name in contract.operations if name in collector.statuses]
    collector.observe(observations(history, verdicts, called or [None]))
    if not called:  # then a promise is judged for the keys alone
        rules = {name: replace(rule, operations=()) for name, rule in contract.rules.items()}
        contract = replace(contract, rules=rules, operations={})
        collector.unmet(NAMELESS)
    selection = Selection(selected(tuple(Aspect), verdicts), frozenset(called))
    record = make_record(header, contract, target, collector, selection, Spent(), {})
    profile = Profile("recorded", NAME, Pace.FLOOD, {}, _ANYTHING, keys=len(history.keys))
    plan = Plan(profile, limit, window, len(history.keys), float(history.received.max() - history.sent.min()))
    load = told(history, verdicts, (), plan, files)
    return structs.replace(record, verdict=_VERDICTS[code], exit_code=code, load=load)
