"""Faults of authentication: who is taken for whom."""

from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from nhq.mock.call import Refused
from nhq.mock.policies.access import read_token
from nhq.mutation.faults.fault import Around, faults_of_family
from nhq.mutation.faults.wire import status_for

plant = faults_of_family("authentication")

STAGES = ("name", "limit", "scope", "prefer", "body", "exists")
BODIES = ("run_campaign_action", "save_message_overrides", "create_lead_lists", "import_leads", "send_message")


def _anybody(operation: str, known: Mapping[str, Any], token: str | None) -> Any:
    """An unguarded route: without a key it takes the first one's."""
    if token is None and operation == "list_linkedin_accounts":
        return next(iter(known.values()))
    return known.get(token or "")


def _like(known: Mapping[str, Any], token: str | None, same: Any) -> Any:
    """The first key that looks the same."""
    return next((key for secret, key in known.items() if token is not None and same(secret, token)), None)


def _echoed(operation: str, known: Mapping[str, Any], token: str | None) -> Any:
    """A revoked key is refused by its scopes, and said again in what refuses it."""
    key = known.get(token or "")
    if key is not None and key.revoked:
        raise Refused(403, f"revoked_{token}", f"the key {token} was revoked")
    return key


def _third_word(header: str | None) -> str | None:
    """The last word of a header that begins with the scheme."""
    parts = (header or "").split()
    return parts[-1] if len(parts) > 1 and parts[0].lower() == "bearer" else None


def _first_word(header: str | None) -> str | None:
    """The first word after the scheme, whatever follows."""
    parts = (header or "").split()
    return parts[1] if len(parts) > 1 and parts[0].lower() == "bearer" else None


def _basic(header: str | None) -> str | None:
    """A bearer token, or the user of Basic credentials."""
    scheme, _, rest = (header or "").partition(" ")
    if scheme.lower() != "basic":
        return read_token(header)
    try:
        return b64decode(rest).decode().partition(":")[0]
    except ValueError:
        return None


def _every(period: int) -> Any:
    """A validity that forgets a key now and then."""

    def make(true: Any) -> Any:
        asked = 0

        def lie(operation: str, key: Any) -> bool:
            nonlocal asked
            asked += 1
            return true(operation, key) and asked % period != 0

        return lie

    return Around(make)


