"""What answers to generated requests show: never more than they do."""

import json
from collections.abc import Collection
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import jsonschema_rs
import pytest
from known_contract import CONTRACT

from nhq.checks.acceptance import judge_body, judge_elsewhere, judge_query, parameters_are_unambiguous
from nhq.checks.request_validity import Flaw, RequestReading, Validity
from nhq.contract import Contract
from nhq.contract.definitions import Parameter
from nhq.model import Exchange

BROKEN, OPEN, VALID = Validity.BROKEN, Validity.OPEN, Validity.VALID
MISSING = RequestReading(BROKEN, (Flaw("required", ""),))


@pytest.fixture(scope="module")
def contract() -> Contract:
    return CONTRACT


def answered(status: int, body: Any = None) -> Exchange:
    raw = json.dumps(body).encode()
    return Exchange(1, None, "POST", "/", {}, b"", None, status, {}, raw, 0.0, 0.0)


def bodies(
    contract: Contract, operation: str, reading: RequestReading, status: int, body: Any = None
) -> dict[str, bool]:
    return {said.rule: said.ok for said in judge_body(contract, operation, reading, answered(status, body))}


def queries(
    contract: Contract,
    operation: str,
    query: dict[str, str],
    status: int,
    body: Any = None,
    known: Collection[str] = (),
) -> dict[str, bool]:
    said = judge_query(contract, operation, list(query.items()), answered(status, body), known)
    return {ruling.rule: ruling.ok for ruling in said}


@pytest.mark.parametrize(("status", "ok"), [(400, True), (200, False), (299, False), (422, False), (500, False)])
def test_a_broken_body_is_to_be_answered_400(contract: Contract, status: int, ok: bool) -> None:
    """400 keeps the rule; an acceptance, another refusal of the body and a crash break it."""
    assert bodies(contract, "send_message", MISSING, status) == {"REQUEST-REQUIRED": ok}


@pytest.mark.parametrize("status", [401, 403, 404, 409, 413, 415, 429, 502, 503])
def test_other_refusals_of_a_broken_body_show_nothing(contract: Contract, status: int) -> None:
    """The order of checks is open: a refusal for another reason neither keeps nor breaks the rule."""
    assert bodies(contract, "send_message", MISSING, status) == {}


def test_a_400_for_two_flaws_shows_neither(contract: Contract) -> None:
    """Which flaw was refused can't be told; that both were accepted can."""
    twice = RequestReading(BROKEN, (Flaw("required", ""), Flaw("additionalProperties", "")))
    assert bodies(contract, "run_campaign_action", twice, 400) == {}
    assert bodies(contract, "run_campaign_action", twice, 200) == {
        "REQUEST-REQUIRED": False,
        "REQUEST-UNKNOWN-MEMBER-400": False,
    }


def test_flaws_without_a_rule_on_the_operation_are_not_judged(contract: Contract) -> None:
    """A rule is judged on its own operations only."""
    assert bodies(contract, "create_lead_lists", RequestReading(BROKEN, (Flaw("enum", ""),)), 200) == {}


def test_a_text_too_long_speaks_for_its_operations_rule(contract: Contract) -> None:
    """8001 characters accepted break the rule on lengths."""
    assert bodies(contract, "send_message", RequestReading(BROKEN, (Flaw("maxLength", "/content"),)), 200) == {
        "SEND-LENGTH": False
    }


@pytest.mark.parametrize(
    ("status", "said"), [(201, {"REQUEST-VALID": True}), (400, {"REQUEST-VALID": False}), (404, {})]
)
def test_a_valid_body_is_not_to_be_refused(contract: Contract, status: int, said: dict[str, bool]) -> None:
    """Accepted keeps, refused as invalid breaks, anything else shows nothing."""
    assert bodies(contract, "create_lead_lists", RequestReading(VALID), status) == said


