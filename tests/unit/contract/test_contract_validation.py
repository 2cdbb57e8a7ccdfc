"""jsonschema-rs as we use it: which bodies fit, whom a misfit is attributed to, and that no value is told."""

import copy as copies
import json
from typing import Any
from urllib.parse import quote

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from known_contract import CONTRACT

from nhq.contract import Contract, Layer
from nhq.contract.schema_validation import Validators
from nhq.errors import ContractError

NOW = "2026-01-01T00:00:00Z"
LEAD = {"id": "l1", "created_at": NOW, "updated_at": NOW, "lead_list_ids": ["a"], "email": None, "skills": ["x"]}
PAGE = {"data": [LEAD], "pagination": {"limit": 100, "has_more": False, "next_cursor": None}}
LIST = {
    "id": "1",
    "workspace_name": None,
    "name": "n",
    "is_default": False,
    "created_by": "u",
    "created_at": NOW,
    "updated_at": NOW,
}
COUNTS = {"attempted": 1, "created": 1, "added_existing": 0, "already_in_list": 0, "malformed": 0, "failed": 0}


def problems(body: Any, operation: str = "list_leads", status: int = 200, layer: str = "published") -> list[Any]:
    validate = CONTRACT.validator(operation, status, layer)
    assert validate is not None
    return [(problem.pointer, problem.keyword, problem.rule) for problem in validate(body)]


def test_a_body_that_fits_has_no_problems() -> None:
    """A correct answer passes all three layers."""
    for layer in Layer:
        assert problems(PAGE, layer=layer) == []


def test_every_misfit_is_named_with_its_place_in_body_and_contract() -> None:
    """The pointer leads into the body, the other into the contract, behind references too."""
    body = copies.deepcopy(PAGE)
    body["data"][0]["id"] = 7  # type: ignore[index]
    validate = CONTRACT.validator("list_leads", 200)
    assert validate is not None
    (problem,) = validate(body)
    assert problem.pointer == "/data/0/id"
    assert problem.schema == "/components/schemas/Lead/properties/id/type"
    assert problem.expected == 'type: ["string"]'


def test_no_problem_tells_a_value_of_the_body() -> None:
    """Names, e-mails and texts stay in the body, unknown members and strings alike."""
    secret = "jane.doe@example.org"
    state = {"last_action_at": secret, secret: secret}
    body = {"data": [{"current_state": state, "status": secret, "id": [secret]}], "pagination": secret}
    validate = CONTRACT.validator("list_campaign_leads", 200, Layer.ASSUMED)
    assert validate is not None
    found = validate(body)
    assert len(found) > 5
    assert secret not in repr(found)


@pytest.mark.parametrize(
    "time",
    ["2020-01-01T00:00:00Z", "2020-01-01t00:00:00.123456789z", "2020-02-29T23:59:59+05:30", "2016-12-31T23:59:60Z"],
)
def test_every_rfc_3339_date_time_is_accepted(time: str) -> None:
    """Fractions, offsets, small letters and leap seconds are no finding."""
    assert problems({**PAGE, "data": [{**LEAD, "created_at": time}]}) == []


@pytest.mark.parametrize("time", ["2020-01-01", "2020-01-01T00:00:00", "2020-02-30T00:00:00Z", "1577836800", ""])
def test_what_is_no_date_time_is_a_format_problem(time: str) -> None:
    """Formats are asserted, not only annotated."""
    assert problems({**PAGE, "data": [{**LEAD, "created_at": time}]}) == [("/data/0/created_at", "format", None)]


def test_an_integer_may_be_written_with_a_zero_fraction() -> None:
    """100.0 is an integer to JSON Schema; 100.5 is not."""
    assert problems({**PAGE, "pagination": {**PAGE["pagination"], "limit": 100.0}}) == []
    assert problems({**PAGE, "pagination": {**PAGE["pagination"], "limit": 100.5}}) != []


