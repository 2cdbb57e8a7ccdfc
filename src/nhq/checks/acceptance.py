"""Were generated requests accepted or refused as their validity demands? Pure: a reading and an answer give rulings."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from nhq.checks.batches import index_base
from nhq.checks.request_validity import Flaw, RequestReading, Validity, limit_standing, may_be_doubted
from nhq.contract import Contract, Operation
from nhq.fingerprints import Breach, keyword_code
from nhq.model import Exchange

_KNOWN = {"limit", "cursor", "query", "list_ids", "unread_only", "linkedin_account_id"}
_RULES = {
    "type": "REQUEST-TYPE",
    "required": "REQUEST-REQUIRED",
    "enum": "REQUEST-ENUM",
    "additionalProperties": "REQUEST-UNKNOWN-MEMBER-400",
    "minLength": "REQUEST-EMPTY-TEXT",
    "minItems": "REQUEST-EMPTY-BATCH",
}
_OWN_RULES = {
    ("send_message", "maxLength"): "SEND-LENGTH",
    ("save_message_overrides", "maxLength"): "OVR-LENGTH",
    ("save_message_overrides", "maxItems"): "OVR-COUNT",
    ("import_leads", "maxItems"): "IMPORT-OVER-MAX-400",
}


@dataclass(frozen=True, slots=True)
class Ruling:
    """The result of applying one rule once; the texts go into the finding if the rule was broken."""

    rule: str
    ok: bool
    expected: str
    actual: str
    where: str = ""
    code: str = Breach.BROKEN


def judge_body(contract: Contract, operation: str, reading: RequestReading, exchange: Exchange) -> Iterator[Ruling]:
    """Rulings on the rules about bodies that an answer allows. 401, 403, 404, 409 and 429 allow none."""
    if reading.standing is Validity.BROKEN:
        yield from _broken(contract, operation, reading.flaws, exchange.status or 0)
    elif reading.standing is Validity.VALID:
        yield from _valid(contract, operation, exchange.status or 0)
    if not reading.flaws and reading.entries:
        yield from _all_malformed(operation, reading.entries, exchange.status or 0)
        yield from _malformed(operation, reading.entries, exchange)


def _broken(contract: Contract, operation: str, flaws: Sequence[Flaw], status: int) -> Iterator[Ruling]:
    rules = {rule: flaw for flaw in flaws for rule in _rules(contract, operation, flaw)}
    # Broken in two ways, a 400 shows neither; an acceptance shows both.
    accepted = 200 <= status < 300 or status in (422, 500)
    if accepted or (status == 400 and len({f.keyword for f in flaws}) == 1):
        for rule, flaw in rules.items():
            expected, code = f"400: {_TEXTS.get(flaw.keyword, flaw.keyword)}", keyword_code(flaw.keyword)
            yield Ruling(rule, not accepted, expected, str(status), flaw.where, code)


_TEXTS = {
    "json": "the body is no JSON object",
    "type": "a member has the wrong type",
    "required": "a required member is missing",
    "enum": "a value is not among those listed",
    "additionalProperties": "a member is unknown and the body closed",
    "minLength": "a text is empty",
    "minItems": "a batch is empty",
    "maxLength": "a text is too long",
    "maxItems": "a batch is too long",
}


def _rules(contract: Contract, operation: str, flaw: Flaw) -> Iterator[str]:
    """The rules about a flaw that are judged on this operation."""
    rule = "REQUEST-NOT-JSON" if flaw.keyword == "json" else _RULES.get(flaw.keyword)
    for name in (rule, _OWN_RULES.get((operation, flaw.keyword))):
        if name is not None and operation in contract.applies(name):
            yield name


def _valid(contract: Contract, operation: str, status: int) -> Iterator[Ruling]:
    refused = status in (400, 422)
    if operation in contract.applies("REQUEST-VALID") and (refused or 200 <= status < 300):
        yield Ruling("REQUEST-VALID", not refused, "no refusal: the request is valid", str(status))


def _all_malformed(operation: str, entries: Sequence[Validity], status: int) -> Iterator[Ruling]:
    if set(entries) == {Validity.BROKEN} and (200 <= status < 300 or status == 400):
        lists = operation == "create_lead_lists"
        rule = "LIST-ALL-MALFORMED" if lists else "IMPORT-ALL-MALFORMED"
        yield Ruling(rule, status != 201, "not 201: every entry is malformed", str(status))


def _malformed(operation: str, entries: Sequence[Validity], exchange: Exchange) -> Iterator[Ruling]:
    told = _told_malformed(exchange) if exchange.ok else None
    if told is None:
        return
    broken = {i for i, standing in enumerate(entries) if standing is Validity.BROKEN}
    valid = {i for i, standing in enumerate(entries) if standing is Validity.VALID}
    from_one = {index - 1 for index in told}
    if _counts_from_one(operation, exchange, len(entries)) and broken <= from_one and not valid & from_one:
        told = from_one
    missed, blamed = sorted(broken - told), sorted(valid & told)
    if broken or valid:
        rule = "LIST-MALFORMED" if operation == "create_lead_lists" else "IMPORT-MALFORMED"
        actual = f"not listed though malformed: {missed[:5]}; listed though valid: {blamed[:5]}"
        yield Ruling(
            rule, not missed and not blamed, "malformed holds exactly the malformed entries", actual, "/malformed"
        )


def _counts_from_one(operation: str, exchange: Exchange, sent: int) -> bool:
    """May indexes count from one? No sentence forbids it. Of lists only malformed entries have indexes."""
    return operation == "create_lead_lists" or index_base(exchange, sent) == 1


def _told_malformed(exchange: Exchange) -> set[int] | None:
    """The indexes under `malformed`; None for a body of another shape, which other rules judge."""
    try:
        return {int(entry["index"]) for entry in exchange.json()["malformed"]}
    except (ValueError, LookupError, TypeError):
        return None


def judge_query(
    contract: Contract,
    operation: str,
    query: Sequence[tuple[str, str]],
    exchange: Exchange,
    known: Collection[str] = (),
) -> Iterator[Ruling]:
    """Rulings on the rules about query parameters that an answer allows. `known` are ids that filters may name.

    The contract leaves open, so that nothing is judged: unknown and repeated parameters, cursors nobody issued, empty
    values, ids of nothing, and on operations that document no 400 everything but `limit`. A 200 shows that every
    parameter was accepted, even if somebody else has deleted what a filter names.
    """
    row = contract.operations[operation]
    taken = {parameter.name for parameter in row.parameters if parameter.where == "query"}
    names = [name for name, _ in query]
    status = exchange.status or 0
    if "cursor" in names or len(set(names)) < len(names) or set(names) - taken or not taken:
        return
    limit = limit_standing(dict(query).get("limit"), row.limits)
    if not parameters_are_unambiguous(contract, row, dict(query)):
        return
    if limit is Validity.BROKEN:
        yield from _bad_limit(contract, operation, exchange)
    elif limit is Validity.VALID and (
        status == 200 or all(is_unambiguous_value(name, value, known) for name, value in query)
    ):
        yield from _valid(contract, operation, status)
        if status in (200, 400) and "limit" in names:
            yield Ruling(
                "PAGE-LIMIT-ACCEPTED", status == 200, "200: the limit is within 1 and 500", str(status), "limit"
            )


def parameters_are_unambiguous(contract: Contract, row: Operation, given: Mapping[str, str]) -> bool:
    """Are all parameters that we know from the document alone valid beyond doubt? Free texts are not: only a server
    knows which it takes. Required ones must be present.
    """
    for parameter in row.parameters:
        if parameter.where != "query" or parameter.name in _KNOWN:
            continue
        if parameter.name not in given:
            if parameter.required:
                return False
            continue
        value = given[parameter.name]
        closed = "enum" in parameter.schema or parameter.schema.get("type") == "boolean"
        validate = contract.parameter_validator(row.id, parameter.name) if closed else None
        if validate is None or validate({"true": True, "false": False}.get(value, value)):
            return False
    return True


def is_unambiguous_value(name: str, value: str, known: Collection[str]) -> bool:
    """Is a query parameter's value valid beyond doubt? `known` are ids that a filter may name."""
    if name in ("list_ids", "linkedin_account_id"):
        return set(value.split(",")) <= set(known)
    if name == "unread_only":
        return value in ("true", "false")
    return not may_be_doubted(value) and not may_be_doubted(quote(value))


