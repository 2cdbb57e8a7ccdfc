"""Choices about importing leads: what is the same lead, what it takes over, in which order results are told."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from msgspec import convert, to_builtins

from nhq.mock.wire_records import Lead
from nhq.mutation.faults.fault import Around
from nhq.mutation.variants.pagination import show_later
from nhq.mutation.variants.variant import variants_of_area

take = variants_of_area("imports", "import", "leads", "lists")

URLS = ("linkedin_url", "company_linkedin_url")


def _normal(url: str) -> str:
    """The address of a profile without scheme, www, query, case and last slash."""
    parts = urlsplit(url.strip().casefold())
    return f"{parts.netloc.removeprefix('www.')}{parts.path}".rstrip("/") or url


def _by_address(given: Mapping[str, Any]) -> tuple[str, ...]:
    return (f"mailto:{given['email'].casefold()}",) if given.get("email") else ()


def _updated(lead: Lead, given: dict[str, Any]) -> Lead:
    """A lead with what an import says of it."""
    return convert({**to_builtins(lead), **given}, Lead)


def _trimmed(given: dict[str, Any]) -> dict[str, Any]:
    return {name: text.strip() if isinstance(text, str) else text for name, text in given.items()}


def _uniform(given: dict[str, Any]) -> dict[str, Any]:
    """Addresses of profiles in one spelling."""
    return given | {name: f"https://{_normal(given[name])}/" for name in URLS if given.get(name)}


def _born(given: dict[str, Any]) -> dict[str, Any]:
    """A date of birth in UTC, in whole seconds."""
    if not given.get("date_of_birth"):
        return given
    born = datetime.fromisoformat(given["date_of_birth"].upper()).astimezone(UTC)
    return given | {"date_of_birth": born.isoformat(timespec="seconds")}


def _pointers(errors: list[dict[str, str]]) -> list[dict[str, str]]:
    """Fields as JSON pointers."""
    return [error | {"field": "/" + error["field"].replace(".", "/")} for error in errors]


def _parents(errors: list[dict[str, str]]) -> list[dict[str, str]]:
    """An unknown member told by what it stands in, which is nothing where that is the entry."""
    return [
        error
        | {"field": error["field"].rpartition(".")[0] if error["message"] == "is not known here" else error["field"]}
        for error in errors
    ]


def _backwards(operation: str, part: str, rows: list[Any]) -> list[Any]:
    return rows[::-1]


def _apart(true: Any) -> Any:
    """Every record of a millisecond of its own."""
    made = 0

    def moment(kind: str, now: float) -> float:
        nonlocal made
        made += 1
        return float(true(kind, now)) + made / 1000

    return moment


VARIANTS = (
    take(
        "knows-leads-by-the-exact-url",
        "Leads are the same when their linkedin_url is, character by character.",
        "dedup-key",
        "linkedin_url",
        dedupe_key=lambda url: url,
    ),
    take(
        "knows-leads-by-a-normal-url",
        "Leads are the same when their linkedin_url is, but for scheme, www, query, case and last slash.",
        "dedup-key",
        "linkedin_url after normalising case, slash or query",
        dedupe_key=_normal,
    ),
    take(
        "knows-leads-by-their-e-mail-too",
        "Leads are the same when linkedin_url or e-mail is.",
        "dedup-key",
        "e-mail too",
        other_keys=_by_address,
    ),
    take(
        "updates-leads-that-it-knows",
        "Importing a lead that exists changes its fields to those sent.",
        "import-updates-fields",
        "yes",
        update_existing=_updated,
    ),
    take(
        "trims-what-leads-say",
        "Blanks at the ends of a lead's texts are cut off.",
        "trimmed-text",
        "trimmed",
        imported_fields=_trimmed,
    ),
    take(
        "spells-profiles-uniformly",
        "Addresses of profiles are brought into one spelling.",
        "url-spelling",
        "normalised",
        imported_fields=_uniform,
    ),
    take(
        "names-fields-by-pointers",
        "Errors of malformed entries name their field by a JSON pointer.",
        "malformed-field-name",
        "a path or pointer that ends in it",
        told_errors=_pointers,
    ),
    take(
        "names-the-parent-of-unknown-members",
        "For an unknown member errors name what it stands in.",
        "malformed-field-name",
        "the name of the parent for an unknown member",
        told_errors=_parents,
    ),
    take(
        "tells-results-backwards",
        "data, malformed and failed begin with the entry that was sent last.",
        "data-order",
        "any; index tells",
        batch_order=_backwards,
    ),
    take(
        "refuses-batches-without-a-good-entry",
        "An import whose entries are all malformed is answered 400.",
        "all-malformed-leads",
        "400",
        refuses_batch=lambda entries, malformed: entries == malformed,
    ),
    take(
        "keeps-new-leads-in-a-default-list",
        "A new lead becomes a member of the workspace's default list, too.",
        "default-list",
        "a default list as well",
        also_joins=lambda result: result == "created",
    ),
    take(
        "fails-the-second-of-twins",
        "A lead that stands twice in one batch fails the second time.",
        "twins-in-a-batch",
        "failed",
        twin_result=lambda result: "failed",
    ),
    take(
        "creates-twins-as-one",
        "A lead that stands twice in one batch is reported as created each time, and made once.",
        "twins-in-a-batch",
        "created",
        warns=("IMPORT-TWIN-RESULT",),
        twin_result=lambda result: "created",
    ),
    take(
        "lists-members-within-seconds",
        "A new member stands in the list a second later.",
        "slow-effects",
        "within seconds",
        settled=show_later("list_members", 1.0),
    ),
    take(
        "lists-leads-within-seconds",
        "A new lead stands in the list of leads a second later.",
        "slow-effects",
        "within seconds",
        settled=show_later("list_leads", 1.0),
    ),
    take(
        "keeps-the-instant-of-a-birth",
        "A date of birth is kept as an instant, and shown in UTC without fractions.",
        "date-of-birth",
        "any date-time",
        imported_fields=_born,
    ),
    take(
        "stamps-records-one-by-one",
        "What one request makes is of moments a millisecond apart.",
        "creation-stamps",
        "moments of their own",
        created_moment=Around(_apart),
    ),
    take(
        "stamps-records-in-whole-seconds",
        "New records are of the second that has begun.",
        "creation-stamps",
        "whole seconds",
        created_moment=lambda kind, now: float(int(now)),
    ),
)
