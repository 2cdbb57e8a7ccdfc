"""Choices about what a server takes beyond, or short of, the words of the schemas."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from nhq.mutation.variants.variant import variants_of_area

take = variants_of_area("requests", "errors", "import")

Problems = list[dict[str, str]]
URLS = ("linkedin_url", "company_linkedin_url", "profile_picture_url")
ONE_LINE = ("name", "first_name", "last_name", "company", "job_title", "location", "email", "industry", "phone")
LISTS = ("list_campaigns", "list_campaign_leads", "list_linkedin_accounts", "list_lead_lists", "list_members")
PAGED = {"limit", "cursor"}
PARAMETERS: Mapping[str, set[str]] = {
    **dict.fromkeys((*LISTS, "get_conversation"), PAGED),
    "list_leads": PAGED | {"query", "list_ids"},
    "list_conversations": PAGED | {"unread_only", "linkedin_account_id"},
}
LONG = 560  # bytes of a query: more than any cursor that the mock issues, whatever it looks like
_PLAIN = re.compile(r"[\w.:=-]+", re.ASCII)  # what ids are made of, whatever they look like
_DATE = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def _texts(instance: Any, name: str = "") -> list[tuple[str, str]]:
    """The texts of a body, with the names of the members that hold them."""
    if isinstance(instance, dict):
        return [pair for key, inner in instance.items() for pair in _texts(inner, key)]
    if isinstance(instance, list):
        return [pair for inner in instance for pair in _texts(inner, name)]
    return [(name, instance)] if isinstance(instance, str) else []


def _refusing(kinds: Sequence[str], wrong: Any) -> Any:
    """For `also_wrong`: texts of these kinds of body of which `wrong` says so, by name and text."""

    def also(kind: str, instance: Any) -> Problems:
        found = _texts(instance) if kind in kinds else []
        return [{"field": name, "message": "is not acceptable"} for name, text in found if wrong(name, text)]

    return also


def _no_url(name: str, text: str) -> bool:
    return name in URLS and re.fullmatch(r"https?://[^\s/]+\.[^\s/]+(/\S*)?", text) is None


def _no_profile(name: str, text: str) -> bool:
    return name == "linkedin_url" and re.match(r"https://(www\.)?linkedin\.com/in/[^\s/]+", text) is None


def _no_address(name: str, text: str) -> bool:
    return name == "email" and re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text) is None


def _no_phone(name: str, text: str) -> bool:
    return name == "phone" and re.fullmatch(r"\+?[\d ().-]{5,20}", text, re.ASCII) is None


def _unborn(name: str, text: str) -> bool:
    return name == "date_of_birth" and not "1900" <= text[:4] <= "2024"


def _dateless(operation: str, raw: bytes) -> Any:
    """A body whose dates that are none are taken for null."""
    body = json.loads(raw)
    leads = body.get("leads", [body]) if isinstance(body, dict) else []
    for lead in leads if isinstance(leads, list) else []:
        date = lead.get("date_of_birth") if isinstance(lead, dict) else None
        if isinstance(date, str) and not _DATE.fullmatch(date):
            lead["date_of_birth"] = None
    return body


def _known_only(operation: str, pairs: Sequence[tuple[str, str]]) -> Mapping[str, str] | None:
    return dict(pairs) if {name for name, _ in pairs} <= PARAMETERS.get(operation, set()) else None


def _once_only(operation: str, pairs: Sequence[tuple[str, str]]) -> Mapping[str, str] | None:
    return dict(pairs) if len(dict(pairs)) == len(pairs) else None


def _too_much(operation: str, query: int, headers: Mapping[bytes, bytes], body: int) -> int:
    """413 for a long body, 414 for a long query, 431 for long headers."""
    if body > 128 * 1024:
        return 413
    if query > LONG:
        return 414
    return 431 if sum(len(name) + len(value) for name, value in headers.items()) > 8192 else 0


VARIANTS = (
    take(
        "takes-urls-alone",
        "What is named a URL must be one.",
        "linkedin-url-form",
        "only URLs",
        also_wrong=_refusing(("lead",), _no_url),
    ),
    take(
        "takes-linkedin-profiles-alone",
        "linkedin_url must be the address of a profile.",
        "linkedin-url-form",
        "only LinkedIn profiles",
        also_wrong=_refusing(("lead",), _no_profile),
    ),
    take(
        "takes-e-mail-addresses-alone",
        "email must look like an address.",
        "e-mail-form",
        "only addresses",
        also_wrong=_refusing(("lead",), _no_address),
    ),
    take(
        "takes-phone-numbers-alone",
        "phone must look like a number.",
        "phone-form",
        "only numbers",
        also_wrong=_refusing(("lead",), _no_phone),
    ),
    take(
        "refuses-births-that-cannot-be",
        "A date of birth in the future, or before 1900, is refused.",
        "date-of-birth-range",
        "only dates on which somebody alive may be born",
        also_wrong=_refusing(("lead",), _unborn),
    ),
    take(
        "refuses-line-ends-in-names",
        "What is shown in one line must be sent in one.",
        "control-characters",
        "line ends and tabs refused in names",
        also_wrong=_refusing(
            ("lead", "list"), lambda name, text: name in ONE_LINE and any(c in "\r\n\t" for c in text)
        ),
    ),
    take(
        "refuses-long-texts-of-leads",
        "A text of a lead that is longer than a column of 255 characters is malformed.",
        "text-length",
        "malformed where a server has a limit of its own",
        also_wrong=_refusing(("lead",), lambda name, text: len(text) > 255),
    ),
    take(
        "refuses-blank-text",
        "Text of blanks alone is as good as empty.",
        "blank-text",
        "refused",
        also_wrong=_refusing(("lead", "list", "message", "overrides"), lambda name, text: not text.strip()),
    ),
    take(
        "refuses-control-characters",
        "Text with control characters other than line ends and tabs is refused.",
        "control-characters",
        "refused",
        also_wrong=_refusing(
            ("lead", "list", "message", "overrides"),
            lambda name, text: any(ord(c) < 32 and c not in "\r\n\t" for c in text),
        ),
    ),
    take(
        "forgets-dates-that-are-none",
        "A date of birth that is none is taken for null.",
        "date-of-birth-form",
        "taken for null",
        parse_json=_dateless,
    ),
    take(
        "refuses-unknown-parameters",
        "A query parameter that the operation doesn't have is answered 400.",
        "unknown-query-parameter",
        "400",
        read_query=_known_only,
    ),
    take(
        "refuses-repeated-parameters",
        "A query parameter that stands there twice is answered 400.",
        "repeated-parameter",
        "400",
        read_query=_once_only,
    ),
    take(
        "takes-the-first-of-repeated-parameters",
        "Of a repeated query parameter the first counts.",
        "repeated-parameter",
        "the first",
        read_query=lambda operation, pairs: dict(reversed(pairs)),
    ),
    take(
        "answers-415-to-other-media-types",
        "A body that isn't declared as JSON is answered 415.",
        "unknown-route",
        "415",
        wrong_media=lambda operation: 415,
    ),
    take(
        "takes-bodies-of-any-media-type",
        "A body is read as JSON, whatever it is declared as.",
        "unknown-route",
        "a body taken as JSON all the same",
        body_is_json=lambda operation, content_type: True,
    ),
    take(
        "knows-more-methods",
        "Methods that the contract doesn't know are answered 200.",
        "unknown-route",
        "an operation of the server's own",
        error_status=lambda operation, status: 200 if operation == "wrong_method" and status == 405 else status,
    ),
    take(
        "finds-no-such-method",
        "Methods that the contract doesn't know are answered 404.",
        "unknown-route",
        "404",
        error_status=lambda operation, status: 404 if operation == "wrong_method" and status == 405 else status,
    ),
    take(
        "refuses-strange-ids",
        "An id with characters that no id of the server's own has is answered 400.",
        "strange-ids",
        "400",
        absent_status=lambda ident: 404 if _PLAIN.fullmatch(ident) else 400,
    ),
    take(
        "routes-strange-ids-elsewhere",
        "An id with characters that paths treat specially doesn't reach its operation: 405.",
        "strange-ids",
        "405",
        absent_status=lambda ident: 404 if _PLAIN.fullmatch(ident) else 405,
    ),
    take(
        "bounds-the-size-of-requests",
        "Bodies, queries and headers may be long, but not very long: 413, 414, 431.",
        "too-large",
        "413",
        oversize=_too_much,
    ),
    take(
        "bounds-the-size-of-queries",
        "Queries may be long, but not very long: 414.",
        "too-large",
        "414",
        oversize=lambda operation, query, headers, body: 414 if query > LONG else 0,
    ),
    take(
        "bounds-the-size-of-headers",
        "Headers may be long, but not very long: 431.",
        "too-large",
        "431",
        oversize=lambda operation, query, headers, body: 431 if sum(map(len, headers.values())) > 4096 else 0,
    ),
    take(
        "calls-long-queries-bad",
        "Queries may be long, but not very long: 400.",
        "too-large",
        "400",
        oversize=lambda operation, query, headers, body: 400 if query > LONG else 0,
    ),
)
