"""Make the record of a run from its workers' histories: check, budget, promises."""

from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import structs

from nhq.contract.change_approvals import ChangeApprovals
from nhq.errors import TargetError
from nhq.load.abort_conditions import budget_left_open, left_open
from nhq.load.anomaly_rules import load_observations, rules_of_run
from nhq.load.budget import judge_budget
from nhq.load.load_request import Role, Run
from nhq.load.load_summary import load_section
from nhq.model import Verdict
from nhq.ratelimit.checker.check import check_history
from nhq.ratelimit.history.history import NO_REPLY, History
from nhq.ratelimit.history.read_history import read_histories
from nhq.record.load_rows import LoadRecord
from nhq.record.run_record import Record
from nhq.run.collector import Collector
from nhq.run.record import Header, make_record
from nhq.run.revised_observations import collector_for, contract_of
from nhq.run.selection import Selection

#: Keys that a line names.
NAMED = 6


def load_record(work: Run, header: Header, accepted: ChangeApprovals) -> Record:
    """The record of a run whose processes have ended.

    Raises TargetError when nothing came back at all, KeyboardInterrupt when it was interrupted before anything did.
    """
    history = _answered(work, _read(work))
    plan = work.plan
    verdicts = check_history(history, plan.limit, plan.window, skew=work.skew)
    kept = judge_budget(history, plan.profile.budget)
    if work.stopped:
        verdicts, kept = left_open(verdicts, work.stopped), budget_left_open(kept)
    contract = contract_of(work.request.contract)
    collector = collector_for(work.target, contract)
    count_history(collector, history)
    called = [name for name in contract.operations if name in collector.statuses]
    collector.observe(load_observations(history, verdicts, called))
    for line in (*work.troubles, *_silent(work, history)):
        collector.trouble("locust", line)
    for name in work.left_out:
        collector.unmet(f"permission for {name}, which the profile's mix has")
    selection = Selection(rules_of_run(plan.profile.judges, verdicts), frozenset(called))
    record = make_record(header, contract, work.target, collector, selection, {}, accepted)
    files = [path.name for path in sorted(work.folder.glob("*.arrows"))]
    load = load_section(history, verdicts, kept, plan, files, max(1, work.request.workers), work.unshown)
    return _with_budget(structs.replace(record, load=load), load)


def _read(work: Run) -> History | None:
    """All histories of the run as one, if there are any."""
    paths = sorted(work.folder.glob("*.arrows"))
    return read_histories(paths) if paths else None


def _answered(work: Run, history: History | None) -> History:
    """The history, if there is anything in it to judge."""
    if history is None and work.request.role is Role.MASTER and not work.troubles:
        raise TargetError("the histories are on the workers, which judged them; collect them here with --gather FOLDER")
    if history is None and work.interrupted:
        raise KeyboardInterrupt
    if history is None or not (history.status != NO_REPLY).any():
        raise TargetError(f"nothing was recorded: {'; '.join(work.troubles) or 'no request was answered'}")
    return history


def _silent(work: Run, history: History) -> Iterator[str]:
    """Keys that should have sent but didn't: their part of the profile is missing."""
    missing = work.plan.keys - len(history.keys)
    if missing > 0 and work.request.role is not Role.WORKER and not work.interrupted:
        silent = [label for label in work.labels if label not in history.keys]
        named = f": {', '.join(silent[:NAMED])}{' …' if len(silent) > NAMED else ''}" if silent else ""
        yield f"{missing} of {work.plan.keys} keys sent nothing, or what they sent is lost, and stay unknown{named}"


def _with_budget(record: Record, load: LoadRecord) -> Record:
    """Fail a run for an exceeded budget if nothing else fails it."""
    if load.exceeded and record.exit_code == 0:
        return structs.replace(record, exit_code=1, verdict=Verdict.VIOLATED)
    return record


def count_history(collector: Collector, history: History) -> None:
    """Count the requests of a history as if they had been exchanges."""
    by_key = {name: int((history.key == number).sum()) for number, name in enumerate(history.keys)}
    statuses: dict[str, Counter[int]] = {}
    for number, name in enumerate(history.operations):
        seen: Sequence[int] = history.status[history.operation == number].tolist()
        if name:
            statuses[name] = Counter(status for status in seen if status != NO_REPLY)
    collector.count(by_key, statuses)
