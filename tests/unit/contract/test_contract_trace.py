from typing import Any

import pytest

from nhq.contract import Contract
from nhq.contract.sentences import Sentence
from nhq.contract.trace import load_informative, rules_on_sentence, trace_problems, unquoted_pieces
from nhq.errors import ContractError


def problems(copy: Any) -> list[str]:
    return trace_problems(copy.load(), load_informative(copy.contracts / "informative.toml"))


def edit(copy: Any, old: str, new: str) -> None:
    def change(document: Any) -> None:
        operation = document["paths"]["/leads/{lead_id}/enrich"]["post"]
        assert old in operation["description"]
        operation["description"] = operation["description"].replace(old, new)

    copy.change_document(change)


def test_a_new_sentence_is_a_problem(copy: Any) -> None:
    """Prose that nobody has read is named, with its place."""
    edit(copy, "Requires the", "Enrichment takes at most a minute. Requires the")
    assert problems(copy) == [
        "no rule and no reason for 'Enrichment takes at most a minute' "
        "at /paths/~1leads~1{lead_id}~1enrich/post/description"
    ]


def test_a_clause_added_between_two_quotes_is_a_problem(copy: Any) -> None:
    """A sentence that keeps its quoted words but says more is seen all the same."""
    edit(copy, "and 502 when", "or is archived, and 502 when")
    assert len(problems(copy)) == 1


def test_a_changed_promise_is_refused_at_loading(copy: Any) -> None:
    """Words inside a quote cannot change unseen."""
    edit(copy, "502 when the enrichment provider errors", "503 when the enrichment provider errors")
    with pytest.raises(ContractError, match="ENRICH-502"):
        problems(copy)


def test_a_new_description_in_a_schema_is_a_problem(copy: Any) -> None:
    """Not only operations speak: a described property does too."""

    def describe(document: Any) -> None:
        document["components"]["schemas"]["Lead"]["properties"]["email"]["description"] = "Always lower-case."

    copy.change_document(describe)
    assert len(problems(copy)) == 1


def test_a_listed_text_that_is_gone_is_a_problem(copy: Any) -> None:
    """The list of exceptions cannot grow stale."""
    copy.change_document(lambda document: document["tags"][0].update(description=""))
    assert problems(copy) == [
        "informative.toml lists 'Read outreach campaign status and performance summary metrics', "
        "which is gone from /tags/0/description"
    ]


def test_an_exception_without_a_reason_is_refused(copy: Any) -> None:
    """We forgot and we decided must not look alike."""
    copy.replace("informative.toml", 'reason = "heading"', "")
    with pytest.raises(ContractError, match="has no reason"):
        problems(copy)


def test_what_no_rule_quotes_is_left_over_without_its_punctuation(contract: Contract) -> None:
    """Only words count as prose that is not accounted for."""
    left = {piece.text for piece in unquoted_pieces(contract) if piece.pointer == "/info/description"}
    assert "**Pagination**" in left
    assert not any(text.endswith((".", ",", "—")) for text in left)


def test_a_sentence_knows_its_rules(contract: Contract) -> None:
    """From the prose to the promises made of it."""
    place = "/paths/~1campaigns~1{campaign_id}~1actions/post/description"
    sentence = Sentence(place, "`pause` is only valid for active campaigns.")
    assert [rule.id for rule in rules_on_sentence(contract, sentence)] == ["CAMP-PAUSE-ONLY-STARTED"]
