"""Control runs on mocks with permitted variants, as data and as text: each variant alone, and many together."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from nhq.mutation.mutant_status import MutantOutcome
from nhq.mutation.variants.variant import Variant
from nhq.record.mutation_rows import HonestRow, MutantStatus, MutationRecord, VariantRow


def with_choices(
    mutation: MutationRecord, variants: Sequence[Variant], outcomes: Sequence[MutantOutcome]
) -> MutationRecord:
    """A mutation record with `variants` and `combined`: `outcomes` are those of the variants, then the rest."""
    alone = tuple(_row(variant, outcome) for variant, outcome in zip(variants, outcomes, strict=False))
    return replace(mutation, variants=alone, combined=tuple(map(judge_honest_mock, outcomes[len(variants) :])))


def _row(variant: Variant, outcome: MutantOutcome) -> VariantRow:
    return VariantRow(
        id=variant.id,
        sentence=variant.sentence,
        area=variant.area,
        policy=variant.policy,
        ambiguity=variant.ambiguity,
        takes=variant.takes,
        status=outcome.status,
        found=(*outcome.kills, *outcome.others),
        unjudged=outcome.unjudged,
        requests=outcome.requests,
        troubles=outcome.troubles,
        warned=outcome.warned,
        seconds=outcome.seconds,
    )


def judge_honest_mock(outcome: MutantOutcome) -> HonestRow:
    """The result of the whole gate on a mock that breaks nothing."""
    return HonestRow(
        seed=outcome.seed,
        variants=outcome.variants,
        status=outcome.status,
        found=(*outcome.kills, *outcome.others),
        unjudged=outcome.unjudged,
        requests=outcome.requests,
        troubles=outcome.troubles,
    )


def choices_table(mutation: MutationRecord) -> Iterator[str]:
    """The text for people: variants with findings or trouble, and rules that could not be judged."""
    alone, combined = mutation.variants, mutation.combined
    if not alone and not combined:
        return
    yield f"{len(alone)} mocks with one variant each: {_wrong(alone)} with a false positive or trouble"
    yield from (
        f"  {row.id} ({row.ambiguity}): {describe_accusation(row)}" for row in alone if row.status != MutantStatus.CLEAN
    )
    yield f"{len(combined)} mocks with many variants together: {_wrong(combined)} with a false positive or trouble"
    for row in combined:
        if row.status != MutantStatus.CLEAN:
            yield f"  {', '.join(row.variants)}: {describe_accusation(row)}"
    yield from (f"  warned of {row.id}: {', '.join(row.warned)}" for row in alone if row.warned)
    yield from (f"  not judged with {row.id}: {', '.join(row.unjudged)}" for row in alone if row.unjudged)


def _wrong(rows: Sequence[VariantRow | HonestRow]) -> int:
    return sum(row.status != MutantStatus.CLEAN for row in rows)


def describe_accusation(row: VariantRow | HonestRow) -> str:
    """The false findings in words, or what kept the gate from judging."""
    return ", ".join(row.found or row.troubles)
