"""Faults that a gate's few requests are not meant to see, and a night's many are: two of each of five kinds.

They stand beside the catalogue, not in it: no gate is measured by them. No scenario names one.
"""

import re
import zlib
from collections.abc import Callable
from typing import Any

from nhq.mock.policies.access import Race
from nhq.mutation.faults.fault import Around, Fault, faults_of_family

plant = faults_of_family("nightly")
APART = 0.15  # seconds that a request waits for another one at the most
SHARDS = 16
_NULL = re.compile(rb'("has_more":)(?:true|false)')


def _beyond(first: int, last: int) -> Callable[[bytes], bool]:
    """Has an answer a letter between these code points?"""
    return lambda body: any(first <= ord(letter) <= last for letter in body.decode("utf-8", "replace"))


def _cut_short(operation: str, has: Callable[[bytes], bool]) -> Around:
    """For `sent_body`: of such answers the last bytes are missing, as where somebody counted in another encoding."""

    def make(true: Any) -> Any:
        def sent(called: str, status: int, body: bytes) -> bytes:
            whole: bytes = true(called, status, body)
            return whole[:-2] if called == operation and 200 <= status < 300 and has(whole) else whole

        return sent

    return Around(make)


def _seldom(many: int, salt: int, spoil: Callable[[bytes], bytes]) -> Around:
    """For `sent_body`: one success in so many, whichever that is by its hash, is spoilt."""

    def make(true: Any) -> Any:
        def sent(called: str, status: int, body: bytes) -> bytes:
            whole: bytes = true(called, status, body)
            due = status == 200 and zlib.crc32(whole, salt) % many == 0
            return spoil(whole) if due else whole

        return sent

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
            if called != operation or not 200 <= status < 300:
                return int(true(called, status))
            counts[operation] += 1
            return 500 if counts[operation] > many else int(true(called, status))

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
        "cuts-messages-of-private-letters",
        "An answer that repeats a message with letters of the private planes lacks its last bytes.",
        "MEDIA-TYPE",
        "SCHEMA-BODY",
        subtle="non-ASCII",
        on=["send_message"],
        sent_body=_cut_short("send_message", _beyond(0xF0000, 0x10FFFF)),
    ),
    plant(
        "cuts-lists-of-rare-ideographs",
        "An answer that repeats a list's name or description with ideographs of the rare planes lacks its last bytes.",
        "MEDIA-TYPE",
        "SCHEMA-BODY",
        subtle="non-ASCII",
        on=["create_lead_lists"],
        sent_body=_cut_short("create_lead_lists", _beyond(0x20000, 0x3FFFF)),
    ),
    plant(
        "ends-one-answer-in-thousands-in-its-midst",
        "One success in thousands, whichever that is, ends in its midst.",
        "MEDIA-TYPE",
        "SCHEMA-BODY",
        subtle="now and then",
        sent_body=_seldom(1000, 2, lambda body: body[: len(body) // 2]),
    ),
    plant(
        "calls-has-more-null-once-in-thousands",
        "One page in thousands, whichever that is, has null for has_more.",
        "SCHEMA-BODY",
        subtle="now and then",
        sent_body=_seldom(500, 2, lambda body: _NULL.sub(rb"\1null", body)),
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
        "creates-lists-sixty-times-at-most",
        "After sixty requests that made lists each further one is done, and answered 500.",
        "STATUS-DOCUMENTED",
        subtle="repeated call",
        on=["create_lead_lists"],
        sent_status=_fails_after("create_lead_lists", 60),
    ),
    plant(
        "saves-overrides-a-hundred-times-at-most",
        "After a hundred requests that saved overrides each further one is done, and answered 500.",
        "STATUS-DOCUMENTED",
        subtle="repeated call",
        on=["save_message_overrides"],
        sent_status=_fails_after("save_message_overrides", 100),
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
