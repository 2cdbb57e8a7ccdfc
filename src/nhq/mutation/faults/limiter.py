"""Faults of the limiter: whom it admits, and when."""

from collections.abc import Callable
from typing import Any

from nhq.mutation.faults.fault import Around, Fault, faults_of_family

plant = faults_of_family("limiter")

ALL = ("key", "limit", "scope", "prefer", "body", "exists", "act")
LATE = ("key", "scope", "prefer", "body", "exists", "act", "limit")
ACTING = ("run_campaign_action", "create_lead_lists", "import_leads", "enrich_lead", "send_message")


def _forgets_one(true: Any) -> Any:
    """A count that loses one request in each window."""

    def after(operation: str, admitted: bool, count: int) -> int:
        counted: int = true(operation, admitted, count)
        return counted - (admitted and counted == 30)

    return after


def _halved(true: Any) -> Any:
    """A limiter whose later windows admit half as much as a key's first."""
    first: dict[str, float] = {}

    def admit(operation: str, bucket: str, now: float, start: float, window: float, count: int, limit: int) -> bool:
        whole = first.setdefault(bucket, start) == start
        return bool(true(operation, bucket, now, start, window, count, limit if whole else limit // 2))

    return admit


def _each_second(true: Any) -> Any:
    """A limiter that admits one more in every other window of a key, its second one first."""
    met: dict[str, list[float]] = {}

    def admit(operation: str, bucket: str, now: float, start: float, window: float, count: int, limit: int) -> bool:
        starts = met.setdefault(bucket, [])
        if start not in starts:
            starts.append(start)
        generous = len(starts) % 2 == 0
        return bool(true(operation, bucket, now, start, window, count, limit + generous))

    return admit


def _grudging(true: Any) -> Any:
    """A limiter that remembers for one more window who asked too often."""
    refused: dict[str, float] = {}

    def admit(operation: str, bucket: str, now: float, start: float, window: float, count: int, limit: int) -> bool:
        if start < refused.get(bucket, start) + window * 2 and refused.get(bucket, start) != start:
            return False
        admitted = bool(true(operation, bucket, now, start, window, count, limit))
        if not admitted:
            refused[bucket] = start
        return admitted

    return admit


def _sliding(true: Any) -> Any:
    """A log of admissions, of which the last minute counts."""
    kept: dict[str, list[float]] = {}

    def admit(operation: str, bucket: str, now: float, start: float, window: float, count: int, limit: int) -> bool:
        recent = kept[bucket] = [moment for moment in kept.get(bucket, ()) if now - moment < window]
        if len(recent) < limit:
            recent.append(now)
            return True
        return False

    return admit


def _gives_back(ident: str, sentence: str, which: Callable[[int], bool]) -> Fault:
    """Answers that don't count."""
    return plant(
        ident,
        sentence,
        "RL-REMAINING-COUNTS",
        subtle="one state",
        near=["SCOPE-MISSING", "CAMP-START-ONLY-DRAFT", "ENRICH-502", "SEND-502"],
        refunds=lambda operation, status: which(status),
    )


FAULTS = (
    plant(
        "admits-a-61st",
        "One request beyond the limit is admitted in each window.",
        "RL-EXCEEDED",
        subtle="exact boundary",
        admit=lambda operation, bucket, now, start, window, count, limit: count <= limit,
    ),
    plant(
        "admits-a-61st-read",
        "One read beyond the limit is admitted in each window.",
        "RL-EXCEEDED",
        subtle="exact boundary",
        admit=lambda operation, bucket, now, start, window, count, limit: (
            count < limit + (operation.startswith(("list", "get")))
        ),
    ),
    plant(
        "admits-a-61st-write",
        "One write beyond the limit is admitted in each window, even one that is answered 400 then.",
        "RL-EXCEEDED",
        subtle="exact boundary",
        admit=lambda operation, bucket, now, start, window, count, limit: (
            count < limit + (not operation.startswith(("list", "get")))
        ),
    ),
    plant(
        "admits-a-61st-of-one-operation",
        "One enrichment beyond the limit is admitted in each window, even one of a lead that doesn't exist.",
        "RL-EXCEEDED",
        subtle="one operation",
        admit=lambda operation, bucket, now, start, window, count, limit: count < limit + (operation == "enrich_lead"),
    ),
    plant(
        "admits-a-61st-in-each-second-window",
        "In every other window of a key one request beyond the limit is admitted.",
        "RL-EXCEEDED",
        subtle="one state",
        admit=Around(_each_second),
    ),
    plant(
        "refuses-the-60th",
        "The last request of the allowance is refused.",
        "RL-LIMIT-ADMITTED",
        subtle="exact boundary",
        admit=lambda operation, bucket, now, start, window, count, limit: count < limit - 1,
    ),
    plant(
        "never-refuses",
        "The limit is counted and never kept.",
        "RL-EXCEEDED",
        admit=lambda operation, bucket, now, start, window, count, limit: True,
    ),
    plant(
        "lets-one-operation-through",
        "GET /leads/{lead_id} is never refused.",
        "RL-EXCEEDED",
        subtle="one operation",
        admit=lambda operation, bucket, now, start, window, count, limit: count < limit or operation == "get_lead",
    ),
    plant(
        "allows-writes-half-as-much",
        "Sending is refused after half of the allowance.",
        "RL-LIMIT-ADMITTED",
        subtle="one operation",
        admit=lambda operation, bucket, now, start, window, count, limit: (
            count < (limit // 2 if operation == "send_message" else limit)
        ),
    ),
    plant(
        "counts-each-operation-apart",
        "Each operation has a counter of its own.",
        "RL-REMAINING-COUNTS",
        "RL-EXCEEDED",
        subtle="one state",
        bucket=lambda operation, label, workspace: f"{label} {operation}",
    ),
    plant(
        "counts-keys-of-a-workspace-together",
        "Keys of one workspace share a counter.",
        "RL-PER-KEY",
        subtle="one state",
        bucket=lambda operation, label, workspace: workspace,
    ),
    plant(
        "counts-everybody-together",
        "All keys share a counter.",
        "RL-PER-KEY",
        bucket=lambda operation, label, workspace: "",
    ),
    plant(
        "does-not-count-one-operation",
        "GET /linkedin_accounts costs nothing.",
        "RL-REMAINING-COUNTS",
        subtle="one operation",
        count_after=Around(
            lambda true: (
                lambda operation, admitted, count: (
                    count if operation == "list_linkedin_accounts" else true(operation, admitted, count)
                )
            )
        ),
    ),
    plant(
        "counts-writes-twice",
        "Creating lists costs two requests.",
        "RL-REMAINING-COUNTS",
        subtle="one operation",
        count_after=Around(
            lambda true: (
                lambda operation, admitted, count: (
                    true(operation, admitted, count) + (admitted and operation == "create_lead_lists")
                )
            )
        ),
    ),
    plant(
        "loses-one-count",
        "In each window the 30th request isn't counted: 61 are admitted.",
        "RL-REMAINING-COUNTS",
        "RL-EXCEEDED",
        subtle="one value",
        count_after=Around(_forgets_one),
    ),
    plant(
        "acts-before-it-counts",
        "A request that is refused with 429 is done all the same.",
        "RL-EXCEEDED-NO-EFFECT",
        subtle="one state",
        stages=lambda operation: LATE if operation in ACTING else ALL,
    ),
    plant(
        "renews-early",
        "A new window begins ten seconds before the instant that Reset names.",
        "RL-REFUSED-UNTIL-RESET",
        subtle="exact boundary",
        window_over=lambda now, start, window: not start <= now < start + window - 10,
    ),
    plant(
        "renews-half-way",
        "A new window begins after half of the time that Reset names.",
        "RL-REFUSED-UNTIL-RESET",
        window_over=lambda now, start, window: not start <= now < start + window / 2,
    ),
    plant(
        "renews-late",
        "An exhausted key stays refused for two seconds after the instant that Reset named.",
        "RL-RENEWED-AT-RESET",
        subtle="after a reset",
        window_over=lambda now, start, window: not start <= now < start + window + 2,
    ),
    plant(
        "renews-half-the-allowance",
        "Windows after a key's first admit half as much.",
        "RL-RENEWED-AT-RESET",
        subtle="after a reset",
        admit=Around(_halved),
    ),
    plant(
        "has-windows-of-half-a-minute",
        "A window lasts 30 seconds, and Reset says so.",
        "RL-WINDOW-LENGTH",
        window_of=lambda label, window: window / 2,
    ),
    plant(
        "has-windows-of-two-minutes",
        "A window lasts two minutes, and Reset says so.",
        "RL-WINDOW-LENGTH",
        "RL-RESET-EPOCH",
        window_of=lambda label, window: window * 2,
    ),
    plant(
        "punishes-who-was-refused",
        "A key that was refused in one window is refused in the next one, too.",
        "RL-RENEWED-AT-RESET",
        subtle="after a reset",
        admit=Around(_grudging),
    ),
    _gives_back(
        "gives-back-what-failed", "A request that was refused costs nothing.", lambda status: 400 <= status != 429
    ),
    _gives_back("gives-back-what-was-not-found", "A 404 costs nothing.", lambda status: status == 404),
    _gives_back("gives-back-what-was-forbidden", "A 403 costs nothing.", lambda status: status == 403),
    _gives_back("gives-back-what-was-invalid", "A 400 costs nothing.", lambda status: status == 400),
    _gives_back("gives-back-what-conflicts", "A 409 costs nothing.", lambda status: status == 409),
    _gives_back("gives-back-its-own-failures", "A 502 or 503 costs nothing.", lambda status: status >= 500),
    _gives_back("counts-failures-only", "A request that succeeds costs nothing.", lambda status: status < 300),
    plant(
        "trickles-back",
        "A bucket is refilled all the time, one request a second, instead of once in a window.",
        "RL-REFUSED-UNTIL-RESET",
        "RL-EXCEEDED",
        subtle="after a reset",
        admit=lambda operation, bucket, now, start, window, count, limit: (
            count - int((now - start) * limit / window) < limit
        ),
    ),
    plant(
        "looks-back-a-whole-minute",
        "Whatever was admitted in the last minute counts: the window slides.",
        "RL-RENEWED-AT-RESET",
        subtle="after a reset",
        admit=Around(_sliding),
    ),
    plant(
        "never-renews",
        "A key that has used its allowance stays refused for ever.",
        "RL-RENEWED-AT-RESET",
        subtle="after a reset",
        window_over=lambda now, start, window: not start <= now < start + 100 * window,
    ),
    plant(
        "has-windows-of-59-seconds",
        "A window lasts 59 seconds, and Reset says so.",
        "RL-WINDOW-LENGTH",
        subtle="exact boundary",
        window_of=lambda label, window: window - 1,
    ),
    plant(
        "has-windows-of-61-seconds",
        "A window lasts 61 seconds, and Reset says so.",
        "RL-WINDOW-LENGTH",
        subtle="exact boundary",
        window_of=lambda label, window: window + 1,
    ),
    plant(
        "has-windows-of-51-seconds",
        "A window lasts 51 seconds from its first request on, and Reset says so.",
        "RL-WINDOW-LENGTH",
        window_of=lambda label, window: window * 0.85,
    ),
    plant(
        "admits-a-hundred",
        "A hundred requests are admitted, and Limit says 60.",
        "RL-EXCEEDED",
        admit=lambda operation, bucket, now, start, window, count, limit: count < 100,
    ),
    plant(
        "counts-reads-and-writes-apart",
        "Reads and writes have a counter each.",
        "RL-REMAINING-COUNTS",
        "RL-EXCEEDED",
        subtle="one state",
        bucket=lambda operation, label, workspace: f"{label} {operation in ACTING}",
    ),
    plant(
        "counts-keys-of-one-name-together",
        "Keys whose labels begin alike share a counter.",
        "RL-PER-KEY",
        subtle="near miss",
        bucket=lambda operation, label, workspace: label[:4],
    ),
    plant(
        "renews-a-second-early",
        "A new window begins one second before the instant that Reset names.",
        "RL-REFUSED-UNTIL-RESET",
        subtle="exact boundary",
        window_over=lambda now, start, window: not start <= now < start + window - 1,
    ),
)
