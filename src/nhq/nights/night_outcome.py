"""The exit code of a night, from the state of its findings. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from nhq.model import Level
from nhq.nights.night import FindingStanding, FindingState, Night


@dataclass(frozen=True, slots=True)
class NightOutcome:
    """A night's exit code, and the reasons if it isn't 0."""

    exit_code: int
    reasons: tuple[str, ...] = ()


def night_outcome(
    tonight: Night,
    standings: Sequence[FindingStanding],
    lost: Sequence[str] = (),
    stale: Sequence[str] = (),
    lacking: str = "",
) -> NightOutcome:
    """1 for what is new or back, for rules no longer judged and for approvals that are out of date; 130 interrupted.

    `stale` lists approvals that approve nothing any more. Findings of the night before don't fail this one. 2 if
    nothing could be judged, something went wrong on our side, or `lacking` says that less was judged than required.
    Trouble on our side may be why rules were not judged.
    """
    if tonight.interrupted:
        return NightOutcome(130, ("interrupted: the night is cut short",))
    reasons = [*map(_reason, failing_findings(standings, tonight.approved)), *tonight.complaints, *stale]
    reasons += [f"no longer judged: {', '.join(lost)}"] if lost and not tonight.troubles else []
    if not tonight.judged:
        return NightOutcome(
            1 if failing_findings(standings, tonight.approved) else 2, ("nothing could be judged", *reasons)
        )
    if reasons:
        return NightOutcome(1, tuple(reasons))
    hollow = [*([lacking] if lacking else []), *(f"trouble on our side: {trouble}" for trouble in tonight.troubles)]
    return NightOutcome(2, tuple(hollow)) if hollow else NightOutcome(0)


def failing_findings(standings: Sequence[FindingStanding], approved: Collection[str]) -> list[FindingStanding]:
    """The findings that fail a night: new or back, of a `must`, proven, and not approved."""
    return [
        standing
        for standing in standings
        if standing.state in (FindingState.NEW, FindingState.BACK)
        and standing.sighting.level is Level.MUST
        and not (standing.sighting.flaky and not standing.sighting.proven)
        and standing.sighting.fingerprint not in approved
    ]


def _reason(standing: FindingStanding) -> str:
    sighting = standing.sighting
    times = f" (seen {sighting.seen} of {sighting.tries})" if sighting.flaky else ""
    return f"{standing.state}{times}: {sighting.rule} {sighting.operation} {sighting.text}".rstrip()
