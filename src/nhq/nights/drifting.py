"""Sends the same read-only requests to two targets, and tells how they differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nhq.model import Exchange
from nhq.nights.drift_comparison import Difference, compare_features, compare_records
from nhq.nights.drift_features import features
from nhq.run.gate import Options, judge
from nhq.run.plugin import Progress


@dataclass(frozen=True, slots=True)
class Seen:
    """What a target answered: the record of its run, and every exchange."""

    record: Mapping[str, Any]
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
    """The differences in words, those of rules and of open questions first."""
    names = [str(one.record["target"]["base_url"]) for one in seen]
    requests = sum(one.record["requests"]["total"] for one in seen)
    lines = [f"{d.place or 'everywhere'}: {d.kind}\n  here:  {d.here}\n  there: {d.there}" for d in found]
    end = f"{len(found)} difference{'s' * (len(found) != 1)} between {names[0]} and {names[1]}, {requests} requests"
    return "\n".join([*lines, end]) + "\n"
