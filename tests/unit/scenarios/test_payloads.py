"""Ids that exist nowhere, and bodies that any server accepts."""

import random
import re
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from known_contract import CONTRACT

from nhq.client.nonce import MARK
from nhq.contract import Contract
from nhq.errors import PreconditionNotMet
from nhq.scenarios.inventory import Inventory, Row
from nhq.scenarios.payloads import (
    absent_id,
    alter_id,
    foreign_path,
    only_foreign,
    path_parameters,
    row_identity,
    unique_word,
    valid_body,
)

FORMS = st.one_of(
    st.uuids().map(str),
    st.integers(1, 10**18).map(str),
    st.from_regex(r"\A[a-z]{2,5}_[0-9a-f]{20}\Z"),
    st.from_regex(r"\A[A-Za-z0-9_-]{11,24}\Z"),
)


@pytest.fixture(scope="module")
def contract() -> Contract:
    return CONTRACT


@given(known=st.lists(FORMS, min_size=1, max_size=20), seed=st.integers())
def test_an_absent_id_is_none_of_those_known(known: list[str], seed: int) -> None:
    """Whatever ids look like, the one made up is another."""
    assert absent_id(known, random.Random(seed)) not in known


@given(form=FORMS.filter(lambda form: len(form) > 10), seed=st.integers())
def test_an_absent_id_has_the_form_of_a_known_one(form: str, seed: int) -> None:
    """Length, separators and digits stay where they are: a server that checks the form has no reason to refuse it."""
    other = alter_id(form, random.Random(seed))
    assert len(other) == len(form)
    assert [letter for letter in other if not letter.isalnum()] == [letter for letter in form if not letter.isalnum()]
    assert not form.isdigit() or other.isdigit()


def test_an_altered_uuid_is_still_hexadecimal() -> None:
    """A UUID stays one, its version included."""
    other = alter_id("6f1c2a34-9d1e-4c55-8a2b-0123456789ab", random.Random(1))
    assert re.fullmatch(r"6f1c2a34-9d1e-4c55-8a2b-01[0-9a-f]{10}", other)


@given(number=st.integers(1, 10**9 - 1), seed=st.integers())
def test_an_absent_number_has_more_digits_than_one_that_may_be_counted(number: int, seed: int) -> None:
    """Where ids count from one, most numbers of as many digits exist."""
    assert len(alter_id(str(number), random.Random(seed))) > len(str(number))


@pytest.mark.parametrize(
    "operation", ["run_campaign_action", "save_message_overrides", "create_lead_lists", "import_leads", "send_message"]
)
def test_bodies_are_valid_and_marked(contract: Contract, operation: str) -> None:
    """A body that the suite calls valid keeps its schema, and what it writes can be recognised by its mark."""
    sent = valid_body(operation, unique_word(random.Random(1)))
    validate = contract.request_validator(operation)
    assert validate is not None
    assert not validate(sent)
    assert MARK in str(sent) or operation == "run_campaign_action"


def test_path_parameters_are_read_from_a_template() -> None:
    """Names come in the order of the path."""
    assert path_parameters("/campaigns/{campaign_id}/leads/{lead_id}/x") == ["campaign_id", "lead_id"]


def two_workspaces(own: list[Row], theirs: list[Row], cut: frozenset[str] = frozenset()) -> Inventory:
    """What two workspaces hold of leads; `cut` as of a World."""
    other = SimpleNamespace(leads=theirs, workspace="south")
    return cast(Inventory, SimpleNamespace(leads=own, workspace="north", cut=cut, foreign=other))


def test_an_id_that_both_workspaces_hold_is_not_foreign() -> None:
    """Ids may be unique only within a workspace: a 200 for such a one, or a write there, is about the own thing."""
    world = two_workspaces([{"id": "7", "created_at": "1"}], [{"id": "7", "created_at": "2"}])
    with pytest.raises(PreconditionNotMet, match="same ids"):
        foreign_path(world, "/leads/{lead_id}")
    assert not only_foreign(world, "lead_id", "7")


@pytest.mark.parametrize(("ident", "taken"), [("7", True), ("6f1c2a34-9d1e-4c55-8a2b-0123456789ab", False)])
def test_what_was_not_read_may_hold_a_counted_id(ident: str, taken: bool) -> None:
    """Of a list too long to be read nobody knows which numbers are in it; an id of chance stands nowhere twice."""
    world = two_workspaces([{"id": "1"}], [{"id": ident}], frozenset({"list_leads"}))
    if taken:
        with pytest.raises(PreconditionNotMet, match="same ids"):
            foreign_path(world, "/leads/{lead_id}")
    else:
        assert foreign_path(world, "/leads/{lead_id}") == {"lead_id": ident}


def test_a_row_that_a_list_leaked_is_foreign() -> None:
    """The own list shows the other workspace's very row: the id is that one's."""
    row = {"id": "7", "created_at": "2", "linkedin_url": "https://www.linkedin.com/in/x"}
    assert only_foreign(two_workspaces([row], [dict(row)]), "lead_id", "7")
    assert not only_foreign(two_workspaces([row], []), "lead_id", "7")


def test_lists_seeded_alike_are_told_apart_by_their_workspace() -> None:
    """Ids that count in each workspace, one seeding script: the same list in all but the workspace that it names."""
    row = {"id": "1", "created_at": "2026-01-01T00:00:00Z", "name": "Founders", "workspace_name": "acme"}
    assert row_identity(row) != row_identity(row | {"workspace_name": "globex"})
    assert row_identity(row) == row_identity(row | {"lead_count": 3})
