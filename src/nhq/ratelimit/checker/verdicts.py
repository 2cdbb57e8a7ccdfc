"""From anomalies and evidence to four verdicts: violated by an anomaly, holding by evidence, else unknown."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from nhq.model import Verdict
from nhq.ratelimit.checker.anomalies import Anomaly, Aspect, EvidenceSource, Judgement, Name, Verdicts
from nhq.ratelimit.checker.evidence import Evidence
from nhq.ratelimit.checker.partition import RateLimitPromise
from nhq.ratelimit.checker.resets import Skew
from nhq.ratelimit.checker.windows import SHORTEST_JUDGED
from nhq.ratelimit.history.history import History

#: A server whose resets fit a clock this close to ours (seconds) needs no further proof of its clock.
PLAUSIBLE = 1.0
#: From this grain of times on (seconds) a note says so.
COARSE = 0.01
#: Different values of a header that an anomaly lists at most.
VALUES = 4

#: Cause of an unknown judgement of admissions.
NOT_REFUSED = "nothing was refused, so no window was seen to be driven beyond its limit"

_NO_WINDOW = "refusals and admissions fit no fixed window of that length (see algorithm)"
_NO_WINDOWS = "the server has no fixed window whose counts and end could be judged (see algorithm)"

Answer = tuple[Verdict, str]


@dataclass(frozen=True, slots=True)
class HistoryFacts:
    """Facts about the history as a whole: see `History`."""

    events: int
    keys: int
    origin: float
    slack: float
    lost: tuple[str, ...]
    unrecorded: frozenset[str]

    @classmethod
    def of(cls, history: History, events: int) -> "HistoryFacts":
        """The facts about a history of which `events` were recorded."""
        return cls(events, len(history.keys), history.origin, history.slack, history.lost, history.unrecorded)


def conclude_verdicts(
    history: HistoryFacts,
    promise: RateLimitPromise,
    found: list[Anomaly],
    evidence: Evidence,
    allowed: Skew,
    skew: float | None,
) -> Verdicts:
    """The four judgements together."""
    known = not math.isnan(history.origin)
    certain = [one for one in found if promise.alone or not one.alone]
    doubts = [one for one in found if one.alone and not promise.alone]
    tests: dict[Aspect, tuple[Answer, Answer]] = {
        Aspect.ADMISSIONS: (
            _admissions_declared(evidence, certain),
            _admissions_seen(evidence, certain, doubts, promise),
        ),
        Aspect.HEADERS: (_of_windows(_headers(evidence), certain), (Verdict.UNKNOWN, "")),
        Aspect.RESET: (_of_windows(_reset(evidence, allowed, skew, known), certain), (Verdict.UNKNOWN, "")),
        Aspect.ALGORITHM: (_algorithm_declared(evidence), _algorithm_seen(evidence)),
    }
    if promise.window < SHORTEST_JUDGED:
        short = (
            Verdict.UNKNOWN,
            f"a window under {SHORTEST_JUDGED:g} s cannot be distinguished from the rounding of resets",
        )
        tests = {aspect: (short, seen) for aspect, (_, seen) in tests.items()}
    tests = {
        aspect: _recorded(aspect, history.unrecorded, answers, evidence.replies) for aspect, answers in tests.items()
    }
    judged = {aspect: _judgement(aspect, certain, doubts, *answers) for aspect, answers in tests.items()}
    return Verdicts(
        admissions=judged[Aspect.ADMISSIONS],
        headers=judged[Aspect.HEADERS],
        reset=judged[Aspect.RESET],
        algorithm=judged[Aspect.ALGORITHM],
        events=history.events,
        keys=history.keys,
        windows=evidence.windows,
        skew=(allowed.low, allowed.high) if known and math.isfinite(allowed.low + allowed.high) else None,
        disagreements=tuple(_disagreements(judged)),
        notes=tuple(_notes(history, evidence, promise)),
    )


#: The columns that the declared view of each question needs.
_RESTS_ON = {
    Aspect.ADMISSIONS: ("reset",),
    Aspect.HEADERS: ("limit", "remaining", "reset"),
    Aspect.RESET: ("reset",),
    Aspect.ALGORITHM: ("reset",),
}


def _recorded(
    aspect: Aspect, unrecorded: frozenset[str], answers: tuple[Answer, Answer], replies: int
) -> tuple[Answer, Answer]:
    """The two judgements, unknown with the cause where the recording lacks columns that they need."""
    declared, seen = answers
    if "key" in unrecorded:
        cause = "the recording doesn't say which key was used (--key LABEL: one key sent all of it)"
        return (Verdict.UNKNOWN, cause), (Verdict.UNKNOWN, cause)
    lacks = [f"X-RateLimit-{name.title()}" for name in _RESTS_ON[aspect] if name in unrecorded]
    if not lacks or not replies or (aspect is not Aspect.HEADERS and declared[0] is Verdict.HOLDS):
        return answers
    return (Verdict.UNKNOWN, f"the recording holds no {', '.join(lacks)}"), seen


def _notes(history: HistoryFacts, evidence: Evidence, promise: RateLimitPromise) -> Iterator[str]:
    """What was left unjudged, or judged with wider bounds, although the verdicts stand."""
    yield from history.lost
    if history.slack >= COARSE:
        yield f"times are known to {history.slack:g} s only; every request was given that much room"
    if evidence.smaller(promise.limit) and not promise.alone:
        yield f"{_enforced(evidence, promise)} (--exclusive-keys says that no other client uses them)"
    if evidence.gateways:
        lack = "answers of a gateway's kind have none of the three headers"
        yield f"{evidence.gateways} {lack}; the server isn't judged by them"


def _judgement(
    aspect: Aspect, found: list[Anomaly], doubts: list[Anomaly], by_headers: Answer, by_statuses: Answer
) -> Judgement:
    """One judgement: by anomalies first, then doubts, then whichever of the two views was exercised; else unknown."""
    mine, perhaps = _mine(aspect, found), _mine(aspect, doubts)
    views = {
        source: _view(source, mine, perhaps, answer[0])
        for source, answer in ((EvidenceSource.HEADERS, by_headers), (EvidenceSource.STATUSES, by_statuses))
    }
    if mine:
        verdict, cause = Verdict.VIOLATED, _summary(mine)
    elif perhaps:
        verdict, cause = (
            Verdict.UNKNOWN,
            f"{_summary(perhaps)}, or another client uses the keys (--exclusive-keys: none does)",
        )
    else:
        verdict, cause = _best(by_headers, by_statuses)
    by = views[EvidenceSource.HEADERS], views[EvidenceSource.STATUSES]
    return Judgement(aspect, verdict, cause, _told(mine), _told(perhaps), *by)


def _best(by_headers: Answer, by_statuses: Answer) -> Answer:
    """Holds by whichever of the two views was exercised; else unknown, with the cause for each of them."""
    for answer in (by_headers, by_statuses):
        if answer[0] is Verdict.HOLDS:
            return answer
    return Verdict.UNKNOWN, "; ".join(dict.fromkeys(cause for _, cause in (by_headers, by_statuses) if cause))


def _mine(aspect: Aspect, found: list[Anomaly]) -> list[Anomaly]:
    """The anomalies of one question, the fewest witnesses first."""
    return sorted((f for f in found if f.aspect is aspect), key=lambda f: (f.name, len(f.witness), f.witness))


def _view(source: EvidenceSource, found: list[Anomaly], doubts: list[Anomaly], exercised: Verdict) -> Verdict:
    """The judgement of one source alone."""
    if any(one.source is source for one in found):
        return Verdict.VIOLATED
    return Verdict.UNKNOWN if any(one.source is source for one in doubts) else exercised


def _summary(found: list[Anomaly]) -> str:
    """The names and on how many keys each was found."""
    names = sorted({f.name for f in found})
    keys = {name: len({f.key for f in found if f.name is name}) for name in names}
    return "; ".join(f"{name} ({count} key{'s' * (count > 1)})" for name, count in keys.items())


def _told(found: list[Anomaly]) -> tuple[Anomaly, ...]:
    """One anomaly for each name and source: that with the fewest witnesses, for all the keys that show it."""
    kinds: dict[tuple[Name, EvidenceSource], list[Anomaly]] = {}
    for finding in found:
        kinds.setdefault((finding.name, finding.source), []).append(finding)
    return tuple(_merged(same) for same in kinds.values())


def _merged(same: list[Anomaly]) -> Anomaly:
    """The first of several anomalies of one kind, counting all."""
    values = tuple(dict.fromkeys(value for one in same for value in one.values))
    others = f"; also {', '.join(values[1:VALUES])}{' …' if len(values) > VALUES else ''}" if len(values) > 1 else ""
    return replace(
        same[0],
        actual=same[0].actual + others,
        times=sum(one.times for one in same),
        keys=len({one.key for one in same}),
        values=values[:VALUES],
    )


def _undeclared(evidence: Evidence) -> str:
    """Why there is no declared window to judge by; "" if there is one."""
    if not evidence.replies:
        return "no reply at all"
    if not evidence.readable:
        return "no X-RateLimit-Reset can be read as a time"
    return "" if evidence.windows else "no X-RateLimit-Reset can be relied on (see reset and algorithm)"


def _admissions_declared(evidence: Evidence, certain: list[Anomaly]) -> Answer:
    if any(_of_algorithm(one) for one in certain):
        return Verdict.UNKNOWN, _NO_WINDOW
    if evidence.full_windows:
        return (
            Verdict.HOLDS,
            f"{evidence.full_windows} declared windows admitted exactly the limit and refused the rest",
        )
    if evidence.full_courses:
        told = (
            f"{evidence.full_courses} windows, recognised by Remaining, admitted exactly the limit and refused the rest"
        )
        return Verdict.HOLDS, told
    if not evidence.refused:
        return Verdict.UNKNOWN, NOT_REFUSED
    return Verdict.UNKNOWN, _undeclared(evidence) or "no declared window was driven to its limit and beyond"


def _of_algorithm(found: Anomaly) -> bool:
    """Do refusals and admissions themselves show another algorithm, or Remaining that of a moving window?"""
    shown = found.source is EvidenceSource.STATUSES or found.name is Name.NOT_FIXED_WINDOW
    return found.aspect is Aspect.ALGORITHM and shown


def _of_windows(answer: Answer, certain: list[Anomaly]) -> Answer:
    """The judgement, unless it is about windows that the server doesn't have.

    If the counts are violated, too, it isn't known whether the windows or the counts are wrong.
    """
    counts = any(one.aspect is Aspect.HEADERS and one.source is EvidenceSource.HEADERS for one in certain)
    if answer[0] is Verdict.HOLDS and not counts and any(one.name is Name.NOT_FIXED_WINDOW for one in certain):
        return Verdict.UNKNOWN, _NO_WINDOWS
    return answer


def _admissions_seen(
    evidence: Evidence, certain: list[Anomaly], doubts: list[Anomaly], promise: RateLimitPromise
) -> Answer:
    if not evidence.refused:
        return Verdict.UNKNOWN, NOT_REFUSED
    if any(_of_algorithm(one) or one.name is Name.WINDOW_TOO_LONG for one in certain):
        return Verdict.UNKNOWN, _NO_WINDOW
    if any(_of_algorithm(one) for one in doubts):
        return Verdict.UNKNOWN, f"{_NO_WINDOW}, unless another client uses the keys"
    if evidence.smaller(promise.limit):
        return Verdict.UNKNOWN, _enforced(evidence, promise)
    if evidence.full_refused:
        return Verdict.HOLDS, f"{evidence.full_refused} of {evidence.refused} refusals had just the limit behind them"
    why = "came with exactly the limit, and no more, in the window's length before"
    return Verdict.UNKNOWN, f"none of {evidence.refused} refusals {why}"


def _enforced(evidence: Evidence, promise: RateLimitPromise) -> str:
    """Describe the smaller limit that the server seems to enforce."""
    limit = evidence.smaller(promise.limit)
    windows = int((evidence.fills.sizes == limit).sum())
    return (
        f"no key was seen to be admitted more than {limit} times in a window, in {windows} windows that filled up: "
        f"the limit is {limit} and not {promise.limit}, or another client uses the keys"
    )


def _headers(evidence: Evidence) -> Answer:
    if not evidence.replies:
        return Verdict.UNKNOWN, "no reply at all"
    if evidence.counted:
        where = "their windows" if evidence.windows else "the windows that Remaining's own course shows"
        return Verdict.HOLDS, f"{evidence.counted} counted requests agree with {where}"
    course = "" if evidence.windows else ", and Remaining was not seen to rise"
    return Verdict.UNKNOWN, (_undeclared(evidence) or "no declared window with two counted requests") + course


def _reset(evidence: Evidence, allowed: Skew, skew: float | None, known: bool) -> Answer:
    if not evidence.changes:
        return Verdict.UNKNOWN, _undeclared(evidence) or "no window was seen to follow another"
    if not known:
        return Verdict.UNKNOWN, "the history holds no wall time"
    if skew is None and (allowed.low > PLAUSIBLE or allowed.high < -PLAUSIBLE):
        ahead = f"between {allowed.low:.1f} and {allowed.high:.1f} s ahead of ours"
        return Verdict.UNKNOWN, f"true only if the server's clock is {ahead}; say --skew to have it judged"
    return Verdict.HOLDS, f"{evidence.windows} windows had one reset each, and {evidence.changes} changed when it said"


def _algorithm_declared(evidence: Evidence) -> Answer:
    if evidence.restarts:
        return Verdict.HOLDS, f"counters restarted at declared ends, {evidence.restarts} requests show it"
    none = "no counter was seen to restart while its requests were younger than a window"
    return Verdict.UNKNOWN, _undeclared(evidence) or none


def _algorithm_seen(evidence: Evidence) -> Answer:
    if evidence.bursts and evidence.full_refused:
        return Verdict.HOLDS, f"{evidence.bursts} bursts over a window's edge that only a fixed window lets through"
    return Verdict.UNKNOWN, "no burst over a window's edge distinguished a fixed window from a sliding one"


def _disagreements(judged: dict[Aspect, Judgement]) -> list[str]:
    """Where one view holds and the other is violated."""
    lines = []
    for aspect, judgement in judged.items():
        views = {judgement.by_headers, judgement.by_statuses}
        if views == {Verdict.HOLDS, Verdict.VIOLATED}:
            lines.append(
                f"{aspect}: {judgement.by_headers} by the headers, {judgement.by_statuses} by statuses and times alone"
            )
    return lines
