"""Requests that break the contract's words on bodies, one by one; and errors where it documents none.

A broken body is first sent to ids that exist nowhere. Which of 400 and 404 comes first is open: only where 404 does, it
is sent to real ones, in a fitting state. What must be accepted stays with absent ids where it would reach people: there
404 means accepted if a broken body is answered 400 at the same place.

Not convicted: 404 or 409 before the body is looked at, and entries of batches, which are the batch's own matter.
"""

import random
from collections.abc import Mapping
from json import dumps
from typing import Any

import pytest

from nhq.scenarios import (
    AWAY,
    Api,
    Contract,
    Effort,
    Exchange,
    Inventory,
    Judge,
    absent_path,
    fill_path,
    first_row,
    real_path,
    unique_word,
    valid_body,
)

NOT_JSON = (b"{", b"", b"null", b"[]", b'"text"', b"\xff")
EMOJI = "\N{GRINNING FACE}"


def changed(valid: Mapping[str, Any], **members: Any) -> dict[str, Any]:
    """A body with some members replaced or added."""
    return {**valid, **members}


def without(valid: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """A body without some members."""
    return {name: value for name, value in valid.items() if name not in names}


def slot(valid: Mapping[str, Any], **members: Any) -> dict[str, Any]:
    """An overrides body with its one override changed; None removes a member."""
    override = {**valid["messages"][0], **members}
    return {"messages": [{name: value for name, value in override.items() if value is not None}]}


Broken = dict[str, list[Any]]


def broken_action(valid: dict[str, Any]) -> Broken:
    """Bodies by the rule that they break, valid otherwise."""
    return {
        "REQUEST-REQUIRED": [{}],
        "REQUEST-TYPE": [{"action": 5}, {"action": None}, {"action": ["pause"]}],
        "REQUEST-ENUM": [{"action": "stop"}, {"action": "PAUSE"}, {"action": ""}],
        "REQUEST-UNKNOWN-MEMBER-400": [changed(valid, nhq=1)],
    }


def broken_overrides(valid: dict[str, Any]) -> Broken:
    """Bodies by the rule that they break, valid otherwise."""
    required = [slot(valid, **{name: None}) for name in ("node_type", "message_stage", "message")]
    return {
        "REQUEST-REQUIRED": [{}, *required],
        "REQUEST-TYPE": [{"messages": "text"}, {"messages": ["text"]}, slot(valid, message=5)],
        "REQUEST-ENUM": [slot(valid, message_stage="follow_up_3"), slot(valid, node_type="send_inmail")],
        "REQUEST-EMPTY-TEXT": [slot(valid, message="")],
        "REQUEST-EMPTY-BATCH": [{"messages": []}],
        "REQUEST-UNKNOWN-MEMBER-400": [changed(valid, nhq=1), slot(valid, nhq=1)],
    }


def broken_lists(valid: dict[str, Any]) -> Broken:
    """Bodies by the rule that they break, valid otherwise; what is wrong with one entry is no matter of the body."""
    return {
        "REQUEST-REQUIRED": [{}],
        "REQUEST-TYPE": [{"lead_lists": "text"}, {"lead_lists": valid["lead_lists"][0]}, {"lead_lists": None}],
        "REQUEST-EMPTY-BATCH": [{"lead_lists": []}],
        "REQUEST-UNKNOWN-MEMBER-400": [changed(valid, nhq=1)],
    }


def broken_import(valid: dict[str, Any]) -> Broken:
    """Bodies by the rule that they break, valid otherwise."""
    return {
        "REQUEST-REQUIRED": [{}, *(without(valid, name) for name in ("first_name", "last_name", "linkedin_url"))],
        "REQUEST-TYPE": [changed(valid, first_name=5), changed(valid, linkedin_url=None), {"leads": "text"}],
        "REQUEST-EMPTY-TEXT": [changed(valid, first_name=""), changed(valid, last_name="")],
        "REQUEST-EMPTY-BATCH": [{"leads": []}],
        "REQUEST-UNKNOWN-MEMBER-400": [changed(valid, nhq=1)],
    }


def broken_message(valid: dict[str, Any]) -> Broken:
    """Bodies by the rule that they break, valid otherwise."""
    return {
        "REQUEST-REQUIRED": [{}],
        "REQUEST-TYPE": [{"content": 5}, {"content": None}, {"content": [valid["content"]]}],
        "REQUEST-EMPTY-TEXT": [{"content": ""}],
    }


BROKEN = {
    "run_campaign_action": broken_action,
    "save_message_overrides": broken_overrides,
    "create_lead_lists": broken_lists,
    "import_leads": broken_import,
    "send_message": broken_message,
}


class Sender:
    """Sends bodies to one operation: to ids that exist nowhere first."""

    def __init__(self, api: Api, world: Inventory, operation: str, rng: random.Random) -> None:
        self.api, self.world, self.operation = api, world, operation
        self.absent = absent_path(world, api.operation(operation).path, rng)

    def absently(self, **sent: Any) -> Exchange:
        """To ids that exist nowhere."""
        return self.api.call(self.operation, path=self.absent, **sent)

    def really(self, **sent: Any) -> Exchange:
        """To real ids, for which a valid body would be accepted."""
        return self.api.call(self.operation, path=self._fitting(), **sent)

    def __call__(self, **sent: Any) -> Exchange:
        """To ids that exist nowhere, and where that is all that the answer says, to real ones."""
        answer = self.absently(**sent)
        return self.really(**sent) if answer.status == 404 else answer

    def _fitting(self) -> dict[str, str]:
        """Real ids, for which a valid body would be accepted."""
        if self.operation == "run_campaign_action":
            return {"campaign_id": self.world.campaign("started")["id"]}
        if self.operation == "save_message_overrides":
            return self._enrolled()
        return real_path(self.world, self.api.operation(self.operation).path)

    def _enrolled(self) -> dict[str, str]:
        running = (row for row in self.world.campaigns if row["totalLeads"] and row["status"] != "draft")
        busy = first_row(running, "campaign with leads")
        path = {"campaign_id": busy["id"]}
        rows = self.api.ok("list_campaign_leads", path=path, query={"limit": 1}).json()["data"]
        return {**path, "lead_id": first_row(rows, "enrolled lead")["lead_id"]}


@pytest.fixture
def send(api: Api, world: Inventory, operation: str, rng: random.Random) -> Sender:
    """How bodies reach the operation under test."""
    return Sender(api, world, operation, rng)


def judge_invalid(judge: Judge, rule: str, answer: Exchange, what: str) -> None:
    """400; a 409 leaves open whether the body was looked at, and so does what stands behind the server being away."""
    if answer.status in {409, *AWAY}:
        judge.unknown(rule, "the state was refused before the body, or the service was away", answer.operation)
    else:
        judge(rule, answer.status == 400, answer, expected=f"400 {what}", actual=f"{answer.status}", where="status")


def judge_each(judge: Judge, rule: str, send: Sender, what: str, rng: random.Random) -> None:
    """Every body that breaks the rule is answered 400."""
    for sent in BROKEN[send.operation](valid_body(send.operation, unique_word(rng)))[rule]:
        judge_invalid(judge, rule, send(json=sent), what)


@pytest.mark.scenario("errors/body-is-json")
@pytest.mark.elsewhere("test_bodies")
@pytest.mark.rule("REQUEST-NOT-JSON")
def test_body_is_json(judge: Judge, send: Sender, rng: random.Random) -> None:
    """A body is required: JSON, and an object; all of it, so that nothing follows a valid one."""
    valid = dumps(valid_body(send.operation, unique_word(rng))).encode()
    for raw in (*NOT_JSON, valid + b" {"):
        answer = send(body=raw, headers={"Content-Type": "application/json"})
        judge_invalid(judge, "REQUEST-NOT-JSON", answer, "for what is no JSON object")


@pytest.mark.scenario("errors/required-members")
@pytest.mark.elsewhere("test_bodies")
@pytest.mark.rule("REQUEST-REQUIRED")
def test_required_members(judge: Judge, send: Sender, rng: random.Random) -> None:
    """`required`: without one of these members a request is refused."""
    judge_each(judge, "REQUEST-REQUIRED", send, "without a required member", rng)


@pytest.mark.scenario("errors/types")
@pytest.mark.elsewhere("test_bodies")
@pytest.mark.rule("REQUEST-TYPE")
def test_types(judge: Judge, send: Sender, rng: random.Random) -> None:
    """`type`: a number is no text, and neither is null."""
    judge_each(judge, "REQUEST-TYPE", send, "for a wrong type", rng)


@pytest.mark.scenario("errors/listed-values")
@pytest.mark.elsewhere("test_bodies")
@pytest.mark.rule("REQUEST-ENUM")
def test_listed_values(judge: Judge, send: Sender, rng: random.Random) -> None:
    """`enum`: no other value, and no other spelling."""
    judge_each(judge, "REQUEST-ENUM", send, "for a value that isn't listed", rng)


@pytest.mark.scenario("errors/empty-texts")
@pytest.mark.elsewhere("test_bodies")
@pytest.mark.rule("REQUEST-EMPTY-TEXT")
def test_empty_texts(judge: Judge, send: Sender, rng: random.Random) -> None:
    """`minLength` 1."""
    judge_each(judge, "REQUEST-EMPTY-TEXT", send, "for an empty text", rng)


@pytest.mark.scenario("errors/empty-batches")
@pytest.mark.elsewhere("test_bodies")
@pytest.mark.rule("REQUEST-EMPTY-BATCH")
def test_empty_batches(judge: Judge, send: Sender, rng: random.Random) -> None:
    """`minItems` 1."""
    judge_each(judge, "REQUEST-EMPTY-BATCH", send, "for a batch of nothing", rng)


@pytest.mark.scenario("errors/closed-bodies")
@pytest.mark.elsewhere("test_bodies")
@pytest.mark.rule("REQUEST-UNKNOWN-MEMBER-400")
def test_closed_bodies(judge: Judge, send: Sender, rng: random.Random) -> None:
    """`additionalProperties: false`."""
    judge_each(judge, "REQUEST-UNKNOWN-MEMBER-400", send, "for an unknown member", rng)


def judge_accepted(judge: Judge, rule: str, send: Sender, sent: Any, what: str) -> None:
    """Not 400. At ids that exist nowhere, a 404 says so where a broken body is answered 400.

    Else it is sent to real ones where all is put back; elsewhere nothing is known.
    """
    answer = send.absently(json=sent)
    if answer.status == 404 and send.absently(body=b"{").status != 400:
        answer = send.really(json=sent) if send.api.target.restorable else answer
        if not answer.ok and answer.status != 400:
            judge.unknown(rule, "the target looks for the id before it looks at the body", send.operation)
            return
    judge(rule, answer.status != 400, answer, expected=f"accepted: {what}", actual="400", where="status")


@pytest.mark.scenario("errors/open-body")
@pytest.mark.rule("REQUEST-UNKNOWN-MEMBER-ALLOWED")
def test_open_body(judge: Judge, send: Sender, rng: random.Random) -> None:
    """This one schema doesn't say `additionalProperties: false`."""
    sent = changed(valid_body(send.operation, unique_word(rng)), nhq=1)
    judge_accepted(judge, "REQUEST-UNKNOWN-MEMBER-ALLOWED", send, sent, "an unknown member where the body is open")


@pytest.mark.scenario("errors/lengths-are-in-characters")
@pytest.mark.rule("REQUEST-CODE-POINTS")
def test_lengths_are_in_characters(judge: Judge, send: Sender, rng: random.Random) -> None:
    """JSON Schema counts code points: as many emoji as letters fit."""
    word = unique_word(rng)
    longest = {"create_lead_lists": 120}.get(send.operation, 8000)
    sent = valid_body(send.operation, word + EMOJI * (longest - len(word)))
    judge_accepted(judge, "REQUEST-CODE-POINTS", send, sent, f"{longest} characters beyond the first plane")


@pytest.mark.scenario("errors/valid-requests-are-accepted")
@pytest.mark.elsewhere("test_bodies")
@pytest.mark.rule("REQUEST-VALID")
def test_valid_requests_are_accepted(
    api: Api, world: Inventory, judge: Judge, send: Sender, rng: random.Random
) -> None:
    """What the contract allows is not answered 400: every bound and every default of a list, the least and the most of
    a body."""
    word = unique_word(rng)
    for sent in valid_bodies(send.operation, word):
        judge_accepted(judge, "REQUEST-VALID", send, sent, "a valid body")
    for query in (
        ({}, {"limit": 1}, {"limit": api.operation(send.operation).limits[1]})
        if api.operation(send.operation).paginated
        else ()
    ):
        answer = api.call(send.operation, path=real_path(world, api.operation(send.operation).path), query=query)
        judge("REQUEST-VALID", answer.status != 400, answer, expected="accepted: a valid query", actual="400")


def valid_bodies(operation: str, word: str) -> list[Any]:
    """The least that an operation accepts, and more."""
    least = valid_body(operation, word)
    if operation == "create_lead_lists":
        return [least, {"lead_lists": [{"name": f"{word} 2", "description": None}, {"name": f"{word} 3"}]}]
    if operation == "import_leads":
        return [least, changed(least, email=None, company="Nhq", skills=["one"]), {"leads": [least]}]
    if operation == "send_message":
        return [least, {"content": f"{word} Gr\u00fc\u00dfe \u4f60\u597d {EMOJI}"}]
    return [] if least is None else [least]


@pytest.mark.scenario("errors/errors-elsewhere-look-alike")
@pytest.mark.derived
@pytest.mark.rule("ERROR-BODY-UNDOCUMENTED")
def test_errors_elsewhere_look_alike(
    api: Api, world: Inventory, contract: Contract, judge: Judge, rng: random.Random, operation: str, effort: Effort
) -> None:
    """Below a documented path, where nothing is documented, and for a limit that no list allows."""
    row, key, word = api.operation(operation), api.key(operation), unique_word(rng)
    alike = [other.id for other in contract.operations.values() if other.path == row.path]
    if effort.no_repeats and alike[0] != operation:
        return  # shown there at no more cost
    path = fill_path(row.path, absent_path(world, row.path, rng)) + f"/{word}/{word}"
    answers = [api.send("GET", path, headers={"Authorization": f"Bearer {key.secret}"})]
    if row.paginated and 400 not in row.statuses and not effort.no_repeats:
        answers.append(api.call(operation, path=real_path(world, row.path), query={"limit": 0}))
    for answer in (a for a in answers if a.status is not None and a.status >= 400):
        proof, expected = answer, "the error envelope"
        ok, actual = enveloped(answer), f"{answer.status} without it"
        for name in alike if effort.no_repeats else [operation]:
            judge("ERROR-BODY-UNDOCUMENTED", ok, proof, expected=expected, actual=actual, where="body", operation=name)


def enveloped(answer: Exchange) -> bool:
    """Is the body an error with code and message?"""
    try:
        error = answer.json()["error"]
        return isinstance(error["code"], str) and isinstance(error["message"], str)
    except (ValueError, KeyError, TypeError):
        return False
