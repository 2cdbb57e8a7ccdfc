"""Fits requests written for our contract to a changed one: newly required members are filled in.

A request whose standing a change turned round, so that nothing that came back would show what was meant, isn't sent.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from nhq.contract import Contract, Operation
from nhq.contract.derived_operations import follow_reference
from nhq.contract.pointers import child_value, pointer_tokens, resolve_pointer
from nhq.contract.schema_samples import sample_value
from nhq.contract.schema_validation import Validate
from nhq.errors import PreconditionNotMet

_ROUNDS = 8
Query = Mapping[str, Any] | Sequence[tuple[str, Any]]


def fit_request(contract: Contract, row: Operation, query: Query | None, json: Any) -> tuple[Query | None, Any]:
    """Query and body as they may be sent.

    Raises PreconditionNotMet where the changed contract takes the body otherwise.
    """
    return _query(contract, row, query), _body(contract, row, json)


def sample_body(contract: Contract, row: Operation) -> Any:
    """A body made of an operation's schema alone; None where it takes none."""
    if not row.has_body:
        return None
    said = follow_reference(contract.document, "", resolve_pointer(contract.document, f"{row.pointer}/requestBody"))[1]
    return sample_value(contract.document, said.get("content", {}).get("application/json", {}).get("schema", {}))


def _query(contract: Contract, row: Operation, query: Query | None) -> Query | None:
    pairs = [(name, _limit(contract, row, name, value)) for name, value in _pairs(query)]
    names = {name for name, _ in pairs}
    missing = [p for p in row.parameters if p.where == "query" and p.required and p.name not in names]
    if not missing and pairs == _pairs(query):
        return query
    return [*pairs, *((p.name, sample_value(contract.document, p.schema)) for p in missing)]


def _pairs(query: Query | None) -> list[tuple[str, Any]]:
    return list(query.items() if isinstance(query, Mapping) else query or ())


def _limit(contract: Contract, row: Operation, name: str, value: Any) -> Any:
    """A page size that our contract allows, within the present bounds.

    Raises PreconditionNotMet for one that only the present contract allows.
    """
    former = contract.former.operations.get(row.id) if contract.former is not None else None
    if name != "limit" or former is None or not str(value).isdecimal():
        return value
    (least, most, _), (low, high, _) = former.limits, row.limits
    if not least <= int(value) <= most and low <= int(value) <= high:
        raise PreconditionNotMet(f"the changed contract allows a limit of {value} for {row.id}")
    return min(max(int(value), low), high) if least <= int(value) <= most else value


def _body(contract: Contract, row: Operation, json: Any) -> Any:
    """A body that is right and wrong in the same places by both documents; what is newly required is filled in."""
    former = contract.former
    if json is None or former is None or row.id not in former.operations:
        return json
    before, now = former.request_validator(row.id), contract.request_validator(row.id)
    if before is None or now is None:
        return json
    wrong = _problems(before, json)
    for _ in range(_ROUNDS):
        told = {(one.pointer, one.expected): one for one in now(json)}
        new = [one for key, one in told.items() if key not in wrong]
        if not new and wrong <= set(told):
            return json
        if not new or any(one.keyword != "required" for one in new):
            break
        for one in new:
            json = _with(contract, json, one.pointer, one.schema, one.expected.removeprefix("required: "))
    raise PreconditionNotMet(f"the changed contract takes another body for {row.id} than this test sends")


def _problems(validate: Validate, json: Any) -> set[tuple[str, str]]:
    return {(one.pointer, one.expected) for one in validate(json)}


def _with(contract: Contract, json: Any, place: str, schema: str, name: str) -> Any:
    """The body with a sample of the member that the schema at `schema` requires of the object at `place`."""

    copied: Any = deepcopy(json)
    holder = copied
    for token in pointer_tokens(place):
        holder = child_value(holder, token)
    said = resolve_pointer(contract.document, schema.removesuffix("/required"))
    if isinstance(holder, dict):
        holder[name] = sample_value(contract.document, said.get("properties", {}).get(name, {}))
    return copied
