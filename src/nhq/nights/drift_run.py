"""Send the same read-only requests to two targets, and report how they differ."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from nhq.model import Exchange
from nhq.nights.drift_comparison import TargetDifference, compare_features, compare_records
from nhq.nights.drift_features import answer_features
from nhq.record.run_record import Record
from nhq.run.gate import judge_target
from nhq.run.gate_options import GateOptions
from nhq.run.plugin import RunProgress


@dataclass(frozen=True, slots=True)
class TargetObservation:
    """One target's answers: the record of its run, and every exchange."""

    record: Record
    exchanges: tuple[Exchange, ...]


def observe_target(options: GateOptions, progress: RunProgress | None = None) -> TargetObservation:
    """Run the read-only part of the suite against one target. Raises NhqError if it can't be judged."""
    heard: list[Exchange] = []
    record = judge_target(replace(options, read_only=True, hear=heard.append), progress)
    return TargetObservation(record, tuple(heard))


def target_differences(here: TargetObservation, there: TargetObservation) -> list[TargetDifference]:
    """How two targets differ: by rule, by open question, by trait of their answers."""
    traits = compare_features(answer_features(here.exchanges), answer_features(there.exchanges))
    return [*compare_records(here.record, there.record), *traits]


def tell_differences(found: Sequence[TargetDifference], seen: Sequence[TargetObservation]) -> str:
    """The differences in words; the same difference at many places is reported once."""
    names = [one.record.target.base_url if one.record.target is not None else "" for one in seen]
    requests = sum(one.record.requests.total for one in seen)
    groups = group_differences(found)
    lines = [f"{_places(group)}\n  here:  {group[0].here}\n  there: {group[0].there}" for group in groups]
    end = f"{len(groups)} difference{'s' * (len(groups) != 1)} between {names[0]} and {names[1]}, {requests} requests"
    return "\n".join([*lines, end]) + "\n"


def group_differences(found: Sequence[TargetDifference]) -> list[list[TargetDifference]]:
    """Group differences of one kind with the same two sides; the kinds keep their order."""
    groups: dict[tuple[str, str, str], list[TargetDifference]] = {}
    for difference in found:
        sort = difference.kind if difference.kind.startswith(("rule", "question")) else difference.kind.split()[0]
        groups.setdefault((sort, difference.here, difference.there), []).append(difference)
    return list(groups.values())


def _places(group: Sequence[TargetDifference]) -> str:
    first = f"{group[0].place or 'everywhere'}: {group[0].kind}"
    rest = f", and {len(group) - 1} more like it" if len(group) > 1 else ""
    return f"{first}{rest}"