@pytest.mark.parametrize(
    ("operation", "status", "layer", "body", "rule"),
    [
        ("get_lead_list", 200, "promised", {"data": LIST}, "LIST-COUNT-PRESENT"),
        ("send_message", 200, "promised", {"data": {"ok": False, "pending": True, "message": None}}, "SEND-OK"),
        (
            "list_leads",
            200,
            "assumed",
            {**PAGE, "pagination": {**PAGE["pagination"], "has_more": True}},
            "PAGE-CURSOR-NULL",
        ),
        ("list_leads", 200, "promised", {**PAGE, "data": [LEAD] * 501}, "PAGE-LIMIT-KEPT"),
        ("get_lead_list", 200, "assumed", {"data": {**LIST, "lead_count": -1}}, "SCHEMA-COUNTS"),
        ("list_leads", 500, "assumed", {"detail": "x"}, "ERROR-BODY-UNDOCUMENTED"),
        (
            "create_lead_lists",
            207,
            "promised",
            {"data": [], "malformed": [{"index": 0, "errors": []}]},
            "LIST-207-BODY",
        ),
        (
            "import_leads",
            200,
            "promised",
            {"data": [], "failed": [], "malformed": [{"index": 0, "errors": []}], "summary": COUNTS},
            None,
        ),
        (
            "import_leads",
            201,
            "promised",
            {
                "data": [{"index": 1, "result": "created", "lead": LEAD}],
                "failed": [],
                "malformed": [{"index": 0, "errors": []}],
                "summary": COUNTS,
            },
            "IMPORT-CLEAN",
        ),
        (
            "import_leads",
            201,
            "promised",
            {
                "data": [{"index": 0, "result": "already_in_list", "lead": LEAD}],
                "failed": [],
                "malformed": [],
                "summary": COUNTS,
            },
            "IMPORT-BATCH-201",
        ),
        (
            "import_leads",
            207,
            "promised",
            {"data": [], "failed": [], "malformed": [], "summary": COUNTS},
            "IMPORT-BATCH-207",
        ),
        ("import_leads", 201, "promised", {"data": LEAD, "result": "created"}, None),
        (
            "enrich_lead",
            200,
            "promised",
            {"data": LEAD, "enrichment": {"status": "already_enriched", "charged": True, "credits_remaining": 1}},
            "ENRICH-ALREADY-FREE",
        ),
        (
            "enrich_lead",
            200,
            "assumed",
            {"data": LEAD, "enrichment": {"status": "failed", "charged": True, "credits_remaining": 1}},
            None,
        ),
    ],
)
def test_what_only_an_overlay_asks_for_names_its_rule(
    operation: str, status: int, layer: str, body: Any, rule: str | None
) -> None:
    """A body that fits what was published breaks exactly the rule of the overlay, and what is open breaks none."""
    if CONTRACT.validator(operation, status) is not None:
        assert problems(body, operation, status) == []
    assert {found for *_, found in problems(body, operation, status, layer)} == ({rule} if rule else set())


def test_a_published_misfit_names_no_rule_of_an_overlay() -> None:
    """Beside an overlay's demands, what was published is still attributed to the published schema."""
    found = problems({"data": {**LIST, "lead_count": "3", "id": 1}}, "get_lead_list", 200, "assumed")
    assert found == [("/data/id", "type", None), ("/data/lead_count", "type", None)]


def test_of_alternatives_the_one_that_was_meant_is_explained() -> None:
    """A batch answer with a broken entry is told as such, not as 'neither of two shapes'."""
    body = {"data": [], "malformed": [], "failed": [{"index": 0}], "summary": COUNTS}
    assert problems(body, "import_leads", 200) == [("/failed/0", "required", None)]


def test_where_a_layer_says_nothing_there_is_no_validator(contract: Contract) -> None:
    """Nothing to judge by must not look like nothing wrong."""
    assert contract.validator("create_lead_lists", 207) is None
    assert contract.validator("list_leads", 500) is None
    assert contract.request_validator("enrich_lead") is None
    assert contract.parameter_validator("list_leads", "offset") is None


def test_lengths_of_a_request_count_code_points(contract: Contract) -> None:
    """8000 emoji fit and 8001 don't."""
    validate = contract.request_validator("send_message")
    assert validate is not None
    assert validate({"content": "😀" * 8000}) == []
    assert [problem.keyword for problem in validate({"content": "😀" * 8001})] == ["maxLength"]


@pytest.mark.parametrize(("value", "fits"), [(0, False), (1, True), (500, True), (501, False), ("x", False)])
def test_parameters_are_judged_by_their_schema(contract: Contract, value: Any, fits: bool) -> None:
    """The bounds of limit are known."""
    validate = contract.parameter_validator("list_leads", "limit")
    assert validate is not None
    assert (validate(value) == []) is fits


LEAVES = [
    ("data",),
    ("data", 0),
    ("data", 0, "id"),
    ("data", 0, "skills"),
    ("data", 0, "lead_list_ids", 0),
    ("pagination", "limit"),
    ("pagination", "next_cursor"),
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(LEAVES), JSON)
def test_a_second_validator_agrees(path: tuple[str | int, ...], value: Any) -> None:
    """Whatever stands at a place of a page, jsonschema and jsonschema-rs say the same of it."""
    body: Any = json.loads(json.dumps(PAGE))
    holder = body
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    schema = "/paths/~1leads/get/responses/200/content/application~1json/schema"
    second = jsonschema.Draft202012Validator({**CONTRACT.document, "$ref": "#" + quote(schema)})
    assert second.is_valid(body) == (problems(body) == [])


def test_half_a_surrogate_pair_is_a_text_like_another() -> None:
    """JSON can spell it (RFC 8259, section 8.2); the validator can't, and must not crash over it."""
    body = copies.deepcopy(PAGE)
    body["data"][0]["first_name"], body["data"][0]["email"] = "\ud800", 7
    assert [(pointer, keyword) for pointer, keyword, _ in problems(body)] == [("/data/0/email", "type")]


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        ({"$ref": "#/components/schemas/Nobody"}, "'/components/schemas/Nobody' does not exist"),
        ({"type": "objekt"}, "/x/type"),
        ({"pattern": "("}, "/x/pattern"),
        (None, "neither an object nor a boolean"),
    ],
)
def test_what_is_no_schema_is_named(schema: Any, says: str) -> None:
    """The place is told; nothing is judged by half a schema."""
    with pytest.raises(ContractError, match=says):
        Validators({"x": schema}).at("/x")