def test_actions_may_be_refused_though_valid(contract: Contract) -> None:
    """A 400 for `start` is promised where a prerequisite is missing: no accusation."""
    assert bodies(contract, "run_campaign_action", RequestReading(VALID), 400) == {}


@pytest.mark.parametrize("status", [200, 201, 207, 400, 404, 500])
def test_an_open_body_is_not_judged(contract: Contract, status: int) -> None:
    """Whatever the answer."""
    assert bodies(contract, "import_leads", RequestReading(OPEN), status) == {}


def test_malformed_is_to_hold_the_broken_entries(contract: Contract) -> None:
    """Each broken entry is listed, no valid one is, an open one may be."""
    reading = RequestReading(OPEN, (), (VALID, BROKEN, OPEN))
    for told, ok in ([1], True), ([1, 2], True), ([], False), ([0, 1], False):
        body = {"malformed": [{"index": index} for index in told]}
        assert bodies(contract, "import_leads", reading, 207, body) == {"IMPORT-MALFORMED": ok}


def test_malformed_may_be_counted_from_one(contract: Contract) -> None:
    """Indexes from one are as good as from zero, where all parts of the answer have them so."""
    reading = RequestReading(OPEN, (), (VALID, BROKEN, BROKEN, OPEN))
    for told, ok in ([1, 2], True), ([2, 3], True), ([3], False), ([0, 1], False), ([1, 3], False):
        body = {"malformed": [{"index": index} for index in told]}
        assert bodies(contract, "create_lead_lists", reading, 207, body) == {"LIST-MALFORMED": ok}
    for others, ok in ([1, 4], True), ([0, 3], False):
        body = {"malformed": [{"index": 2}, {"index": 3}], "data": [{"index": index} for index in others]}
        assert bodies(contract, "import_leads", reading, 207, body) == {"IMPORT-MALFORMED": ok}


def test_a_batch_of_broken_entries_is_not_to_be_created(contract: Contract) -> None:
    """All malformed: 400 and 207 will do, 201 never."""
    reading = RequestReading(OPEN, (), (BROKEN,))
    body = {"malformed": [{"index": 0}]}
    for status, ok in (400, True), (207, True), (201, False):
        assert bodies(contract, "create_lead_lists", reading, status, body)["LIST-ALL-MALFORMED"] is ok


@pytest.mark.parametrize(("limit", "status", "rule", "ok"), [
    ("501", 400, "PAGE-LIMIT-400", True),
    ("501", 200, "PAGE-LIMIT-400", False),
    ("501", 500, "PAGE-LIMIT-400", False),
    ("500", 200, "PAGE-LIMIT-ACCEPTED", True),
    ("500", 400, "PAGE-LIMIT-ACCEPTED", False),
])  # fmt: skip
def test_limits_where_400_is_documented(contract: Contract, limit: str, status: int, rule: str, ok: bool) -> None:
    """Within bounds accepted, beyond them 400."""
    assert queries(contract, "list_linkedin_accounts", {"limit": limit}, status, {"data": []})[rule] is ok


def test_limits_where_400_is_not_documented(contract: Contract) -> None:
    """Refusing and clamping are both right; a crash and a page of 501 are not."""
    page = {"data": [{}] * 501}
    for status, body, ok in (400, None, True), (200, {"data": []}, True), (200, page, False), (500, None, False):
        assert queries(contract, "list_leads", {"limit": "501"}, status, body) == {"PAGE-LIMIT-SAFE": ok}


@pytest.mark.parametrize(
    "query", [{"cursor": "none", "limit": "501"}, {"limit": ""}, {"unread_only": "maybe"}, {"x": "1", "limit": "5"}]
)
def test_open_parameters_are_not_judged(contract: Contract, query: dict[str, str]) -> None:
    """Cursors nobody issued, empty values, values whose refusal is undocumented, parameters nobody knows."""
    assert queries(contract, "list_conversations", query, 400) == {}


