"""Sends the same read-only requests to two targets, and tells how they differ."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from nhq.model import Exchange
from nhq.nights.drift_comparison import Difference, compare_features, compare_records
from nhq.nights.drift_features import features
from nhq.record.run_record import Record
from nhq.run.gate import Options, judge
from nhq.run.plugin import Progress


@dataclass(frozen=True, slots=True)
class Seen:
    """What a target answered: the record of its run, and every exchange."""

    record: Record
    exchanges: tuple[Exchange, ...]


def observe(options: Options, progress: Progress | None = None) -> Seen:
    """Run the read-only part of the suite against one target. Raises NhqError where it can't be judged."""
    heard: list[Exchange] = []
    record = judge(replace(options, read_only=True, hear=heard.append), progress)
    return Seen(record, tuple(heard))


def differences(here: Seen, there: Seen) -> list[Difference]:
    """How two targets differ: by rule, by open question, by trait of their answers."""
    traits = compare_features(features(here.exchanges), features(there.exchanges))
    return [*compare_records(here.record, there.record), *traits]


def tell_differences(found: Sequence[Difference], seen: Sequence[Seen]) -> str:
    """The differences in words: what differs in one way at many places is told once."""
    names = [one.record.target.base_url if one.record.target is not None else "" for one in seen]
    requests = sum(one.record.requests.total for one in seen)
    groups = grouped(found)
    lines = [f"{_places(group)}\n  here:  {group[0].here}\n  there: {group[0].there}" for group in groups]
    end = f"{len(groups)} difference{'s' * (len(groups) != 1)} between {names[0]} and {names[1]}, {requests} requests"
    return "\n".join([*lines, end]) + "\n"


def grouped(found: Sequence[Difference]) -> list[list[Difference]]:
    """Differences of one kind with the same two sides, together; the most telling kind stands first as it came."""
    groups: dict[tuple[str, str, str], list[Difference]] = {}
    for difference in found:
        sort = difference.kind if difference.kind.startswith(("rule", "question")) else difference.kind.split()[0]
        groups.setdefault((sort, difference.here, difference.there), []).append(difference)
    return list(groups.values())


def _places(group: Sequence[Difference]) -> str:
    first = f"{group[0].place or 'everywhere'}: {group[0].kind}"
    rest = f", and {len(group) - 1} more like it" if len(group) > 1 else ""
    return f"{first}{rest}"
