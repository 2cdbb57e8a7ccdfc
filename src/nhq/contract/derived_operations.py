"""Operations read from the document alone: those without a row, and the rows of ours as they stand there now."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from nhq.contract.alignment import Route
from nhq.contract.definitions import Operation, Parameter
from nhq.contract.pointers import make_pointer, resolve_pointer
from nhq.model import Effect

_SCOPE = re.compile(r"Requires the `([^`]+)` scope\.")
_READING = {"GET", "HEAD", "OPTIONS"}
_PARAMETER = re.compile(r"\{([^}]+)\}")


def derive_operation(document: Mapping[str, Any], route: Route, taken: Collection[str]) -> Operation:
    """An operation without a row. Its effect is that of its method: a write until somebody says otherwise."""
    method, template = route
    said = document["paths"][template][method.lower()]
    return current_operation(
        document,
        route,
        Operation(
            id=derive_operation_id(said, route, taken),
            method=method,
            path=template,
            tag=next((str(tag) for tag in said.get("tags", ())), ""),
            scope=next(iter(scopes_named(said.get("description"))), ""),
            effect=Effect.READ if method in _READING else Effect.WRITE,
            statuses=(),
            has_body=False,
            paginated=False,
            parameters=(),
            pointer="",
            derived=True,
        ),
    )


def scopes_named(description: object) -> list[str]:
    """The scopes that an operation's prose says it requires."""
    return _SCOPE.findall(description) if isinstance(description, str) else []


def derive_operation_id(said: Mapping[str, Any], route: Route, taken: Collection[str]) -> str:
    """An id for an operation: the document's own, else its method and path in words."""
    words = re.findall(r"[A-Za-z0-9]+", str(said.get("operationId") or f"{route[0]} {route[1]}"))
    name = "_".join(words).lower() or "operation"
    return next(n for n in (name, *(f"{name}_{number}" for number in range(2, 99))) if n not in taken)


def current_operation(document: Mapping[str, Any], route: Route, row: Operation) -> Operation:
    """A row with what the document says of its operation now; path parameters keep the names that we know."""
    method, template = route
    said, place = document["paths"][template][method.lower()], make_pointer(["paths", template, method.lower()])
    ours = dict(zip(_PARAMETER.findall(template), _PARAMETER.findall(row.path), strict=False))
    found = tuple(_parameters(document, template, method.lower(), ours))
    return Operation(
        id=row.id,
        method=method,
        path=_PARAMETER.sub(lambda match: "{" + str(ours.get(match[1], match[1])) + "}", template),
        tag=row.tag,
        scope=next(iter(scopes_named(said.get("description"))), row.scope),
        effect=row.effect,
        statuses=tuple(sorted(int(status) for status in said.get("responses", {}) if str(status).isdecimal())),
        has_body="requestBody" in said,
        paginated=any(p.name == "cursor" for p in found),
        parameters=found,
        pointer=place,
        derived=row.derived,
        keyless=row.derived and not _secured(document, said),
    )


def _secured(document: Mapping[str, Any], said: Mapping[str, Any]) -> bool:
    """Does the document ask for a key? What it doesn't say of an operation, it may say of all."""
    asked = said.get("security", document.get("security"))
    return asked is None or any(asked)


def _parameters(
    document: Mapping[str, Any], template: str, method: str, ours: Mapping[str, str]
) -> Iterator[Parameter]:
    """An operation's parameters and those of its path, references followed."""
    item, seen = document["paths"][template], set()
    for holder in ([template, method], [template]):
        listed = item[method].get("parameters", ()) if len(holder) == 2 else item.get("parameters", ())
        for number, said in enumerate(listed):
            place, row = follow_reference(document, make_pointer(["paths", *holder, "parameters", number]), said)
            name, where = str(row.get("name")), str(row.get("in"))
            if (name, where) not in seen:
                seen.add((name, where))
                known = ours.get(name, name) if where == "path" else name
                schema = row.get("schema")
                yield Parameter(
                    known,
                    where,
                    bool(row.get("required")),
                    schema if isinstance(schema, dict) else {},
                    place,
                    name if known != name else "",
                )


def follow_reference(document: Mapping[str, Any], place: str, said: Any) -> tuple[str, dict[str, Any]]:
    """A part of the document and its pointer, through references; {} where one leads nowhere."""
    pointer, part = place, said
    for _ in range(20):
        if not (isinstance(part, dict) and isinstance(part.get("$ref"), str)):
            break
        pointer = part["$ref"].removeprefix("#")
        try:
            part = resolve_pointer(document, pointer)
        except (LookupError, ValueError):
            part = {}
    return pointer, part if isinstance(part, dict) else {}


def answer_schema(document: Mapping[str, Any], operation: Operation) -> dict[str, Any]:
    """The schema of an operation's first 2xx answer, references followed; {} where it has none."""
    responses = resolve_pointer(document, operation.pointer).get("responses", {})
    for status in sorted(key for key in responses if str(key).startswith("2")):
        said = follow_reference(document, "", responses[status])[1]
        schema = said.get("content", {}).get("application/json", {}).get("schema")
        if schema is not None:
            return follow_reference(document, "", schema)[1]
    return {}


def member_schema(document: Mapping[str, Any], schema: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The schema of a member of a member; `*` means the items of a list. {} where there is none."""
    found = dict(schema)
    for name in names:
        inner = found.get("items") if name == "*" else found.get("properties", {}).get(name)
        found = follow_reference(document, "", inner)[1]
        for part in found.get("allOf", ()):
            found = {**follow_reference(document, "", part)[1], **found}
    return found
