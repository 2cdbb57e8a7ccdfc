"""Request bodies are held to the contract's schemas, and what is said of them names fields only."""

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhq import paths
from nhq.mock.request_bodies import body_problems

TEXT = st.none() | st.text(max_size=4) | st.integers()
ENTRY = st.fixed_dictionaries(
    {},
    optional={
        "first_name": TEXT,
        "last_name": TEXT,
        "linkedin_url": TEXT,
        "skills": st.none() | st.lists(TEXT, max_size=2),
        "email": TEXT,
        "x": TEXT,
    },
)


@given(ENTRY | TEXT)
def test_agrees_with_a_second_validator(entry: Any) -> None:
    """An entry has problems exactly when another validator rejects it."""
    document = json.loads(paths.openapi_file().read_text(encoding="utf-8"))
    schema = {**document["components"]["schemas"]["LeadCreateRequest"], "components": document["components"]}
    assert bool(body_problems("lead", entry)) == (not jsonschema.Draft202012Validator(schema).is_valid(entry))


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"name": ""}, [("name", "is too short")]),
        ({"name": "x" * 121}, [("name", "is too long")]),
        ({"name": 1}, [("name", "has the wrong type")]),
        ({}, [("name", "is required")]),
        ({"name": "x", "extra": 1}, [("extra", "is not known here")]),
        (7, [("", "has the wrong type")]),
        ({"name": "x"}, []),
    ],
)
def test_sayings(entry: Any, told: list[tuple[str, str]]) -> None:
    """Each problem names its field and what is wrong with it."""
    assert [(problem["field"], problem["message"]) for problem in body_problems("list", entry)] == told
