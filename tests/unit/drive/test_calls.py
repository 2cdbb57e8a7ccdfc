"""Ids that exist nowhere, and bodies that any server accepts."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhq.contract import Contract, load_contract
from nhq.drive.calls import MARK, absent_id, altered, body, parameters, token

FORMS = st.one_of(
    st.uuids().map(str),
    st.integers(1, 10**18).map(str),
    st.from_regex(r"\A[a-z]{2,5}_[0-9a-f]{20}\Z"),
    st.from_regex(r"\A[A-Za-z0-9_-]{11,24}\Z"),
)


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load_contract()


@given(known=st.lists(FORMS, min_size=1, max_size=20), seed=st.integers())
def test_an_absent_id_is_none_of_those_known(known: list[str], seed: int) -> None:
    """Whatever ids look like, the one made up is another."""
    assert absent_id(known, random.Random(seed)) not in known


@given(form=FORMS.filter(lambda form: len(form) > 10), seed=st.integers())
def test_an_absent_id_has_the_form_of_a_known_one(form: str, seed: int) -> None:
    """Length, separators and digits stay where they are: a server that checks the form has no reason to refuse it."""
    other = altered(form, random.Random(seed))
    assert len(other) == len(form)
    assert [letter for letter in other if not letter.isalnum()] == [letter for letter in form if not letter.isalnum()]
    assert not form.isdigit() or other.isdigit()


def test_an_altered_uuid_is_still_hexadecimal() -> None:
    """A UUID stays one, its version included."""
    other = altered("6f1c2a34-9d1e-4c55-8a2b-0123456789ab", random.Random(1))
    assert re.fullmatch(r"6f1c2a34-9d1e-4c55-8a2b-01[0-9a-f]{10}", other)


@pytest.mark.parametrize(
    "operation", ["run_campaign_action", "save_message_overrides", "create_lead_lists", "import_leads", "send_message"]
)
def test_bodies_are_valid_and_marked(contract: Contract, operation: str) -> None:
    """A body that the suite calls valid keeps its schema, and what it writes can be recognised by its mark."""
    sent = body(operation, token(random.Random(1)))
    validate = contract.request_validator(operation)
    assert validate is not None
    assert not validate(sent)
    assert MARK in str(sent) or operation == "run_campaign_action"


def test_path_parameters_are_read_from_a_template() -> None:
    """Names come in the order of the path."""
    assert parameters("/campaigns/{campaign_id}/leads/{lead_id}/x") == ["campaign_id", "lead_id"]