def _bad_limit(contract: Contract, operation: str, exchange: Exchange) -> Iterator[Ruling]:
    status = exchange.status or 0
    if operation in contract.applies("PAGE-LIMIT-400"):
        if exchange.ok or status in (400, 422, 500):
            yield Ruling(
                "PAGE-LIMIT-400", status == 400, "400: the limit is not within 1 and 500", str(status), "limit"
            )
    elif status in (200, 400) or status >= 500:
        items = _count(exchange) if exchange.ok else 0
        ok = status < 500 and items <= contract.operations[operation].limits[1]
        yield Ruling("PAGE-LIMIT-SAFE", ok, "400, or at most 500 items", f"{status}, {items} items", "limit")


def _count(exchange: Exchange) -> int:
    try:
        data = exchange.json()["data"]
        return len(data["messages"] if isinstance(data, dict) else data)
    except (ValueError, LookupError, TypeError):
        return 0


def judge_elsewhere(exchange: Exchange) -> Iterator[Ruling]:
    """Ruling on the answer to a method that a path doesn't have: undocumented, so only the envelope is expected."""
    if exchange.status in (404, 405, 501):
        yield Ruling("ERROR-BODY-UNDOCUMENTED", _envelope(exchange), "the error envelope", "another body")


def _envelope(exchange: Exchange) -> bool:
    try:
        error = exchange.json()["error"]
        return isinstance(error["code"], str) and isinstance(error["message"], str)
    except (ValueError, LookupError, TypeError):
        return False
