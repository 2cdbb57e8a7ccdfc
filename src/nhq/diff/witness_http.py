"""A witness as HTTP: the request that is refused now, or the answer that could not come before."""

from typing import Any
from urllib.parse import quote

from nhq.diff.change_records import DocumentChange
from nhq.diff.diff_text import describe_witness, witness_line


def witness_exchange(change: DocumentChange) -> str:
    """The request and what each document says to it, or the answer and who may not expect it; "" without a witness."""
    witness = change.witness
    if witness is None:
        return ""
    request, answer = _request(change, witness.value), _answer(change, witness.value)
    return f"{request}{answer}\n\n# {describe_witness(witness)}"


def _request(change: DocumentChange, value: Any) -> str:
    """The first operation that the change reaches, with the value where it is sent."""
    line = change.operations[0] if change.operations else "GET /"
    where, _, name = change.where.partition(" parameter ")
    if where == "query" and name:
        return f"{line}?{quote(name)}={quote(_written(value))}"
    if where == "path" and name:
        return line.replace(f"{{{name}}}", quote(_written(value), safe=""))
    if where in ("header", "cookie") and name:
        spelled = name if where == "header" else "Cookie"
        return f"{line}\n{spelled}: {_written(value) if where == 'header' else f'{name}={_written(value)}'}"
    if change.where.startswith("request body"):
        return f"{line}\nContent-Type: {_media(change)}\n\n{witness_line(value)}"
    return line


def _answer(change: DocumentChange, value: Any) -> str:
    words = change.where.split()
    if words[:1] != ["response"] or len(words) < 2:
        return ""
    status, header = words[1], change.where.partition(" header ")[2]
    if header:
        return f"\n\nHTTP/1.1 {status}\n{header}: {_written(value)}"
    return f"\n\nHTTP/1.1 {status}\nContent-Type: {_media(change)}\n\n{witness_line(value)}"


def _media(change: DocumentChange) -> str:
    last = change.where.rpartition(" ")[2]
    return last if "/" in last else "application/json"


def _written(value: Any) -> str:
    """A value as a header or a query has it: text as it is, anything else as JSON."""
    return value if isinstance(value, str) else witness_line(value)
