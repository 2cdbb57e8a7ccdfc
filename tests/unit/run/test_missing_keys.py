"""What a refused key costs is said by its name."""

import pytest

from nhq.client.target import Target
from nhq.model import Identity
from nhq.needs import SECOND, TWIN, need_of_lacking_scope, need_of_scope
from nhq.run.missing_keys import refused_cause, refused_scope


def key(label: str, *scopes: str, workspace: str = "acme") -> Identity:
    return Identity(label, workspace, frozenset(scopes), f"secret-{label}", env=f"NHQ_{label.upper()}")


TARGET = Target(
    "http://x",
    (key("reader", "leads:read"),),
    refused=(key("wide", "leads:read", "leads:write"), key("narrow", "lists:read"), key("far", workspace="globex")),
)


@pytest.mark.parametrize(
    ("need", "label"),
    [
        (need_of_scope("leads:write"), "wide"),
        (SECOND, "far"),
        (TWIN, "wide"),
        (need_of_lacking_scope("leads:read").replace("campaigns:read", "lists:read"), "narrow"),
    ],
)
def test_the_refused_key_that_a_test_needs_is_named(need: str, label: str) -> None:
    """By label and variable, with what is lacking."""
    cause = refused_cause([need], TARGET)
    assert f"{label} (NHQ_{label.upper()})" in cause
    assert "refused; lacking: a" in cause


@pytest.mark.parametrize(
    "need", [need_of_scope("campaigns:read"), need_of_scope("leads:write", elsewhere=True), "given x"]
)
def test_what_no_refused_key_would_give_has_its_own_cause(need: str) -> None:
    """A need that no key of the file meets isn't put down to one that was refused."""
    assert refused_cause([need], TARGET) == ""


def test_an_operation_that_only_refused_keys_open_says_so() -> None:
    """One that another key opens was asked, and says nothing of refused keys."""
    assert refused_scope("leads:write", TARGET) == "key wide (NHQ_WIDE) was refused"
    assert refused_scope("leads:read", TARGET) == refused_scope("campaigns:read", TARGET) == ""