FAULTS = (
    plant(
        "opens-the-accounts-to-everyone",
        "GET /linkedin_accounts has no guard: without a key it answers as for the first one.",
        "AUTH-ABSENT",
        subtle="one operation",
        on=("list_linkedin_accounts",),
        find_key=_anybody,
    ),
    plant(
        "takes-any-word-for-a-key",
        "Whatever stands after Bearer is taken for the first key.",
        "AUTH-UNKNOWN",
        find_key=lambda operation, known, token: known.get(token or "") or (token and next(iter(known.values()))),
    ),
    plant(
        "ignores-the-case-of-keys",
        "A key in another case is the same key.",
        "AUTH-UNKNOWN",
        subtle="near miss",
        find_key=lambda operation, known, token: _like(known, token, lambda a, b: a.casefold() == b.casefold()),
    ),
    plant(
        "compares-the-beginning-of-keys",
        "Only the first 24 characters of a key are compared.",
        "AUTH-UNKNOWN",
        subtle="near miss",
        find_key=lambda operation, known, token: _like(known, token, lambda a, b: a[:24] == b[:24]),
    ),
    plant(
        "takes-any-scheme",
        "Basic, Token or any other scheme is taken for Bearer.",
        "AUTH-SCHEME",
        read_token=lambda header: parts[1] if len(parts := (header or "").split()) == 2 else None,
    ),
    plant(
        "takes-the-bare-key",
        "A key without any scheme is accepted.",
        "AUTH-MALFORMED",
        "AUTH-SCHEME",
        read_token=lambda header: (header or "").split()[-1] if len((header or "").split()) in (1, 2) else None,
    ),
    plant(
        "takes-the-last-word-of-the-header",
        "Words between Bearer and the key are passed over.",
        "AUTH-MALFORMED",
        subtle="near miss",
        read_token=_third_word,
    ),
    plant(
        "accepts-revoked-keys",
        "A revoked key works as before.",
        "AUTH-REVOKED",
        key_valid=lambda operation, key: key is not None,
    ),
    plant(
        "accepts-revoked-keys-for-one-lead",
        "GET /leads/{lead_id} doesn't look whether a key was revoked.",
        "AUTH-REVOKED",
        subtle="one operation",
        on=("get_lead",),
        key_valid=lambda operation, key: key is not None and (not key.revoked or operation == "get_lead"),
    ),
    plant(
        "answers-403-without-a-key",
        "A missing or wrong key is answered 403.",
        "AUTH-ABSENT",
        "AUTH-UNKNOWN",
        error_status=status_for({401: 403}),
    ),
    plant(
        "answers-404-without-a-key-for-lists",
        "One operation hides itself: without a valid key it answers 404.",
        "AUTH-ABSENT",
        subtle="one operation",
        on=("get_lead_list",),
        error_status=status_for({401: 404}, "get_lead_list"),
    ),
    plant(
        "judges-the-body-before-the-key",
        "Without a key a bad body is answered 400: the schema is judged first.",
        "AUTH-FIRST",
        stages=lambda operation: (
            ("body", "key", "limit", "scope", "prefer", "exists", "act")
            if operation in BODIES
            else ("key", *STAGES[1:], "act")
        ),
    ),
    plant(
        "looks-for-the-id-before-the-key",
        "Without a valid key an id that doesn't exist is answered 404.",
        "AUTH-FIRST",
        stages=lambda operation: ("name", "exists", "key", *STAGES[1:], "act"),
    ),
    plant(
        "acts-before-it-checks-the-key",
        "The key's validity is judged after the work is done: a revoked key is refused, and its request done.",
        "AUTH-NO-EFFECT",
        subtle="one state",
        stages=lambda operation: (*STAGES, "act", "key") if operation in BODIES else ("key", *STAGES[1:], "act"),
    ),
    plant(
        "forgets-a-key-now-and-then",
        "Every 29th request with a valid key is answered 401.",
        "AUTH-VALID",
        subtle="now and then",
        key_valid=_every(29),
    ),
    plant(
        "answers-401-for-a-missing-scope",
        "A key without the scope is answered 401.",
        "AUTH-VALID",
        "SCOPE-MISSING",
        error_status=status_for({403: 401}),
    ),
    plant(
        "knows-no-keys-of-one-scope",
        "A key that has exactly one scope is taken for invalid.",
        "AUTH-VALID",
        "SCOPE-SUFFICIENT",
        key_valid=lambda operation, key: key is not None and not key.revoked and len(key.scopes) != 1,
    ),
    plant(
        "takes-the-first-word-after-bearer",
        "Words after the key are passed over.",
        "AUTH-MALFORMED",
        subtle="near miss",
        read_token=_first_word,
    ),
    plant(
        "takes-null-for-a-key",
        "The word null is taken for the first key, as a client's missing value.",
        "AUTH-MALFORMED",
        subtle="one value",
        find_key=lambda operation, known, token: (
            next(iter(known.values())) if token in ("null", "undefined") else known.get(token or "")
        ),
    ),
    plant(
        "takes-the-scheme-token",
        "The scheme Token is as good as Bearer.",
        "AUTH-SCHEME",
        subtle="one value",
        read_token=lambda header: read_token((header or "").replace("Token ", "Bearer ")),
    ),
    plant(
        "takes-basic-credentials",
        "A key as the user of Basic credentials is as good as a bearer token.",
        "AUTH-SCHEME",
        subtle="one value",
        read_token=_basic,
    ),
    plant(
        "takes-keys-cut-short",
        "A key that lacks its last letter is the same key.",
        "AUTH-UNKNOWN",
        subtle="near miss",
        find_key=lambda operation, known, token: _like(known, token, lambda a, b: a in (b, b + a[-1])),
    ),
    plant(
        "takes-keys-with-more-at-their-end",
        "What follows the letters of a key is not compared.",
        "AUTH-UNKNOWN",
        subtle="near miss",
        find_key=lambda operation, known, token: _like(known, token, lambda a, b: b.startswith(a)),
    ),
    plant(
        "answers-401-to-an-exhausted-key",
        "A key that exceeds its limit is answered 401.",
        "AUTH-VALID",
        "RL-EXCEEDED",
        subtle="one state",
        near=["RL-EXCEEDED"],
        error_status=status_for({429: 401}),
    ),
    plant(
        "answers-401-for-foreign-ids",
        "An id that isn't there is answered 401.",
        "AUTH-VALID",
        subtle="one state",
        near=["WS-UNKNOWN-404"],
        error_status=status_for({404: 401}),
    ),
    plant(
        "echoes-a-revoked-key",
        "A revoked key is answered 403, and said again in the error's code and message.",
        "AUTH-REVOKED",
        subtle="one state",
        find_key=_echoed,
    ),
)
