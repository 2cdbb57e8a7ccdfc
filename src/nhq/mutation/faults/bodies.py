"""Faults of request bodies, one member each: what breaks the schema is let through, or what fits is refused."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from nhq.mutation.faults.fault import Fault, faults_of_family
from nhq.mutation.faults.handlers import at_operation

plant = faults_of_family("bodies")

Problems = Sequence[dict[str, str]]
ACTION, SAVE, CREATE = "run_campaign_action", "save_message_overrides", "create_lead_lists"
IMPORT, SEND = "import_leads", "send_message"
REQUIRED, TYPE, CLOSED, EMPTY = "is required", "has the wrong type", "is not known here", "is too short"


def _last(problem: dict[str, str]) -> str:
    """The member that a problem is about, without the way to it."""
    return problem["field"].rpartition(".")[2]


def _lets(ident: str, operation: str, saying: str, member: str, sentence: str, rule: str, where: str = "") -> Fault:
    """One operation that overlooks one kind of problem of one member; `where` is the beginning of the way to it."""

    def lie(asked: str, body: Any, problems: Problems) -> bool:
        return all(
            problem["message"] == saying and _last(problem) == member and problem["field"].startswith(where)
            for problem in problems
        )

    return plant(ident, sentence, rule, subtle="one field", on=(operation,), body_valid=at_operation(operation, lie))


def _stricter(ident: str, operation: str, fits: Callable[[Any], bool], sentence: str, rule: str, hidden: str) -> Fault:
    """One operation that refuses a valid body which doesn't fit."""
    lie = at_operation(operation, lambda asked, body, problems: not problems and fits(body))
    return plant(ident, sentence, rule, subtle=hidden, on=(operation,), body_valid=lie)


def _crashing(ident: str, what: str, broken: Callable[[Any], bool]) -> Fault:
    """All operations fail on what isn't an object."""

    def lie(asked: str, body: Any, problems: Problems) -> bool:
        if broken(body):
            raise TypeError(asked)
        return not problems

    return plant(
        ident, f"A body that is {what} makes the server fail.", "REQUEST-NOT-JSON", subtle="one value", body_valid=lie
    )


def _unless(broken: bool, problems: Problems) -> bool:
    """A check that fails where it should refuse."""
    if broken:
        raise LookupError("nobody thought of this")
    return not problems


def _choking(operation: str, raw: bytes) -> Any:
    """A body parsed as text that is taken for UTF-8 unseen."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as problem:
        raise LookupError(operation) from problem
    return json.loads(text)


def _empty_object(operation: str, raw: bytes) -> Any:
    """A body that isn't there, taken for an empty action of the commonest kind."""
    return json.loads(raw or b'{"action":"pause","content":"?"}')


def _first_value(operation: str, raw: bytes) -> Any:
    """As parsers of streams do: what follows the first value is left unread."""
    return json.JSONDecoder().raw_decode(raw.decode().lstrip())[0]


def _some(body: Any, list_name: str, fits: Callable[[dict[str, Any]], bool]) -> bool:
    """Has a batch an entry that fits?"""
    entries = body.get(list_name) if isinstance(body, dict) else None
    return isinstance(entries, list) and any(isinstance(entry, dict) and fits(entry) for entry in entries)


