"""What a record holds of a mutation run: what became of each planted fault and of each permitted variant."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from nhq.model import Level
from nhq.record.scalars import Count, Lines, Name, Names, Seconds


class MutantStatus(StrEnum):
    """Good ends are `clean` for a fault that breaks nothing, `told` for a silent one, `killed` for any other."""

    KILLED = "killed"
    CLEAN = "clean"
    TOLD = "told"
    ELSEWHERE = "elsewhere"
    SURVIVED = "survived"
    TROUBLE = "trouble"


class MutationCounts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Counts: faults, subtle ones, families, each status, requests."""

    faults: Count
    subtle: Count
    families: Count
    killed: Count
    clean: Count
    told: Count
    elsewhere: Count
    survived: Count
    trouble: Count
    requests: Count


class FaultRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One planted fault, and what the gate made of it."""

    id: Name
    sentence: Name
    family: Name
    policy: Annotated[Name, Meta(description="The one decision of the mock that it replaces.")]
    subtle: Annotated[str, Meta(description="What hides it; empty when any request shows it.")]
    on: Annotated[Names, Meta(description="Operations it shows on; empty: anywhere.")]
    rules: Annotated[Names, Meta(description="Rules it breaks.")]
    status: MutantStatus
    kills: Annotated[Names, Meta(description="Rules of its own that findings name.")]
    others: Annotated[Names, Meta(description="Other rules that findings name.")]
    requests: Count
    tests: Count
    seconds: Seconds
    whole: Annotated[bool, Meta(description="Did every test run, not only those about its rules?")]
    troubles: Lines


class HonestRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A mock that breaks nothing, and what the gate made of it."""

    seed: int
    variants: Annotated[Names, Meta(description="Choices that it took otherwise than usual, by id.")]
    status: MutantStatus
    found: Annotated[Names, Meta(description="Rules that findings name: false accusations.")]
    unjudged: Annotated[Names, Meta(description="Rules not judged on all their operations.")]
    requests: Count
    troubles: Lines


class VariantRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One choice that the contract leaves open, taken by the mock, and what the gate made of it."""

    id: Name
    sentence: Name
    area: Name
    policy: Annotated[Name, Meta(description="The one decision of the mock that it replaces.")]
    ambiguity: Annotated[Name, Meta(description="The open question.")]
    takes: Annotated[Name, Meta(description="Which of the permitted answers it takes.")]
    status: MutantStatus
    found: Annotated[Names, Meta(description="Rules that findings name: false accusations.")]
    unjudged: Annotated[Names, Meta(description="Rules not judged on all their operations.")]
    requests: Count
    troubles: Lines
    warned: Annotated[Names, Meta(description="Rules that are warned of, as the question says.")]
    seconds: Seconds


class PlantedRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule: the faults planted against it, and those it was seen to fail on."""

    id: Name
    level: Level
    planted: Names
    seen: Names


class MutationRecord(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A mutation run's own results."""

    summary: MutationCounts
    clean: Annotated[
        tuple[HonestRow, ...],
        Meta(description="The whole gate on honest mocks of other seeds, each with many variants together."),
    ]
    faults: tuple[FaultRow, ...]
    unseen: Annotated[
        Names, Meta(description="Rules that no fault was seen to break, of those whose every fault was planted.")
    ]
    rules: tuple[PlantedRule, ...]
    variants: Annotated[
        tuple[VariantRow, ...], Meta(description="The whole gate on honest mocks of other choices, one each.")
    ] = ()
    combined: Annotated[
        tuple[HonestRow, ...], Meta(description="The whole gate on honest mocks of many other choices together.")
    ] = ()
