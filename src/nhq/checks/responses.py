"""Status, media type and body of one answer, compared with the published contract and what its prose promises."""

import re
from collections.abc import Iterator

from nhq.checks.context import MISSING, CheckContext, judges
from nhq.checks.value_description import describe_no_json, describe_value
from nhq.contract import Layer, SchemaProblem
from nhq.contract.disclosure import shown_header, shown_pointer
from nhq.contract.pointers import resolve_pointer
from nhq.fingerprints import Breach, keyword_code
from nhq.model import Observation

_UNREADABLE = "none that can be read"
_PLAIN_ID = re.compile(r"[\w.-]{1,200}", re.ASCII)
# What a server may say of a request that the contract doesn't describe: too large, no such media type, too long.
_BEYOND = {413, 414, 415, 431}
_SHOWN_MOST = 3
# Read from the bytes: walking a page of 500 leads for them was the most expensive check of all.
_COUNT = re.compile(
    rb'"(?:totalLeads|(?:connections|messages)Sent|repliesReceived|connectionRequestsAccepted|max_\w+_per_day|'
    rb'(?:connection|pending_invite|lead)_count|credits_remaining)"\s*:\s*(-?\d+)'
)


@judges("STATUS-DOCUMENTED")
def status_documented(seen: CheckContext) -> Iterator[Observation]:
    """Every status is one that the operation documents, or a refusal where the contract is silent."""
    known = sorted(seen.operation.statuses)
    ok = seen.status in known or seen.status in tolerated_statuses(seen)
    yield seen.judged(
        "STATUS-DOCUMENTED", ok, f"one of {', '.join(map(str, known))}", f"{seen.status}", code=Breach.STATUS
    )


def tolerated_statuses(seen: CheckContext) -> set[int]:
    """Undocumented answers that are no finding.

    Nine operations document no 400, and the contract doesn't say how a bad parameter is refused there: 400 (or 422)
    is permitted. An id with characters that are special in paths, or beyond ASCII, may not even reach the operation.
    """
    extra = set(_BEYOND)
    if 400 not in seen.operation.statuses:
        extra |= {400, 422}
    if not all(_PLAIN_ID.fullmatch(value) and value.strip(".") for value in seen.path.values()):
        extra |= {400, 404, 405}
    return extra


@judges("MEDIA-TYPE")
def media_type(seen: CheckContext) -> Iterator[Observation]:
    """Every documented answer with a body is application/json, and is JSON."""
    if seen.status not in seen.operation.statuses or not _documents_body(seen):
        return
    kind = seen.exchange.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        yield seen.broken("MEDIA-TYPE", "content-type application/json", _known_kind(kind), "content-type")
    else:
        yield seen.judged("MEDIA-TYPE", seen.body is not MISSING, "a JSON body", describe_no_json(seen.exchange.body))


def _known_kind(kind: str) -> str:
    if not kind:
        return "none"
    return shown_header("content-type", kind) if re.fullmatch(r"[a-z0-9.+-]+/[a-z0-9.+-]+", kind) else _UNREADABLE


def _documents_body(seen: CheckContext) -> bool:
    return seen.contract.validator(seen.operation.id, seen.status, Layer.PROMISED) is not None


@judges("ERROR-BODY", "SCHEMA-BODY", "SCHEMA-DATE-TIME")
def published_schema(seen: CheckContext) -> Iterator[Observation]:
    """The body fits the schema that the contract publishes for this answer."""
    problems = _problems(seen, Layer.PUBLISHED)
    if problems is None:
        return
    if seen.status >= 400:
        yield _fits(seen, "ERROR-BODY", problems)
        return
    times = [problem for problem in problems if problem.keyword == "format"]
    yield _fits(seen, "SCHEMA-BODY", [problem for problem in problems if problem.keyword != "format"])
    if b"_at" in seen.exchange.body or b"edAt" in seen.exchange.body:
        yield _fits(seen, "SCHEMA-DATE-TIME", times)


@judges()
def overlay_schema(seen: CheckContext) -> Iterator[Observation]:
    """The body fits what only an overlay demands: each problem names its own rule.

    Reports violations only. A rule's own check, which knows when it is exercised, reports that it holds.
    """
    if seen.status in seen.operation.statuses and _problems(seen, Layer.PUBLISHED):
        return
    by_rule: dict[str, list[SchemaProblem]] = {}
    for problem in _any_problems(seen):
        if problem.rule is not None:
            by_rule.setdefault(problem.rule, []).append(problem)
    for rule, problems in by_rule.items():
        yield _fits(seen, rule, problems)


@judges("SCHEMA-COUNTS")
def counts(seen: CheckContext) -> Iterator[Observation]:
    """No count is below zero. Reports only that it holds: the overlay's schema finds violations, with their place."""
    shown = [int(count) for count in _COUNT.findall(seen.exchange.body)] if seen.exchange.ok else []
    if shown and min(shown) >= 0:
        yield seen.holds("SCHEMA-COUNTS")


def _any_problems(seen: CheckContext) -> list[SchemaProblem]:
    validate = seen.contract.validator(seen.operation.id, seen.status, Layer.ASSUMED)
    return [] if validate is None or seen.body is MISSING else validate(seen.body)


def _fits(seen: CheckContext, rule: str, problems: list[SchemaProblem]) -> Observation:
    if not problems:
        return seen.holds(rule)
    first = problems[0]
    places = ", ".join(shown_pointer(problem.pointer) or "/" for problem in problems[:_SHOWN_MOST])
    more = f" and {len(problems) - _SHOWN_MOST} more" if len(problems) > _SHOWN_MOST else ""
    came = _came(seen, first)
    return seen.broken(
        rule,
        f"{first.expected} (at {first.schema})",
        f"broken at {places}{more}{came}",
        _general(shown_pointer(first.pointer)),
        keyword_code(first.keyword),
    )


def _came(seen: CheckContext, problem: SchemaProblem) -> str:
    """The value that breaks a schema, if it has no members."""
    value = resolve_pointer(seen.body, problem.pointer)
    return "" if isinstance(value, dict) else f": {describe_value(value, problem.pointer.rpartition('/')[2])}"


def _general(pointer: str) -> str:
    """A pointer with * for indexes: the same fault in many rows is one finding."""
    return re.sub(r"/\d+(?=/|$)", "/*", pointer)


def _problems(seen: CheckContext, layer: Layer) -> list[SchemaProblem] | None:
    """The problems by the layer's schema; None if there is nothing to judge: no schema, or no JSON."""
    validate = seen.contract.validator(seen.operation.id, seen.status, layer)
    if validate is None or seen.body is MISSING or seen.status not in seen.operation.statuses:
        return None
    return validate(seen.body)