FAULTS = (
    _crashing("fails-on-a-body-that-is-null", "null", lambda body: body is None),
    _crashing("fails-on-a-body-that-is-an-array", "an array", lambda body: isinstance(body, list)),
    _crashing("fails-on-a-body-that-is-text", "a text", lambda body: isinstance(body, str)),
    plant(
        "fails-on-bytes-that-are-no-text",
        "A body that isn't UTF-8 makes the server fail.",
        "REQUEST-NOT-JSON",
        subtle="one value",
        parse_json=_choking,
    ),
    plant(
        "takes-nothing-for-a-body",
        "A body that is empty is taken for a valid one.",
        "REQUEST-NOT-JSON",
        subtle="one value",
        on=(ACTION, SEND),
        parse_json=_empty_object,
    ),
    plant(
        "reads-the-first-value-of-a-body",
        "What follows the JSON of a body is left unread, whatever it is.",
        "REQUEST-NOT-JSON",
        subtle="near miss",
        parse_json=_first_value,
    ),
    _lets("saves-nothing-at-all", SAVE, REQUIRED, "messages", "messages may be missing.", "REQUEST-REQUIRED"),
    _lets("saves-without-a-node-type", SAVE, REQUIRED, "node_type", "node_type may be missing.", "REQUEST-REQUIRED"),
    _lets("saves-without-a-stage", SAVE, REQUIRED, "message_stage", "A stage may be missing.", "REQUEST-REQUIRED"),
    _lets("saves-without-a-message", SAVE, REQUIRED, "message", "A message may be missing.", "REQUEST-REQUIRED"),
    _lets("creates-without-lists", CREATE, REQUIRED, "lead_lists", "lead_lists may be missing.", "REQUEST-REQUIRED"),
    _lets("imports-one-without-a-first-name", IMPORT, REQUIRED, "first_name", "No first name.", "REQUEST-REQUIRED"),
    _lets("imports-one-without-a-last-name", IMPORT, REQUIRED, "last_name", "No last name.", "REQUEST-REQUIRED"),
    _lets("imports-one-without-a-profile", IMPORT, REQUIRED, "linkedin_url", "No linkedin_url.", "REQUEST-REQUIRED"),
    _lets("sends-without-content", SEND, REQUIRED, "content", "content may be missing.", "REQUEST-REQUIRED"),
    plant(
        "fails-on-a-number-for-an-action",
        "An action that is a number makes the server fail.",
        "REQUEST-TYPE",
        subtle="one value",
        on=(ACTION,),
        body_valid=at_operation(
            ACTION, lambda asked, body, problems: _unless(isinstance(body.get("action"), int), problems)
        ),
    ),
    _lets("takes-text-for-overrides", SAVE, TYPE, "messages", "messages may be a text.", "REQUEST-TYPE"),
    _lets("saves-numbers", SAVE, TYPE, "message", "A message may be a number.", "REQUEST-TYPE", "messages."),
    _lets("takes-text-for-leads", IMPORT, TYPE, "leads", "leads may be a text.", "REQUEST-TYPE"),
    _lets("imports-one-with-a-number-for-a-name", IMPORT, TYPE, "first_name", "A name is a number.", "REQUEST-TYPE"),
    _lets("imports-one-whose-profile-is-null", IMPORT, TYPE, "linkedin_url", "linkedin_url is null.", "REQUEST-TYPE"),
    _lets("imports-one-with-text-for-skills", IMPORT, TYPE, "skills", "skills may be a text.", "REQUEST-TYPE"),
    plant(
        "fails-on-a-fourth-stage",
        "A message stage that nobody knows makes the server fail.",
        "REQUEST-ENUM",
        subtle="one field",
        on=(SAVE,),
        body_valid=at_operation(
            SAVE, lambda asked, body, problems: _unless(any(_last(p) == "message_stage" for p in problems), problems)
        ),
    ),
    _lets("imports-one-with-an-empty-first-name", IMPORT, EMPTY, "first_name", "It is empty.", "REQUEST-EMPTY-TEXT"),
    _lets("imports-one-with-an-empty-last-name", IMPORT, EMPTY, "last_name", "It is empty.", "REQUEST-EMPTY-TEXT"),
    plant(
        "ignores-the-case-of-actions",
        "An action in capitals is the same action.",
        "REQUEST-ENUM",
        subtle="near miss",
        on=(ACTION,),
        parse_json=at_operation(ACTION, lambda asked, raw: json.loads(raw.lower())),
    ),
    plant(
        "takes-unknown-members-beside-overrides",
        "The body of overrides may have members that nobody knows.",
        "REQUEST-UNKNOWN-MEMBER-400",
        subtle="one operation",
        on=(SAVE,),
        body_valid=at_operation(SAVE, lambda asked, body, problems: all(p["message"] == CLOSED for p in problems)),
    ),
    plant(
        "takes-unknown-members-of-an-override",
        "An override may have members that nobody knows.",
        "REQUEST-UNKNOWN-MEMBER-400",
        subtle="one field",
        on=(SAVE,),
        body_valid=at_operation(
            SAVE,
            lambda asked, body, problems: all(
                p["message"] == CLOSED and p["field"].startswith("messages.") for p in problems
            ),
        ),
    ),
    plant(
        "takes-unknown-members-beside-lists",
        "The body of new lists may have members that nobody knows.",
        "REQUEST-UNKNOWN-MEMBER-400",
        subtle="one operation",
        on=(CREATE,),
        body_valid=at_operation(CREATE, lambda asked, body, problems: all(p["message"] == CLOSED for p in problems)),
    ),
    plant(
        "takes-unknown-members-beside-leads",
        "The body of a batch may have members that nobody knows.",
        "REQUEST-UNKNOWN-MEMBER-400",
        subtle="one state",
        on=(IMPORT,),
        body_valid=at_operation(
            IMPORT,
            lambda asked, body, problems: (
                not problems or ("leads" in body and all(p["message"] == CLOSED for p in problems))
            ),
        ),
    ),
    _stricter(
        "refuses-descriptions-that-are-null",
        CREATE,
        lambda body: not _some(body, "lead_lists", lambda entry: entry.get("description", "") is None),
        "A new list that says null for its description is refused.",
        "REQUEST-VALID",
        "one value",
    ),
    _stricter(
        "refuses-two-lists-at-once",
        CREATE,
        lambda body: len(body["lead_lists"]) == 1,
        "More than one list in a request is refused.",
        "REQUEST-VALID",
        "one value",
    ),
    _stricter(
        "refuses-leads-with-skills",
        IMPORT,
        lambda body: not body.get("skills"),
        "A single lead with skills is refused.",
        "REQUEST-VALID",
        "one field",
    ),
    _stricter(
        "wants-an-email-of-each-lead",
        IMPORT,
        lambda body: "leads" in body or "email" in body,
        "A single lead without an e-mail is refused.",
        "REQUEST-VALID",
        "one field",
    ),
    _stricter(
        "refuses-batches-of-one",
        IMPORT,
        lambda body: len(body.get("leads", "  ")) != 1,
        "A batch of one lead is refused.",
        "REQUEST-VALID",
        "exact boundary",
    ),
    _stricter(
        "refuses-messages-of-two-lines",
        SEND,
        lambda body: "\n" not in body["content"],
        "A message with a line break is refused.",
        "SEND-TEXT",
        "one value",
    ),
    _stricter(
        "counts-utf-16-of-overrides",
        SAVE,
        lambda body: all(len(m["message"].encode("utf-16-le", "surrogatepass")) <= 16000 for m in body["messages"]),
        "An override may have 8000 units of UTF-16.",
        "REQUEST-CODE-POINTS",
        "non-ASCII",
    ),
)
