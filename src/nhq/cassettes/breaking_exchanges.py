"""What a changed contract breaks: recorded exchanges that today's contract allows, and the changed one doesn't."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from nhq.cassettes.offline_judging import CassetteInteraction
from nhq.checks.context import MISSING, decode_json
from nhq.contract import Contract, Layer, Operation, SchemaProblem
from nhq.contract.schema_validation import Validate


@dataclass(frozen=True, slots=True)
class Break:
    """One interaction that a change breaks: the rule, where in the exchange, and what the changed contract asks for."""

    interaction: CassetteInteraction
    operation: str
    rule: str
    where: str
    expected: str


def broken_by_change(interaction: CassetteInteraction, today: Contract, changed: Contract) -> list[Break]:
    """What the change breaks of one exchange, each once however many rows it is seen in.

    Nothing where today's contract has no such operation.
    """
    found = {(broken.rule, broken.where): broken for broken in _breaks(interaction, today, changed)}
    return list(found.values())


def _breaks(interaction: CassetteInteraction, today: Contract, changed: Contract) -> Iterator[Break]:
    exchange = interaction.exchange
    name = exchange.operation
    if name is None or exchange.status is None:
        return
    if name not in changed.operations:
        yield Break(interaction, name, "STATUS-DOCUMENTED", "", "the operation has gone")
        return
    old, new = today.operations[name], changed.operations[name]
    if exchange.status in old.statuses and exchange.status not in new.statuses:
        listed = ", ".join(map(str, new.statuses))
        yield Break(interaction, name, "STATUS-DOCUMENTED", "", f"one of {listed}; {exchange.status} has gone")
    for problem in _answer(interaction, today, changed):
        rule = problem.rule or ("ERROR-BODY" if exchange.status >= 400 else _of_schema(problem))
        where = re.sub(r"/\d+(?=/|$)", "/*", problem.pointer) or "/"
        yield Break(interaction, name, rule, where, f"{problem.expected} (at {problem.schema})")
    if exchange.ok:  # a request that was welcome must stay so
        for where, expected in _request(interaction, today, changed, old, new):
            yield Break(interaction, name, "REQUEST-VALID", where, expected)


def _of_schema(problem: SchemaProblem) -> str:
    return "SCHEMA-DATE-TIME" if problem.keyword == "format" else "SCHEMA-BODY"


def _answer(interaction: CassetteInteraction, today: Contract, changed: Contract) -> list[SchemaProblem]:
    exchange = interaction.exchange
    name, status, body = str(exchange.operation), exchange.status or 0, decode_json(exchange.body)
    if body is MISSING:
        return []
    before, after = (contract.validator(name, status, Layer.ASSUMED) for contract in (today, changed))
    return _fresh(before, after, body)


def _fresh(before: Validate | None, after: Validate | None, value: Any) -> list[SchemaProblem]:
    """What breaks the one schema and did not break the other."""
    known = {(p.pointer, p.keyword, p.expected) for p in before(value)} if before else set()
    return [p for p in (after(value) if after else []) if (p.pointer, p.keyword, p.expected) not in known]


def _request(
    interaction: CassetteInteraction, today: Contract, changed: Contract, old: Operation, new: Operation
) -> Iterator[tuple[str, str]]:
    body = decode_json(interaction.exchange.request_body)
    if body is not MISSING:
        for problem in _fresh(today.request_validator(old.id), changed.request_validator(new.id), body):
            yield problem.pointer or "/", f"{problem.expected} (at {problem.schema})"
        if not new.has_body and old.has_body:
            yield "/", "no body any more"
    query = parse_qs(urlsplit(interaction.exchange.path).query, keep_blank_values=True)
    known = {parameter.name for parameter in old.parameters}
    for name in sorted(query.keys() & known - {parameter.name for parameter in new.parameters}):
        yield name, "the parameter has gone"
    for parameter in new.parameters:
        if parameter.where == "query" and parameter.required and parameter.name not in query:
            yield parameter.name, "the parameter is required now"
        for value in query.get(parameter.name, []):
            told = _converted(value, parameter.schema.get("type"))
            before, after = (c.parameter_validator(new.id, parameter.name) for c in (today, changed))
            yield from ((parameter.name, problem.expected) for problem in _fresh(before, after, told))


def _converted(value: str, kind: Any) -> Any:
    """A query's value as its schema means it; as it stands where it can't be that."""
    if kind == "integer" and value.removeprefix("-").isdecimal():
        return int(value)
    return {"true": True, "false": False}.get(value, value) if kind == "boolean" else value
