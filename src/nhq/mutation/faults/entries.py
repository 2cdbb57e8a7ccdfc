"""Faults of batch entries, one member each: let through, refused, or lost of new lists and imported leads."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from nhq.mutation.faults.fault import Fault, faults_of_family
from nhq.mutation.faults.handlers import at_operation
from nhq.mutation.faults.wire import changed_body

plant = faults_of_family("entries")

Problems = Sequence[dict[str, str]]
CREATE, IMPORT = "create_lead_lists", "import_leads"
RULES = {CREATE: "LIST-MALFORMED", IMPORT: "IMPORT-MALFORMED"}
REQUIRED, TYPE, EMPTY, LONG = "is required", "has the wrong type", "is too short", "is too long"
FIELDS = (
    "email",
    "company",
    "company_linkedin_url",
    "headline",
    "summary",
    "industry",
    "phone",
    "location",
    "gender",
    "date_of_birth",
    "notes",
    "profile_picture_url",
)


def _lets(ident: str, operation: str, saying: str, field: str, sentence: str) -> Fault:
    """Entries with one kind of problem in one member are taken."""
    lie = at_operation(
        operation, lambda asked, entry, problems: all(p == {"field": field, "message": saying} for p in problems)
    )
    return plant(ident, sentence, RULES[operation], subtle="one field", on=(operation,), entry_valid=lie)


def _refuses(
    ident: str, operation: str, fits: Callable[[Any], bool], sentence: str, hidden: str, rule: str = ""
) -> Fault:
    """Valid entries that don't fit are malformed."""
    lie = at_operation(operation, lambda asked, entry, problems: not problems and fits(entry))
    return plant(ident, sentence, rule or RULES[operation], subtle=hidden, on=(operation,), entry_valid=lie)


def _chokes(operation: str, ident: str, sentence: str) -> Fault:
    """An entry that isn't an object makes the server fail."""

    def lie(asked: str, entry: Any, problems: Problems) -> bool:
        if not isinstance(entry, dict):
            raise TypeError(asked)
        return not problems

    return plant(
        ident,
        sentence,
        RULES[operation],
        "STATUS-DOCUMENTED",
        subtle="one value",
        on=(operation,),
        near=["REQUEST-TYPE"],
        entry_valid=at_operation(operation, lie),
    )


def _loses(field: str) -> Fault:
    """One member of a new lead is lost."""
    return plant(
        f"loses-{field.replace('_', '-')}-of-leads",
        f"A created lead has no {field}.",
        "IMPORT-FIELDS-OTHER",
        subtle="one field",
        on=(IMPORT,),
        imported_fields=lambda given: {name: value for name, value in given.items() if name != field},
    )


def _changes(ident: str, sentence: str, field: str, change: Callable[[Any], Any], hidden: str = "one value") -> Fault:
    """One member of a new lead is changed."""

    def lie(given: dict[str, Any]) -> dict[str, Any]:
        return given | {field: change(given[field])} if given.get(field) else given

    return plant(ident, sentence, "IMPORT-FIELDS-OTHER", subtle=hidden, on=(IMPORT,), imported_fields=lie)


def _without(ident: str, member: str) -> Fault:
    """The answer to a batch lacks a part."""

    def lie(body: Any) -> Any:
        return {name: part for name, part in body.items() if name != member} if "summary" in body else body

    sentence = f"The answer to a batch has no {member}."
    statuses = (200, 201, 207)
    return plant(ident, sentence, "IMPORT-SHAPE", on=(IMPORT,), sent_body=changed_body(lie, IMPORT, statuses=statuses))


def _numbered(part: str) -> Callable[[Any], Any]:
    """A part of the answer whose indexes are places in that part."""
    return lambda body: body | {part: [e | {"index": n} for n, e in enumerate(body[part])]} if part in body else body


def _shifted(body: Any) -> Any:
    """Malformed entries under the index after their own."""
    return body | {"malformed": [entry | {"index": entry["index"] + 1} for entry in body["malformed"]]}


def _units(text: str | None) -> int:
    return len((text or "").encode("utf-16-le", "surrogatepass")) // 2


def _lists() -> Iterator[Fault]:
    """Entries of new lists."""
    yield _lets("takes-lists-without-a-name", CREATE, REQUIRED, "name", "A list may have no name.")
    yield _lets("takes-lists-with-an-empty-name", CREATE, EMPTY, "name", "The name of a list may be empty.")
    yield _lets("takes-numbers-for-names-of-lists", CREATE, TYPE, "name", "The name of a list may be a number.")
    yield _lets("takes-numbers-for-descriptions", CREATE, TYPE, "description", "A description may be a number.")
    yield _lets("takes-descriptions-of-501", CREATE, LONG, "description", "A description may have 501 characters.")
    yield _refuses(
        "refuses-descriptions-of-500",
        CREATE,
        lambda entry: len(entry.get("description") or "") < 500,
        "A description of exactly 500 characters is malformed.",
        "exact boundary",
        "LIST-DATA-COMPLETE",
    )
    yield _refuses(
        "refuses-lists-whose-description-is-null",
        CREATE,
        lambda entry: entry.get("description", "") is not None,
        "A description that is null is malformed.",
        "one value",
        "LIST-DATA-COMPLETE",
    )
    yield _refuses(
        "refuses-names-of-one-letter",
        CREATE,
        lambda entry: len(entry["name"]) > 1,
        "A list name of one letter is malformed.",
        "exact boundary",
        "REQUEST-VALID",
    )
    yield _refuses(
        "counts-utf-16-of-names",
        CREATE,
        lambda entry: _units(entry["name"]) <= 120,
        "A list name may have 120 units of UTF-16.",
        "non-ASCII",
        "REQUEST-CODE-POINTS",
    )
    yield _refuses(
        "counts-bytes-of-descriptions",
        CREATE,
        lambda entry: len((entry.get("description") or "").encode()) <= 500,
        "A description may have 500 bytes.",
        "non-ASCII",
        "LIST-DATA-COMPLETE",
    )
    yield _refuses(
        "counts-utf-16-of-descriptions",
        CREATE,
        lambda entry: _units(entry.get("description")) <= 500,
        "A description may have 500 units of UTF-16.",
        "non-ASCII",
        "LIST-DATA-COMPLETE",
    )
    yield _chokes(CREATE, "fails-on-lists-that-are-no-objects", "An entry that isn't an object makes it fail.")


