"""Errors: when an answer says something of a body, and when nobody looked at it."""

import json
import random
import re
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from scenario_play import Play, Seen

from nhq.model import Exchange
from nhq.scenarios.judge import Judge


def answered(status: int | None, body: bytes = b"{}") -> Exchange:
    return Exchange(1, "import_leads", "POST", "/", {}, b"", None, status, {}, body, 0.0, 0.0)


@pytest.fixture
def errors(scenario: Callable[[str], ModuleType]) -> Any:
    """The scenarios of errors."""
    return scenario("errors")


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (400, "holds"),
        *((status, "violated") for status in (200, 404, 422, 500)),
        *((status, "unknown") for status in (409, 502, 503)),
    ],
)
def test_a_broken_body_is_answered_400(status: int, verdict: str, errors: Any, play: Play, seen: Seen) -> None:
    """Unless the state was refused before it, or nobody was there to look at it."""
    judge = Judge(play.contract, seen, ["REQUEST-TYPE"])
    errors.judge_invalid(judge, "REQUEST-TYPE", answered(status), "for a wrong type")
    assert [one.verdict.value for one in seen.told] == [verdict]


@pytest.mark.parametrize(
    ("absently", "broken", "really", "controlled", "verdict"),
    [
        (400, 400, 200, True, "violated"),
        (404, 400, 400, True, "holds"),
        (404, 404, 200, True, "holds"),
        (404, 404, 400, True, "violated"),
        (404, 404, 409, True, "unknown"),
        (404, 404, 200, False, "unknown"),
        (200, 400, 400, True, "holds"),
        (409, 400, 400, True, "holds"),
    ],
)
def test_a_valid_body_is_accepted(
    absently: int, broken: int, really: int, controlled: bool, verdict: str, errors: Any, play: Play, seen: Seen
) -> None:
    """A 404 says so where a broken body is answered 400; else it is sent to real ids, where all is put back."""
    send = SimpleNamespace(
        operation="import_leads",
        api=SimpleNamespace(target=SimpleNamespace(restorable=controlled)),
        absently=lambda **sent: answered(broken if "body" in sent else absently),
        really=lambda **sent: answered(really),
    )
    judge = Judge(play.contract, seen, ["REQUEST-VALID"])
    errors.judge_accepted(judge, "REQUEST-VALID", send, {}, "a valid body")
    assert [one.verdict.value for one in seen.told] == [verdict]


@pytest.mark.parametrize(
    ("body", "good"),
    [
        (b'{"error": {"code": "a", "message": "b"}}', True),
        (b'{"error": {"code": "a", "message": null}}', False),
        (b'{"error": {"code": 1, "message": "b"}}', False),
        (b'{"error": {"message": "b"}}', False),
        (b'{"error": "b"}', False),
        (b"{}", False),
        (b"[]", False),
        (b"", False),
    ],
)
def test_an_error_has_a_code_and_a_message(body: bytes, good: bool, errors: Any) -> None:
    """Both texts."""
    assert errors.enveloped(answered(404, body)) is good


def test_a_body_goes_to_nobody_first(errors: Any, play: Play) -> None:
    """To real ids only where the answer for others is 404; those fit a valid body."""
    for operation in errors.BROKEN:
        send = errors.Sender(play.api, play.world, operation, random.Random(1))
        body = errors.valid_body(operation, "nhq-word")
        assert send(body=b"{").status == 400
        assert send(json=body).status in (200, 201, 409), operation


def test_an_override_goes_to_somebody_enrolled(errors: Any, play: Play) -> None:
    """Of a campaign that has leads and isn't a draft, though earlier ones may have none."""
    rows = play.world.campaigns
    rows.sort(key=lambda row: (row["status"] != "draft", row["totalLeads"]))
    path = errors.Sender(play.api, play.world, "save_message_overrides", random.Random(1))._fitting()
    chosen = next(row for row in rows if row["id"] == path["campaign_id"])
    assert chosen["status"] != "draft"
    assert chosen["totalLeads"]


@pytest.mark.parametrize(
    ("operation", "bodies"),
    [("create_lead_lists", 2), ("import_leads", 3), ("send_message", 2), ("run_campaign_action", 1), ("list_leads", 0)],
)
def test_valid_bodies_are_the_least_and_more(operation: str, bodies: int, errors: Any) -> None:
    """Where an operation takes more than the least."""
    assert len(errors.valid_bodies(operation, "word")) == bodies


def test_as_many_emoji_as_letters_are_sent(play: Play) -> None:
    """120 in a name, 8,000 in a message."""
    for operation, most in (("create_lead_lists", 120), ("send_message", 8000)):
        play.wire.sent.clear()
        seen = play("errors", "test_lengths_are_in_characters", operation=operation)
        assert [one.verdict.value for one in seen.told] == ["holds"]
        texts = re.findall(r'"((?:\\.|[^"\\])*)"', max((body for _, body, _ in play.wire.sent), key=len))
        assert max(len(json.loads(f'"{text}"')) for text in texts) == most
