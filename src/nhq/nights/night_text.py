"""Texts about a night: for the terminal, and a short one for a chat."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from nhq.model import Verdict
from nhq.nights.night import FindingStanding, FindingState
from nhq.nights.night_storage import Remembered
from nhq.nights.night_store import NightEntry

_ORDER = (FindingState.NEW, FindingState.BACK, FindingState.KNOWN, FindingState.UNSEEN, FindingState.GONE)
_MOST = 20


def tell_night(told: Remembered) -> str:
    """The text at a night's end on a terminal: changes first, then how many rules were judged, then the verdict."""
    lines = [*(f"changed since last night: {mark}" for mark in told.marks)]
    for state in _ORDER:
        lines += _lines(state, _listed(told, state))
    lines += [f"no longer judged: {', '.join(told.lost)}"] if told.lost else []
    lines += [f"trouble on our side: {trouble}" for trouble in told.night.troubles[:_MOST]]
    return "\n".join([*lines, _verdict(told)]) + "\n"


def tell_chat(told: Remembered) -> str:
    """Up to six lines for a chat: the verdict, findings that are new or back, and those that are gone."""
    head = f"{told.night.target}: {_verdict(told)}"
    named = [
        f"{s.state}: {s.sighting.rule} {s.sighting.operation}"
        for s in (*_listed(told, FindingState.NEW), *_listed(told, FindingState.BACK))
    ]
    rest = [f"and {len(named) - 4} more"] if len(named) > 4 else []
    return "\n".join([head, *named[:4], *rest]) + "\n"


def tell_nights(entries: Sequence[NightEntry], open_findings: int) -> str:
    """One line per night, the latest last."""
    if not entries:
        return "no nights yet\n"
    lines = [f"{entries[-1].target}, {open_findings} open finding{'s' * (open_findings != 1)}"]
    return "\n".join([*lines, *map(_entry, entries)]) + "\n"


def _entry(entry: NightEntry) -> str:
    day = datetime.fromtimestamp(entry.started, UTC).strftime("%Y-%m-%d %H:%M")
    said = "cut short" if entry.cut_short else {0: "ok", 1: "FAILED"}.get(entry.exit_code or 0, "could not judge")
    why = "; ".join((*entry.reasons[:3], *entry.marks))
    return f"{entry.number:5d}  {day}  {said:15s}  {entry.load.requests:6d} requests  seed {entry.seed}  {why}".rstrip()


def _listed(told: Remembered, state: FindingState) -> list[FindingStanding]:
    """The findings listed for a state tonight. A gone finding is listed only in the first night without it."""
    there = (standing for standing in told.standings if standing.state is state)
    return [standing for standing in there if state is not FindingState.GONE or standing.changed]


def _lines(state: FindingState, standings: Sequence[FindingStanding]) -> Iterable[str]:
    for standing in standings[:_MOST]:
        yield f"{state.value:7s} {_line(standing)}"
    if len(standings) > _MOST:
        yield f"{state.value:7s} and {len(standings) - _MOST} more"


def _line(standing: FindingStanding) -> str:
    sighting = standing.sighting
    place = f"{sighting.rule} {sighting.operation}".rstrip()
    tries = f" (seen {sighting.seen} of {sighting.tries})" if sighting.tries > 1 else ""
    match standing.state:
        case FindingState.UNSEEN:
            return f"{place}: {standing.cause}"
        case FindingState.GONE:
            return f"{place}: {sighting.text}"
        case _:
            case = f"\n        case: {sighting.case}" if sighting.case else ""
            return f"{place}{tries}: {sighting.text}\n        reproduce: {sighting.rerun}{case}"


def _verdict(told: Remembered) -> str:
    cells = told.night.cells
    asked, judged = len({cell.rule for cell in cells}), len(told.night.judged)
    broken = len({cell.rule for cell in cells if cell.verdict is Verdict.VIOLATED})
    words = {0: "NOTHING NEW", 1: "FAILED", 2: "COULD NOT JUDGE", 130: "CUT SHORT"}[told.outcome.exit_code]
    rules = "rule" if broken == 1 else "rules"
    return f"{words}: night {told.number}, {judged} of {asked} rules judged, {broken} {rules} broken"