@pytest.mark.parametrize(
    ("operation", "query"),
    [
        ("list_leads", {"list_ids": "l1"}),
        ("list_leads", {"list_ids": "l1,l2", "query": "a"}),
        ("list_conversations", {"linkedin_account_id": "l2", "unread_only": "true"}),
    ],
)
def test_filters_by_ids_that_exist_are_not_to_be_refused(
    contract: Contract, operation: str, query: dict[str, str]
) -> None:
    """Refused they break the rule; a refusal of others says nothing, and an answer shows that they were accepted."""
    for status, ok in (200, True), (400, False), (422, False):
        assert queries(contract, operation, query, status, known={"l1", "l2"}) == {"REQUEST-VALID": ok}
        for strange in (), ("l3",), ("list_ids", "linkedin_account_id"):
            said = queries(contract, operation, query, status, known=strange)
            assert said == ({"REQUEST-VALID": True} if status == 200 else {})


@pytest.mark.parametrize("text", ["x" * 256, "日" * 40])
def test_long_filters_may_be_refused(contract: Contract, text: str) -> None:
    """How long a query may be is open, and it is counted as it is sent."""
    assert queries(contract, "list_leads", {"query": text, "limit": "5"}, 400) == {}


def test_repeated_parameters_are_not_judged(contract: Contract) -> None:
    """Which of two limits counts is open."""
    assert not list(judge_query(contract, "list_leads", [("limit", "1"), ("limit", "x")], answered(400)))


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (405, {"error": {"code": "c", "message": "m"}}, [True]),
        (405, {"detail": "no"}, [False]),
        (404, None, [False]),
        (501, {"detail": "no"}, [False]),
        (500, {"detail": "no"}, []),
        (204, None, []),
    ],
)
def test_answers_elsewhere_are_to_have_the_envelope(status: int, body: Any, said: list[bool]) -> None:
    """A refusal without it is noticed; a method that turns out to exist is not our affair."""
    assert [ruling.ok for ruling in judge_elsewhere(answered(status, body))] == said


@pytest.mark.parametrize(
    "body", [None, [], {}, {"malformed": None}, {"malformed": [{}]}, {"malformed": [{"index": "x"}]}]
)
def test_an_answer_of_another_shape_lists_nothing(contract: Contract, body: Any) -> None:
    """What can't be read is neither listed nor left out: other rules judge its shape."""
    assert (
        bodies(contract, "import_leads", RequestReading(OPEN, (), (BROKEN,)), 207, body).get("IMPORT-MALFORMED") is None
    )


def test_open_entries_alone_are_not_judged(contract: Contract) -> None:
    """Where no entry is certain, no list of the malformed is right or wrong; one certain entry suffices."""
    for entries, said in ((OPEN,), {}), ((OPEN, VALID), {"IMPORT-MALFORMED": True}):
        body: dict[str, Any] = {"malformed": [{"index": 0}]}
        assert bodies(contract, "import_leads", RequestReading(OPEN, (), entries), 207, body) == said


@pytest.mark.parametrize(("body", "ok"), [
    ({"data": {"messages": [{}] * 500}}, True),
    ({"data": {"messages": [{}] * 501}}, False),
    ({"data": [{}] * 500}, True),
    ({"data": {}}, True),
    ({"data": 5}, True),
    ([], True),
    (None, True),
])  # fmt: skip
def test_the_items_of_a_page_are_counted_where_there_are_any(contract: Contract, body: Any, ok: bool) -> None:
    """At most 500, listed or as a conversation's messages; a body of another shape has none."""
    assert queries(contract, "get_conversation", {"limit": "501"}, 200, body) == {"PAGE-LIMIT-SAFE": ok}


@pytest.mark.parametrize("status", [199, 300, 401, 404, 429, 499])
def test_a_bad_limit_may_be_refused_for_another_reason(contract: Contract, status: int) -> None:
    """Neither an acceptance, a 400 nor a crash: nothing is shown, whether 400 is documented or not."""
    for operation in "list_leads", "list_linkedin_accounts":
        assert queries(contract, operation, {"limit": "501"}, status, {"data": []}) == {}


