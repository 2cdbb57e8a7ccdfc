"""Faults that a gate's few requests are not meant to see, and a night's many are: two of each of five kinds.

They stand beside the catalogue, not in it: no gate is measured by them. No scenario names one.
"""

import unicodedata
import zlib
from collections.abc import Callable
from typing import Any

from nhq.mock.policies.access import Race
from nhq.mutation.faults.fault import Around, Fault, faults_of_family

plant = faults_of_family("nightly")
APART = 0.15  # seconds that a request waits for another one at the most
SHARDS = 16


def _private(value: Any) -> bool:
    """Has a text of a value a character that nobody has assigned, or that is anybody's own?"""
    if isinstance(value, dict):
        return any(map(_private, value.values()))
    if isinstance(value, list):
        return any(map(_private, value))
    return isinstance(value, str) and any(unicodedata.category(letter) in ("Co", "Cn") for letter in value)


def _once_in(many: int, operation: str = "") -> Callable[[], Callable[[str], bool]]:
    """Counts the answers of an operation ("" for any), and tells of every so manieth."""

    def make() -> Callable[[str], bool]:
        counts = {"": 0}

        def due(called: str) -> bool:
            counts[""] += operation in ("", called)
            return operation in ("", called) and counts[""] % many == 0

        return due

    return make


def _seldom_fails(many: int) -> Around:
    def make(true: Any) -> Any:
        due = _once_in(many)()
        return lambda operation, status: 500 if due(operation) and status == 200 else true(operation, status)

    return Around(make)


def _seldom_lacks_reset(many: int) -> Around:
    def make(true: Any) -> Any:
        due = _once_in(many)()

        def told(operation: str, status: int, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
            kept = true(operation, status, headers)
            return [pair for pair in kept if pair[0] != b"x-ratelimit-reset"] if due(operation) else kept

        return told

    return Around(make)


def _without_headers_after(operation: str, seconds: float) -> Around:
    """For `sent_headers`, by the Reset that it tells: an operation in use for so long without a pause loses them."""

    def make(true: Any) -> Any:
        began: dict[str, int] = {}

        def told(called: str, status: int, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
            kept: list[tuple[bytes, bytes]] = true(called, status, headers)
            reset = next((int(value) for name, value in kept if name == b"x-ratelimit-reset"), 0)
            if called != operation or not reset:
                return kept
            if reset < began.get("last", reset) or called not in began:
                began[called] = reset
            began["last"] = reset
            return [pair for pair in kept if pair[0] != b"content-type"] if reset - began[called] > seconds else kept

        return told

    return Around(make)


def _fails_after(operation: str, many: int) -> Around:
    """For `sent_status`: after so many accepted requests of an operation, each further one is answered 500."""

    def make(true: Any) -> Any:
        counts = {operation: 0}

        def told(called: str, status: int) -> int:
            if called == operation and 200 <= status < 300:
                counts[operation] += 1
                return 500 if counts[operation] > many else int(true(called, status))
            return int(true(called, status))

        return told

    return Around(make)


def _one_shard(operation: str) -> Around:
    """For `race`: one of the locks that an operation takes by the hash of its body is none."""

    def make(true: Any) -> Any:
        def race(called: str, body: bytes) -> Race | None:
            loose = called == operation and zlib.crc32(body) % SHARDS == 0
            return Race(APART) if loose else true(called, body)

        return race

    return Around(make)


FAULTS: tuple[Fault, ...] = (
    plant(
        "refuses-private-characters-in-messages",
        "A message with a character that Unicode leaves unassigned or private is refused.",
        "REQUEST-VALID",
        subtle="non-ASCII",
        on=["send_message"],
        body_valid=lambda operation, body, problems: (
            not problems and not (operation == "send_message" and _private(body))
        ),
    ),
    plant(
        "calls-leads-with-private-characters-malformed",
        "A lead with a text of characters that Unicode leaves unassigned or private is malformed.",
        "IMPORT-MALFORMED",
        "REQUEST-VALID",
        subtle="non-ASCII",
        on=["import_leads"],
        entry_valid=lambda operation, entry, problems: (
            not problems and not (operation == "import_leads" and _private(entry))
        ),
    ),
    plant(
        "fails-once-in-four-thousand",
        "Each four-thousandth answer is a 500.",
        "STATUS-DOCUMENTED",
        subtle="now and then",
        sent_status=_seldom_fails(4001),
    ),
    plant(
        "forgets-reset-once-in-four-thousand",
        "Each four-thousandth answer lacks X-RateLimit-Reset.",
        "RL-HEADERS",
        subtle="now and then",
        sent_headers=_seldom_lacks_reset(4003),
    ),
    plant(
        "forgets-the-media-type-of-overrides-later",
        "Overrides saved for minutes on end are answered without a media type at last.",
        "MEDIA-TYPE",
        subtle="after a while",
        on=["save_message_overrides"],
        sent_headers=_without_headers_after("save_message_overrides", 150.0),
    ),
    plant(
        "forgets-the-media-type-of-messages-later",
        "Messages sent for minutes on end are answered without a media type at last.",
        "MEDIA-TYPE",
        subtle="after a while",
        on=["send_message"],
        sent_headers=_without_headers_after("send_message", 120.0),
    ),
    plant(
        "creates-four-hundred-lists-at-most",
        "Lists of the four-hundred-and-first request on are made, and answered 500.",
        "STATUS-DOCUMENTED",
        subtle="repeated call",
        on=["create_lead_lists"],
        sent_status=_fails_after("create_lead_lists", 400),
    ),
    plant(
        "starts-and-pauses-three-hundred-times-at-most",
        "After three hundred campaign actions each further one is done, and answered 500.",
        "STATUS-DOCUMENTED",
        subtle="repeated call",
        on=["run_campaign_action"],
        sent_status=_fails_after("run_campaign_action", 300),
    ),
    plant(
        "names-some-lists-alike-at-one-instant",
        "Of two lists made at one instant neither finds the other's name taken, where one of sixteen locks is none.",
        "LIST-NAME-UNIQUE",
        subtle="concurrent",
        on=["create_lead_lists"],
        race=_one_shard("create_lead_lists"),
    ),
    plant(
        "makes-some-leads-twice-at-one-instant",
        "Of two imports of one lead at one instant both make it, where one of sixteen locks is none.",
        "IMPORT-DEDUP",
        "IMPORT-ALREADY",
        subtle="concurrent",
        on=["import_leads"],
        race=_one_shard("import_leads"),
    ),
)
