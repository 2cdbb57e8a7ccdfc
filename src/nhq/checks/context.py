"""An exchange prepared for judgement: matched to its operation, its JSON decoded once."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import msgspec

from nhq.contract import Contract, Operation
from nhq.fingerprints import Breach
from nhq.model import Exchange, Finding, Observation, holds, violated


class MissingJson:
    """No JSON there: an empty body, or one that does not decode."""

    def __repr__(self) -> str:
        return "MISSING"

    def __bool__(self) -> bool:
        return False


MISSING = MissingJson()


@dataclass(frozen=True, slots=True)
class CheckContext:
    """One answered exchange of a known operation.

    `path` are the path parameters, decoded; `query` the last value of each query parameter; `request` and `body`
    the decoded JSON, or MISSING.
    """

    exchange: Exchange
    contract: Contract
    operation: Operation
    path: Mapping[str, str]
    query: Mapping[str, str]
    request: Any
    body: Any

    @property
    def status(self) -> int:
        return self.exchange.status or 0

    def holds(self, rule: str) -> Observation:
        """The rule holds here."""
        return holds(rule, self.operation.id, self.exchange.id)

    def broken(self, rule: str, expected: str, actual: str, where: str = "", code: str = Breach.BROKEN) -> Observation:
        """The rule was broken here; both texts are short and hold no personal data."""
        return violated(Finding(rule, self.operation.id, expected, actual, where, (self.exchange.id,), code))

    def judged(
        self, rule: str, ok: bool, expected: str, actual: str, where: str = "", code: str = Breach.BROKEN
    ) -> Observation:
        """Kept or broken."""
        return self.holds(rule) if ok else self.broken(rule, expected, actual, where, code)


Check = Callable[[CheckContext], Iterator[Observation]]
F = TypeVar("F", bound=Callable[..., Iterator[Observation]])


def judges(*rules: str) -> Callable[[F], F]:
    """Bind a check to the rules that it judges; the trace reads these names, and a crash makes them `unknown`."""

    def bind(check: F) -> F:
        vars(check)["rules"] = rules
        return check

    return bind


def make_context(exchange: Exchange, contract: Contract) -> CheckContext | None:
    """Prepare an exchange; None for one without an answer, or to no operation of the contract."""
    match = contract.match(exchange.method, exchange.path)
    if match is None or exchange.status is None:
        return None
    query = parse_qs(urlsplit(exchange.path).query, keep_blank_values=True)
    return CheckContext(
        exchange=exchange,
        contract=contract,
        operation=match[0],
        path=match[1],
        query={name: values[-1] for name, values in query.items()},
        request=decode_json(exchange.request_body),
        body=decode_json(exchange.body),
    )


def decode_json(body: bytes) -> Any:
    """Decoded JSON (RFC 8259, so no NaN), or MISSING."""
    if not body:
        return MISSING
    try:
        return msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return _decoded_slowly(body)


def _decoded_slowly(body: bytes) -> Any:
    """Decode with the standard library: msgspec refuses an escaped lone surrogate, which RFC 8259 leaves open.

    Decodes a text, not bytes: given bytes it would guess an encoding and skip a byte order mark, but UTF-8 without one
    is required.
    """
    try:
        return json.loads(body.decode("utf-8", "surrogatepass"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return MISSING


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def listed_rows(seen: CheckContext) -> list[dict[str, Any]]:
    """The listed objects of a successful list answer (a conversation's messages); [] where there are none."""
    data = seen.body.get("data") if isinstance(seen.body, dict) else None
    if isinstance(data, dict):
        data = data.get("messages")
    return [row for row in data if isinstance(row, dict)] if isinstance(data, list) else []
