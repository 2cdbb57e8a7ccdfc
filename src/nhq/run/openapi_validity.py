"""Is a document valid OpenAPI? By the JSON Schemas of the specification, as Schemathesis ships them."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from nhq.contract.pointers import make_pointer, resolve_pointer

#: Members that hold values, in which a `$ref` is a text like any other.
_VALUES = frozenset({"example", "examples", "default", "enum", "const"})


def document_problems(document: Mapping[str, Any]) -> list[str]:
    """What breaks OpenAPI 3.0, 3.1 or 3.2, and which references lead nowhere: "pointer: problem", each once."""
    found = [*_broken(document), *_schemas(document), *_dangling(document)]
    return list(dict.fromkeys(found))


def _broken(document: Mapping[str, Any]) -> Iterator[str]:
    from nhq.generate.schemathesis_adapter import openapi_validator

    version = str(document.get("openapi", ""))
    validator = openapi_validator(".".join(version.split(".")[:2]))
    for error in validator.iter_errors(document):
        yield f"{make_pointer(error.instance_path) or '/'}: {error.message}"


def _schemas(document: Mapping[str, Any]) -> Iterator[str]:
    """Since 3.1 a schema is one of JSON Schema 2020-12, which OpenAPI's own schema leaves open."""
    if str(document.get("openapi", "")).startswith("3.0"):
        return
    import jsonschema_rs

    metaschema = jsonschema_rs.validator_for({"$ref": "https://json-schema.org/draft/2020-12/schema"})
    for path, schema in _found_schemas(document, ()):
        for error in metaschema.iter_errors(schema):
            yield f"{make_pointer((*path, *error.instance_path))}: {error.message}"


def _found_schemas(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _found_schemas(item, (*path, number))
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key == "schema" or path == ("components", "schemas"):
                yield (*path, key), inner
            elif key not in _VALUES:
                yield from _found_schemas(inner, (*path, key))


def _dangling(value: Any) -> Iterator[str]:
    for path, target in _references(value, ()):
        try:
            if target.startswith("#/"):  # "#name" is an anchor
                resolve_pointer(value, unquote(target[1:]))
        except (LookupError, ValueError):
            yield f"{make_pointer(path)}: {target} leads nowhere"


def _references(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _references(item, (*path, number))
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key == "$ref" and isinstance(inner, str):
                yield (*path, key), inner
            elif key not in _VALUES or path[-1:] == ("properties",):
                yield from _references(inner, (*path, key))