def _leads() -> Iterator[Fault]:
    """Entries of imported leads."""
    yield _lets("imports-leads-without-a-first-name", IMPORT, REQUIRED, "first_name", "first_name may be missing.")
    yield _lets("imports-leads-without-a-last-name", IMPORT, REQUIRED, "last_name", "last_name may be missing.")
    yield _lets("imports-leads-with-an-empty-first-name", IMPORT, EMPTY, "first_name", "first_name may be empty.")
    yield _lets("imports-leads-with-an-empty-last-name", IMPORT, EMPTY, "last_name", "last_name may be empty.")
    yield _lets("imports-leads-whose-last-name-is-null", IMPORT, TYPE, "last_name", "last_name may be null.")
    yield _lets("imports-leads-whose-first-name-is-a-number", IMPORT, TYPE, "first_name", "first_name is a number.")
    yield _lets("imports-leads-with-several-profiles", IMPORT, TYPE, "linkedin_url", "linkedin_url is an array.")
    yield _lets("imports-leads-with-companies-as-objects", IMPORT, TYPE, "company", "company is an object.")
    yield _lets("imports-leads-with-skills-in-a-text", IMPORT, TYPE, "skills", "skills may be a text.")
    yield _lets("imports-leads-with-numbers-for-skills", IMPORT, TYPE, "skills.1", "A skill may be a number.")
    yield _lets("imports-leads-with-flags-for-notes", IMPORT, TYPE, "notes", "notes may be true or false.")
    yield _refuses(
        "refuses-leads-without-a-company",
        IMPORT,
        lambda entry: bool(entry.get("company")),
        "An entry without a company is malformed.",
        "one field",
    )
    yield _refuses(
        "refuses-leads-with-a-birthday",
        IMPORT,
        lambda entry: not entry.get("date_of_birth"),
        "An entry with a date of birth is malformed.",
        "one field",
    )
    yield _chokes(IMPORT, "fails-on-leads-that-are-no-objects", "An entry that isn't an object makes it fail.")


FAULTS = (
    *_lists(),
    *_leads(),
    *(_loses(field) for field in FIELDS),
    _changes("cuts-notes-at-2000", "Notes are cut after 2000 characters.", "notes", lambda notes: notes[:2000]),
    _changes("keeps-one-skill", "A lead keeps its first skill.", "skills", lambda skills: skills[:1]),
    _changes("sorts-skills", "Skills are sorted.", "skills", lambda skills: sorted(skills, reverse=True)),
    _changes("moves-birthdays", "A birthday loses a day.", "date_of_birth", lambda day: day.replace("15T", "14T")),
    _changes("escapes-headlines", "Quotes are escaped.", "headline", lambda text: text.replace('"', '\\"')),
    _changes(
        "drops-emoji-of-companies", "Emoji are lost.", "company", lambda text: text.replace("😀", ""), "non-ASCII"
    ),
    _changes("strips-percents-of-titles", "% is lost.", "job_title", lambda text: text.replace("%", "")),
    _without("answers-batches-without-data", "data"),
    _without("answers-batches-without-malformed", "malformed"),
    _without("answers-batches-without-failed", "failed"),
    _without("answers-batches-without-a-summary", "summary"),
    plant(
        "numbers-malformed-leads-by-themselves",
        "The index of a malformed lead is its place among the malformed.",
        "IMPORT-MALFORMED",
        subtle="one value",
        on=(IMPORT,),
        sent_body=changed_body(_numbered("malformed"), IMPORT, statuses=(207,)),
    ),
    plant(
        "counts-malformed-leads-from-one",
        "Indexes begin with 1 under malformed, and with 0 elsewhere.",
        "IMPORT-INDEXES",
        subtle="one value",
        on=(IMPORT,),
        sent_body=changed_body(_shifted, IMPORT, statuses=(207,)),
    ),
    plant(
        "numbers-failed-leads-by-themselves",
        "The index of a failed lead is its place among the failed.",
        "IMPORT-FAILED",
        subtle="one value",
        on=(IMPORT,),
        sent_body=changed_body(_numbered("failed"), IMPORT, statuses=(207,)),
    ),
    _changes("cuts-headlines-at-255", "A headline is cut after 255 characters.", "headline", lambda text: text[:255]),
    _changes("cuts-companies-at-100", "A company is cut after 100 characters.", "company", lambda text: text[:100]),
    _changes(
        "cuts-locations-at-255",
        "A location is cut after 255 bytes.",
        "location",
        lambda text: text.encode()[:255].decode("utf-8", "ignore"),
    ),
)