@pytest.mark.parametrize(("status", "said"), [
    (199, {}),
    (200, {"REQUEST-VALID": True}),
    (299, {"REQUEST-VALID": True}),
    (300, {}),
    (399, {}),
    (401, {}),
    (422, {"REQUEST-VALID": False}),
    (423, {}),
])  # fmt: skip
def test_only_acceptances_and_refusals_of_what_was_sent_speak_of_validity(
    contract: Contract, status: int, said: dict[str, bool]
) -> None:
    """A status of the twohundreds accepts; 400 and 422 refuse what was sent; all others show nothing."""
    assert bodies(contract, "create_lead_lists", RequestReading(VALID), status) == said


@pytest.mark.parametrize(("status", "said"), [
    (199, {}),
    (200, {"LIST-ALL-MALFORMED": True}),
    (201, {"LIST-ALL-MALFORMED": False}),
    (299, {"LIST-ALL-MALFORMED": True}),
    (300, {}),
    (399, {}),
    (400, {"LIST-ALL-MALFORMED": True}),
    (401, {}),
])  # fmt: skip
def test_statuses_of_a_batch_that_is_malformed_throughout(
    contract: Contract, status: int, said: dict[str, bool]
) -> None:
    """Acceptances and 400 speak, each operation by a rule of its own; other answers don't."""
    reading = RequestReading(OPEN, (), (BROKEN,))
    assert bodies(contract, "create_lead_lists", reading, status) == said
    imported = {name.replace("LIST", "IMPORT"): ok for name, ok in said.items()}
    assert bodies(contract, "import_leads", reading, status) == imported


def added(contract: Contract, schema: dict[str, Any], required: bool = False) -> tuple[Any, Any]:
    """A contract whose list_leads takes one query parameter more, `state`, and that operation."""
    row = contract.operations["list_leads"]
    more = replace(row, parameters=(*row.parameters, Parameter("state", "query", required, schema)))
    judge = jsonschema_rs.Draft202012Validator(schema)
    contract_of_it = SimpleNamespace(
        parameter_validator=lambda operation, name: lambda value: not judge.is_valid(value)
    )
    return contract_of_it, more


@pytest.mark.parametrize(
    ("schema", "value", "sure"),
    [
        ({"enum": ["a", "b"]}, "a", True),
        ({"enum": ["a", "b"]}, "c", False),
        ({"type": "boolean"}, "true", True),
        ({"type": "boolean"}, "false", True),
        ({"type": "boolean"}, "yes", False),
        ({"type": "string"}, "a", False),
        ({}, "a", False),
    ],
)
def test_parameters_that_a_change_adds_are_clear_by_the_document_alone(
    contract: Contract, schema: dict[str, Any], value: str, sure: bool
) -> None:
    """A value among those listed, or a boolean, is certain; a free text never is, whatever else was given."""
    told, row = added(contract, schema)
    assert parameters_are_unambiguous(told, row, {"state": value, "limit": "5"}) is sure


def test_a_required_parameter_must_be_there(contract: Contract) -> None:
    """Left out, one that is required makes a refusal right, one that isn't makes no difference."""
    for required in (True, False):
        told, row = added(contract, {"enum": ["a"]}, required)
        assert parameters_are_unambiguous(told, row, {}) is not required
    assert parameters_are_unambiguous(
        told, replace(row, parameters=(*row.parameters, Parameter("id", "path", True, {}))), {}
    )


def test_an_open_entry_may_be_listed_where_indexes_count_from_one(contract: Contract) -> None:
    """More than the broken ones may be listed, as long as none of them is valid."""
    reading = RequestReading(OPEN, (), (BROKEN, VALID, OPEN))
    body = {"malformed": [{"index": 1}, {"index": 3}]}
    assert bodies(contract, "create_lead_lists", reading, 207, body) == {"LIST-MALFORMED": True}
