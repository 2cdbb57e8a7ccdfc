import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhq.contract import Contract
from nhq.contract.definitions import Place
from nhq.contract.overlay import Action, apply_overlay
from nhq.errors import ContractError


def act(target: str, update: Any = None, remove: bool = False) -> Action:
    return Action(target, update, remove, Place("", "x"), "A-B")


def test_objects_merge_arrays_grow_and_the_rest_is_replaced() -> None:
    """Updates do what the Overlay standard says."""
    changed = apply_overlay({"a": {"b": 1, "c": [1]}}, [act("$.a", {"b": 2, "c": [2], "d": {"e": 3}})], "o")
    assert changed == {"a": {"b": 2, "c": [1, 2], "d": {"e": 3}}}


def test_an_update_of_an_array_appends_to_it() -> None:
    """A target that is an array gets the update as its last item."""
    assert apply_overlay({"a": [1]}, [act("$.a", {"b": 2})], "o") == {"a": [1, {"b": 2}]}


def test_removing_takes_away_everything_that_matches() -> None:
    """Several items of one array go, without the first moving the others out of reach."""
    assert apply_overlay({"a": [1, 5, 6, 2]}, [act("$.a[?@ > 2]", remove=True)], "o") == {"a": [1, 2]}


def test_one_update_reaches_every_match_and_none_shares_its_parts() -> None:
    """A later action on one match leaves the others alone."""
    actions = [act("$.*", {"x": {"y": 1}}), act("$.a.x", {"y": 2})]
    assert apply_overlay({"a": {}, "b": {}}, actions, "o") == {"a": {"x": {"y": 2}}, "b": {"x": {"y": 1}}}


@given(
    st.dictionaries(st.text(max_size=4), st.dictionaries(st.text(max_size=4), st.integers(), max_size=3), min_size=1)
)
def test_the_original_is_left_as_it_was(document: dict[str, Any]) -> None:
    """The published document stays the published document."""
    before = json.dumps(document)
    changed = apply_overlay(document, [act("$.*", {"new": [1]})], "o")
    assert json.dumps(document) == before
    assert all(value["new"] == [1] for value in changed.values())


WRONG = [
    (act("$.b", {"x": 1}), "o: action 1 matches nothing: $.b"),
    (act("$.a[", {"x": 1}), "is not a JSONPath"),
    (act("$.a.b", {"x": 1}), "cannot merge its update"),
    (act("$.a", {"c": {"$ref": "#/nowhere"}}), "refers to #/nowhere, which doesn't exist"),
    (act("$", remove=True), "would remove the whole document"),
]


@pytest.mark.parametrize(("action", "line"), WRONG, ids=[line for _, line in WRONG])
def test_an_action_that_does_nothing_sensible_is_an_error(action: Action, line: str) -> None:
    """By the standard a stale action is silent; here it is refused with one line."""
    with pytest.raises(ContractError) as refused:
        apply_overlay({"a": {"b": 1}}, [action], "o")
    assert line in str(refused.value)
    assert "\n" not in str(refused.value)


SPOILED = [
    ("each with its current member count", "each with a count of members", "its quote is no longer at"),
    ("x-nhq-rule: SEND-OK", "x-nhq-rule: SEND-FINE", "no rule SEND-FINE"),
    ("$.paths['/leads'].get", "$.paths['/dogs'].get", "matches nothing"),
    ("    x-nhq-rule: SEND-OK\n", "", "doesn't name the sentence that it rests on"),
    ("overlay: 1.0.0", "overlay: 2.0.0", "not an OpenAPI 1.0.0 overlay"),
    ("actions:", "actions: [", "not valid YAML"),
    ("    update:\n", "    remove: true\n    update:\n", "must either update or remove"),
    ("    update:\n", "    extends: x\n    update:\n", "a field that actions don't have"),
]


@pytest.mark.parametrize(("old", "new", "line"), SPOILED, ids=[line for *_, line in SPOILED])
def test_an_overlay_that_does_not_fit_is_refused_with_one_line(copy: Any, old: str, new: str, line: str) -> None:
    """Form, rules, quotes and targets of every action are checked when the contract is loaded."""
    copy.replace("promised.overlay.yaml", old, new)
    with pytest.raises(ContractError) as refused:
        copy.load()
    assert line in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_missing_overlay_is_refused(copy: Any) -> None:
    """Without what is promised, a run would judge less than it says."""
    (copy.contracts / "assumed.overlay.yaml").unlink()
    with pytest.raises(ContractError, match=r"assumed\.overlay\.yaml: cannot be read"):
        copy.load()


def test_every_response_is_promised_the_three_headers(contract: Contract) -> None:
    """None of the 90 published responses declares them; every promised one does, as required."""
    for operation in contract.operations.values():
        for status in operation.statuses:
            response = contract.promised["paths"][operation.path][operation.method.lower()]["responses"][str(status)]
            assert [h["required"] for h in response["headers"].values()] == [True] * 3


def test_links_name_operations_and_parameters_that_exist(contract: Contract) -> None:
    """A state machine follows links blindly; each must lead somewhere."""
    paths = contract.assumed["paths"].values()
    responses = [r for path in paths for operation in path.values() for r in operation["responses"].values()]
    links = [link for response in responses for link in response.get("links", {}).values()]
    assert len(links) > 15
    for link in links:
        known = {parameter.name for parameter in contract.operations[link["operationId"]].parameters}
        assert set(link["parameters"]) <= known
