"""The records everything else speaks in: exchanges go in, observations and findings come out."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from nhq.errors import Absent, Unread
from nhq.fingerprints import Breach
from nhq.fingerprints import fingerprint_of as fingerprint_of


class Effect(StrEnum):
    """What calling an operation does to the world, mildest first."""

    READ = "read"
    WRITE = "write"
    SEND = "send"
    SPEND = "spend"


class Level(StrEnum):
    """How binding a rule is. A broken `must` fails a run; the others warn."""

    MUST = "must"
    SHOULD = "should"
    ASSUMED = "assumed"


def binds(level: Level, fail_on: Level = Level.MUST) -> bool:
    """Does a broken rule of this level fail a run that fails on `fail_on` and all that is more binding?"""
    order = list(Level)
    return order.index(level) <= order.index(fail_on)


class Verdict(StrEnum):
    """Three values: silence, a crash and success must never look alike."""

    HOLDS = "holds"
    UNKNOWN = "unknown"
    VIOLATED = "violated"


#: Statuses that a gateway says in place of the server behind it; beyond 511 lie the numbers that CDNs made up for it.
GATEWAY = frozenset({408, 502, 503, 504, *range(520, 528), 530})


def worst_verdict(verdicts: Iterable[Verdict]) -> Verdict:
    """The most serious of several verdicts; `unknown` for none at all, because nothing was seen."""
    order = list(Verdict)
    return max(verdicts, key=order.index, default=Verdict.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Identity:
    """A key with what its owner said of it.

    `label` names it in reports, `env` is the environment variable that holds it; the secret is never shown.
    """

    label: str
    workspace: str
    scopes: frozenset[str]
    secret: str = field(repr=False)
    revoked: bool = False
    env: str = ""


class Members(dict[str, Any]):
    """An object of an answer. What `who` didn't send can't be read: that is no crash of ours."""

    __slots__ = ("_who",)

    def __init__(self, members: Mapping[str, Any], who: str) -> None:
        super().__init__(members)
        self._who = who

    def __missing__(self, name: str) -> Any:
        raise Absent(f"{self._who} without the member {name!r}")


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came back.

    `path` is the path and query as sent, from the server's base. `status` is None when no reply came;
    `trouble` then says why. Header names are lower-case; repeated headers are joined with ", ".
    `sent` and `received` are wall seconds of the target's clock as far as we know it. `epoch` counts the
    snapshots restored before it: counters may only be compared within one epoch. `body` and
    `request_body` are raw: whoever writes them anywhere goes through `nhq.client.redact`. `trace` is the id by
    which the server's own telemetry knows the request.
    """

    id: int
    operation: str | None
    method: str
    path: str
    request_headers: Mapping[str, str]
    request_body: bytes
    identity: Identity | None
    status: int | None
    headers: Mapping[str, str]
    body: bytes
    sent: float
    received: float
    epoch: int = 0
    test: str = ""
    trouble: str = ""
    trace: str = ""

    def json(self) -> "Members":
        """The decoded body, an object as every documented body is; reading a member that it lacks raises Absent.

        Raises Unread, which is a ValueError too, when it is no JSON object.
        """
        who = f"{self.operation or self.method} answered {self.status}"
        try:
            body = json.loads(self.body, object_hook=lambda row: Members(row, who), parse_constant=_no_constant)
        except (ValueError, RecursionError):
            raise Unread(f"{who} without the JSON that it promises") from None
        if not isinstance(body, Members):
            raise Unread(f"{who} with JSON that is no object")
        return body

    @property
    def unreadable(self) -> str:
        """Why nothing can be read in a success, in one line; "" where it is an object, or no success."""
        try:
            if self.ok:
                self.json()
        except Unread as problem:
            return str(problem)
        return ""

    @property
    def ok(self) -> bool:
        """A 2xx came back."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Finding:
    """A promise seen broken. Data with identity: text is made at the edge.

    `expected` and `actual` are short and hold no personal data and no key; `where` is a JSON pointer,
    a header name or "" for the whole answer. `exchanges` are ids, the proof in order of sending. `code` is the kind of
    breach: a Breach, what `keyword_code` makes, or on a load run a Name of the rate-limit checker.
    """

    rule: str
    operation: str | None
    expected: str
    actual: str
    where: str = ""
    exchanges: tuple[int, ...] = ()
    code: str = Breach.BROKEN

    @property
    def fingerprint(self) -> str:
        """The same from run to run, whatever was seen and however it is said; a record's uses the rule's oldest id."""
        return fingerprint_of(self.rule, self.operation, self.code, self.where)

    @property
    def key(self) -> tuple[str, str | None, str, str]:
        """Two findings with one key are the same finding seen twice."""
        return (self.rule, self.operation, self.where, self.expected)


@dataclass(frozen=True, slots=True)
class Observation:
    """One look at one rule on one operation. `finding` is set when violated, `cause` when unknown.

    `crash` is the traceback of a check of ours that broke over it: the rule is unknown, and that is our trouble.
    """

    rule: str
    operation: str | None
    verdict: Verdict
    finding: Finding | None = None
    cause: str = ""
    exchange: int | None = None
    crash: str = ""


def holds(rule: str, operation: str | None, exchange: int | None = None) -> Observation:
    """The rule was exercised here and kept; `exchange` is the evidence."""
    return Observation(rule, operation, Verdict.HOLDS, exchange=exchange)


def violated(finding: Finding) -> Observation:
    """The rule was broken here."""
    last = finding.exchanges[-1] if finding.exchanges else None
    return Observation(finding.rule, finding.operation, Verdict.VIOLATED, finding=finding, exchange=last)


def unknown(rule: str, operation: str | None, cause: str) -> Observation:
    """The rule could not be judged here, and why."""
    return Observation(rule, operation, Verdict.UNKNOWN, cause=cause)
