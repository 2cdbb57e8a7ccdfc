"""Is a document valid OpenAPI? Ours is; what a slip of the pen makes of it is named with its place."""

import json
from typing import Any

import pytest

from nhq import paths
from nhq.run.openapi_validity import document_problems

SCHEMA = "/components/schemas/Lead"


def published() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(paths.openapi_file().read_text("utf-8"))
    return document


def test_our_document_is_valid() -> None:
    """No problem is found where there is none."""
    assert document_problems(published()) == []


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ({"type": "strng"}, f"{SCHEMA}/type: "),
        ({"$ref": "#/components/schemas/Nowhere"}, f"{SCHEMA}/$ref: #/components/schemas/Nowhere leads nowhere"),
        ({"properties": {"default": {"$ref": "#/gone"}}}, f"{SCHEMA}/properties/default/$ref: #/gone leads nowhere"),
    ],
)
def test_a_broken_schema_is_named_with_its_place(value: dict[str, Any], line: str) -> None:
    """A type that is none, a reference that leads nowhere: also below a field whose name is a keyword."""
    document = published()
    document["components"]["schemas"]["Lead"] = value
    assert any(problem.startswith(line) for problem in document_problems(document))


def test_a_reference_in_an_example_is_a_value_like_any_other() -> None:
    """Nobody follows it."""
    document = published()
    document["components"]["schemas"]["Lead"] = {"type": "object", "example": {"$ref": "#/gone"}}
    assert document_problems(document) == []


def test_a_reference_may_be_spelt_as_a_uri() -> None:
    """`%7B` is a brace (RFC 3986)."""
    document = published()
    at = "#/paths/~1leads~1%7Blead_id%7D/get/responses/200/content/application~1json/schema"
    document["components"]["schemas"]["Lead"] = {"$ref": at}
    assert document_problems(document) == []


def test_a_document_without_its_title_is_named() -> None:
    """What OpenAPI itself requires."""
    document = published()
    del document["info"]["title"]
    assert any(problem.startswith("/info: ") for problem in document_problems(document))
