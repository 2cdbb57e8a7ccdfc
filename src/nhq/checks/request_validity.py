"""Is a request within the contract or not? For the property tests; `acceptance` judges what it was answered.

There are three verdicts, because a false accusation is the worst we can do: a `valid` request must not be refused as
invalid, a `broken` one must be answered 400, and an `open` one is not judged. A batch entry that breaks its schema
doesn't break the request: the prose promises 207 with the entry under `malformed`.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import jsonschema_rs

from nhq.contract import Contract
from nhq.contract.definitions import PAGE_DEFAULT, PAGE_MOST
from nhq.contract.pointers import make_pointer, resolve_pointer

BATCHES = {"create_lead_lists": "lead_lists", "import_leads": "leads"}

# For texts whose form the schema leaves open but a server may check: a pattern that no server would refuse.
_FORMS = {
    "linkedin_url": re.compile(r"https://www\.linkedin\.com/in/[A-Za-z0-9-]{3,100}/?", re.ASCII),
    "company_linkedin_url": re.compile(r"https://www\.linkedin\.com/company/[\w-]+/?", re.ASCII),
    "profile_picture_url": re.compile(r"https?://[\w.-]+\.[a-z]{2,}(/[\w./-]*)?", re.ASCII),
    "email": re.compile(r"\w+([.+-]\w+)*@[A-Za-z0-9]+([.-][A-Za-z0-9]+)*\.[A-Za-z]{2,}", re.ASCII),
    "phone": re.compile(r"\+?\d([ ().-]{0,2}\d){6,14}", re.ASCII),
    "date_of_birth": re.compile(r"19[2-9]\d-.*", re.ASCII),
}
_ONE_LINE = {"name", "first_name", "last_name", "company", "job_title", "location", "industry", "gender"}
_BOUNDED = {"name", "description", "content", "message"}  # how long these may be stands in their schemas
_SHORT = 255  # bytes that a text without a bound must have room for, sent in a body or a query
_BOUNDS = (1, PAGE_MOST, PAGE_DEFAULT)
_WHOLE = re.compile(r"-?(0|[1-9]\d*)")


class Validity(StrEnum):
    """Whether a request, or an entry of a batch, is valid by the contract."""

    VALID = "valid"
    OPEN = "open"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Flaw:
    """One place where a request breaks its schema: the keyword, and a JSON pointer into the body."""

    keyword: str
    where: str


@dataclass(frozen=True, slots=True)
class RequestReading:
    """The validity of a request; `entries` is that of a batch's entries, in order."""

    standing: Validity
    flaws: tuple[Flaw, ...] = ()
    entries: tuple[Validity, ...] = ()


def read_request_body(contract: Contract, operation: str, raw: bytes) -> RequestReading:
    """The validity of a body by its operation's schema. For an operation without a body everything is open."""
    validate = contract.request_validator(operation)
    if validate is None:
        return RequestReading(Validity.OPEN)
    try:
        body = json.loads(raw, parse_constant=_no_json)
    except (ValueError, RecursionError):
        return RequestReading(Validity.BROKEN, (Flaw("json", ""),))
    if not isinstance(body, dict):
        return RequestReading(Validity.BROKEN, (Flaw("json", ""),))
    if not validate(body):
        standing = Validity.OPEN if may_be_doubted(body) else Validity.VALID
        return RequestReading(standing, entries=_entries(operation, body, {}))
    flaws = list(_flaws(contract, operation, body))
    return _reading(operation, body, flaws)


def _no_json(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _reading(operation: str, body: Mapping[str, Any], flaws: Sequence[Flaw]) -> RequestReading:
    """Flaws inside a batch's entries count for the entry, all others for the request. A format is never certain."""
    inside = re.compile(f"/{BATCHES.get(operation, '-')}/(\\d+)(/|$)")
    entries: dict[int, Validity] = {}
    own = []
    for flaw in flaws:
        match = inside.match(flaw.where)
        if match is None:
            own.append(flaw)
        elif flaw.keyword != "format":
            entries[int(match[1])] = Validity.BROKEN
        else:
            entries.setdefault(int(match[1]), Validity.OPEN)
    sure = tuple(flaw for flaw in own if flaw.keyword != "format")
    standing = Validity.BROKEN if sure else Validity.OPEN
    return RequestReading(standing, sure, _entries(operation, body, entries))


def _entries(operation: str, body: Mapping[str, Any], known: Mapping[int, Validity]) -> tuple[Validity, ...]:
    listed = body.get(BATCHES.get(operation, ""))
    if not isinstance(listed, list):
        return ()
    judged = ((known.get(i), entry) for i, entry in enumerate(listed))
    return tuple(s or (Validity.OPEN if may_be_doubted(entry) else Validity.VALID) for s, entry in judged)


def _flaws(contract: Contract, operation: str, body: Mapping[str, Any]) -> Iterator[Flaw]:
    """The flaws of a body, by the alternative of its schema that it was meant to match."""
    place = f"{contract.operations[operation].pointer}/requestBody/content/application~1json/schema"
    schema = resolve_pointer(contract.document, place)
    for branch in schema.get("oneOf", ()):
        names = _properties(contract, branch)
        if ("leads" in body) == ("leads" in names):
            schema = branch
    root = {**schema, "components": contract.document["components"]}
    errors = jsonschema_rs.Draft202012Validator(root, validate_formats=True).iter_errors(body)
    flaws = [Flaw(error.kind.name, make_pointer(error.instance_path)) for error in errors]
    mistyped = {flaw.where for flaw in flaws if flaw.keyword == "type"}
    # What has the wrong type is in no enumeration either: one flaw, not two.
    yield from (flaw for flaw in flaws if flaw.keyword != "enum" or flaw.where not in mistyped)


def _properties(contract: Contract, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" in schema:
        schema = resolve_pointer(contract.document, schema["$ref"].removeprefix("#"))
    found: Mapping[str, Any] = schema["properties"]
    return found


def may_be_doubted(value: Any, name: str = "") -> bool:
    """Does a valid body hold a text that a server may refuse though no schema says so?

    Blank and control characters, lone surrogates, line ends in names; URLs, addresses, numbers and dates that are none
    or of another kind; long texts where the contract names no length.
    """
    if isinstance(value, dict):
        return any(may_be_doubted(inner, key) for key, inner in value.items())
    if isinstance(value, list):
        return any(may_be_doubted(inner, name) for inner in value)
    if not isinstance(value, str):
        return False
    spaces = "" if name in _ONE_LINE else "\n\t"
    if not value.strip() or any(not (c.isprintable() or c in spaces) for c in value):
        return True
    if name not in _BOUNDED and len(value.encode("utf-8", "replace")) > _SHORT:
        return True
    return name in _FORMS and _FORMS[name].fullmatch(value) is None


def limit_standing(value: str | None, bounds: tuple[int, int, int] = _BOUNDS) -> Validity:
    """The validity of a `limit` by «1–500». Left out is valid; «05», «1e2» and an empty value are open.

    `bounds` are least, most and default, where a list has its own.
    """
    if value is None:
        return Validity.VALID
    if _WHOLE.fullmatch(value):
        return Validity.VALID if bounds[0] <= int(value) <= bounds[1] else Validity.BROKEN
    return Validity.OPEN if re.fullmatch(r"[-+\s]*\d*(\.0*)?(e\d+)?\s*", value, re.IGNORECASE) else Validity.BROKEN
