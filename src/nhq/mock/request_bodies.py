"""Request bodies: JSON that matches the contract's own schema, read from openapi.json. Problems name no values."""

from functools import cache
from itertools import islice
from typing import Any

import jsonschema_rs
import msgspec

from nhq.mock.call import MockCall, Refused
from nhq.mock.served_document import ServedDocument

Problem = dict[str, str]

SAYINGS = {
    "type": "has the wrong type",
    "minLength": "is too short",
    "maxLength": "is too long",
    "enum": "is not one of the known values",
    "format": "has the wrong format",
    "minItems": "has too few entries",
    "maxItems": "has too many entries",
}
MOST_PROBLEMS, VAST = 100, 1000
_ACTIONS = "/campaigns/{campaign_id}/actions"
_OVERRIDES = "/campaigns/{campaign_id}/leads/{lead_id}/message-overrides"
_IMPORT = "/lead_lists/{lead_list_id}/leads"
_SEND = "/conversations/{conversation_id}/messages"


@cache
def body_validators(served: ServedDocument | None = None) -> dict[str, jsonschema_rs.Validator]:
    """A validator for each body and for each kind of batch entry, of the bundled document or of the one served.

    Formats are asserted. Bodies that the served document lacks, or shapes in a way that the mock can't read, are
    validated by the bundled document.
    """
    if served is not None:
        return _served(served)
    return _validators(ServedDocument().content)


def _served(served: ServedDocument) -> dict[str, jsonschema_rs.Validator]:
    try:
        return _validators(served.content)
    except (LookupError, TypeError, ValueError, jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError):
        return body_validators()


def _validators(document: dict[str, Any]) -> dict[str, jsonschema_rs.Validator]:
    def body_of(method: str, path: str) -> dict[str, Any]:
        schema: dict[str, Any] = document["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"]
        return schema

    single, batch = body_of("post", _IMPORT)["oneOf"]
    lists = body_of("post", "/lead_lists")
    schemas = {
        "action": body_of("post", _ACTIONS),
        "overrides": body_of("put", _OVERRIDES),
        "lists": _open_items(lists, "lead_lists"),
        "list": lists["properties"]["lead_lists"]["items"],
        "batch": _open_items(batch, "leads"),
        "lead": single,
        "message": body_of("post", _SEND),
    }
    return {name: _validator(schema, document["components"]) for name, schema in schemas.items()}


def _validator(schema: dict[str, Any], components: dict[str, Any]) -> jsonschema_rs.Validator:
    return jsonschema_rs.Draft202012Validator({**schema, "components": components}, validate_formats=True)


def _open_items(schema: dict[str, Any], member: str) -> dict[str, Any]:
    """The schema of a batch without that of its entries, which are validated one by one."""
    array = {name: value for name, value in schema["properties"][member].items() if name != "items"}
    return {**schema, "properties": {member: array}}


def body_problems(kind: str, instance: Any, served: ServedDocument | None = None) -> list[Problem]:
    """What is wrong with an instance, by field: `{"field": "skills.0", "message": "has the wrong type"}`.

    At most MOST_PROBLEMS of them, and of a vast instance the first alone.
    """
    validator = body_validators(served)[kind]
    try:
        if validator.is_valid(instance):
            return []
        errors = [_first_error(validator, instance)] if _is_vast(instance) else validator.iter_errors(instance)
        return list(islice((problem for error in errors for problem in _told(error)), MOST_PROBLEMS))
    except ValueError:  # the validator follows 255 levels, and no body of the contract has ten
        return [_problem([], "is nested too deeply")]


def _is_vast(instance: Any) -> bool:
    """Has it so many parts that finding all errors takes seconds? Each takes 20 µs, a megabyte has 300,000."""
    parts = instance.values() if isinstance(instance, dict) else ()
    return any(len(part) > VAST for part in (instance, *parts) if isinstance(part, dict | list))


def _first_error(validator: jsonschema_rs.Validator, instance: Any) -> jsonschema_rs.ValidationError:
    """The first error of an instance that has some."""
    try:
        validator.validate(instance)
    except jsonschema_rs.ValidationError as error:
        return error
    raise ValueError("there is no error in it")


def _told(error: jsonschema_rs.ValidationError) -> list[Problem]:
    path = [str(step) for step in error.instance_path]
    kind: Any = error.kind
    if kind.name == "required":
        return [_problem([*path, kind.property], "is required")]
    if kind.name == "additionalProperties":
        return [_problem([*path, name], "is not known here") for name in kind.unexpected]
    return [_problem(path, SAYINGS.get(kind.name, "is not acceptable"))]


def _problem(path: list[str], saying: str) -> Problem:
    return {"field": ".".join(path), "message": saying}


def read_json(call: MockCall) -> Any:
    """The JSON body of a request. Refuses another media type, and with 400 a body that is no JSON."""
    if not call.policies.body_is_json(call.operation.id, call.header(b"content-type")):
        status = call.policies.wrong_media(call.operation.id)
        raise Refused(status, "invalid_body", "the body must be sent as application/json")
    try:
        return call.policies.parse_json(call.operation.id, call.raw)
    except (ValueError, RecursionError, msgspec.MsgspecError):
        raise Refused(400, "invalid_body", "the body is not JSON") from None


def read_valid_body(call: MockCall, kind: str) -> Any:
    """A JSON body that matches its schema. Refuses any other with 400."""
    body = read_json(call)
    require_valid_body(call, kind, body)
    return body


def all_body_problems(call: MockCall, kind: str, instance: Any) -> list[Problem]:
    """All that is wrong with a body or an entry of a batch, by its schema and by the policies."""
    return body_problems(kind, instance, call.engine.document) + call.policies.also_wrong(kind, instance)


def require_valid_body(call: MockCall, kind: str, body: Any) -> None:
    """Refuse with 400 a body that breaks its schema; the message says how, up to three times."""
    found = all_body_problems(call, kind, body)
    if not call.policies.body_valid(call.operation.id, body, found):
        told = "; ".join(f"{problem['field'] or 'the body'} {problem['message']}" for problem in found[:3])
        raise Refused(400, "invalid_body", told)
