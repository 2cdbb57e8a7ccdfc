"""Honest mocks of other choices, told as data and as text: each liberty alone, and many of them together."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nhq.liberties.liberty import Liberty
from nhq.power.outcome import Fate, Outcome


def choices_data(liberties: Sequence[Liberty], outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The parts `liberties` and `combined` of a power run: `outcomes` are those of the liberties, then of the rest."""
    alone = [_row(liberty, outcome) for liberty, outcome in zip(liberties, outcomes, strict=False)]
    return {"liberties": alone, "combined": [honest(outcome) for outcome in outcomes[len(liberties) :]]}


def _row(liberty: Liberty, outcome: Outcome) -> dict[str, Any]:
    told = {name: getattr(liberty, name) for name in ("id", "sentence", "area", "policy", "ambiguity", "takes")}
    seen = {name: value for name, value in honest(outcome).items() if name not in {"seed", "liberties"}}
    return told | seen | {"warned": list(outcome.warned), "seconds": outcome.seconds}


def honest(outcome: Outcome) -> dict[str, Any]:
    """The whole gate on a mock that breaks nothing."""
    return {
        "seed": outcome.seed,
        "liberties": list(outcome.liberties),
        "fate": outcome.fate.value,
        "found": [*outcome.kills, *outcome.others],
        "unjudged": list(outcome.unjudged),
        "requests": outcome.requests,
        "troubles": list(outcome.troubles),
    }


def choices_table(power: Mapping[str, Any]) -> Iterator[str]:
    """For people: which liberties were called a finding or made trouble, and what could not be judged."""
    alone, combined = power.get("liberties", ()), power.get("combined", ())
    if not alone and not combined:
        return
    yield f"{len(alone)} honest mocks of other choices: {_wrong(alone)} with a finding or trouble"
    yield from (f"  {row['id']} ({row['ambiguity']}): {told(row)}" for row in alone if row["fate"] != Fate.CLEAN)
    yield f"{len(combined)} of many such choices together: {_wrong(combined)} with a finding or trouble"
    for row in combined:
        if row["fate"] != Fate.CLEAN:
            yield f"  {', '.join(row['liberties'])}: {told(row)}"
    yield from (f"  warned of {row['id']}: {', '.join(row['warned'])}" for row in alone if row["warned"])
    yield from (f"  not judged with {row['id']}: {', '.join(row['unjudged'])}" for row in alone if row["unjudged"])


def _wrong(rows: Sequence[Mapping[str, Any]]) -> int:
    return sum(row["fate"] != Fate.CLEAN for row in rows)


def told(row: Mapping[str, Any]) -> str:
    """What was found where nothing is wrong, or what kept the gate from judging."""
    return ", ".join(row["found"] or row["troubles"])
