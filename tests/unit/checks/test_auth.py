"""What a valid key and its scopes are owed."""

from dataclasses import replace

import pytest
from known_contract import CONTRACT

from nhq.checks.auth import scope_is_enough, valid_key_is_known
from nhq.checks.context import make_context
from nhq.contract import Contract
from nhq.model import Exchange, Identity, Verdict

KEY = Identity("one", "alpha", frozenset(), "secret")
ANSWER = Exchange(1, "list_leads", "GET", "/leads", {}, b"", KEY, 200, {}, b"{}", 0.0, 0.0)


@pytest.fixture(scope="module")
def contract() -> Contract:
    return CONTRACT


def looks(contract: Contract, exchange: Exchange) -> list[Verdict]:
    seen = make_context(exchange, contract)
    return [look.verdict for look in valid_key_is_known(seen)] if seen else []


@pytest.mark.parametrize("status", [200, 403, 404, 429, 500])
def test_any_answer_but_401_knows_the_key(contract: Contract, status: int) -> None:
    """A refusal for another reason still knows the key."""
    assert looks(contract, replace(ANSWER, status=status)) == [Verdict.HOLDS]


def test_a_401_for_a_valid_key_is_found(contract: Contract) -> None:
    """A key that is there, well-formed and not revoked is never answered 401."""
    assert looks(contract, replace(ANSWER, status=401)) == [Verdict.VIOLATED]


def test_no_and_revoked_keys_are_owed_nothing(contract: Contract) -> None:
    """Of callers without a valid key this check says nothing."""
    for identity in (None, replace(KEY, revoked=True)):
        assert looks(contract, replace(ANSWER, identity=identity, status=401)) == []


def refusals(contract: Contract, exchange: Exchange) -> list[Verdict]:
    seen = make_context(exchange, contract)
    return [look.verdict for look in scope_is_enough(seen)] if seen else []


READER = replace(KEY, scopes=frozenset({"leads:read", "leads:write", "campaigns:read"}))


def test_a_403_to_a_key_with_the_scope_is_found(contract: Contract) -> None:
    """«403 when the key is missing the scope it requires»: one that has it among others may read."""
    assert refusals(contract, replace(ANSWER, identity=READER, status=403)) == [Verdict.VIOLATED]


def test_other_answers_say_nothing_of_the_scope(contract: Contract) -> None:
    """A success doesn't show that one scope alone suffices, and other refusals are about something else."""
    for status in (200, 401, 404, 429, 500):
        assert refusals(contract, replace(ANSWER, identity=READER, status=status)) == []


def test_a_403_that_is_due_is_left_alone(contract: Contract) -> None:
    """Without the scope, the key or its validity a 403 is no surprise; what writes may be refused for other reasons."""
    lacking = replace(READER, scopes=READER.scopes - {"leads:read"})
    for identity in (None, lacking, replace(READER, revoked=True)):
        assert refusals(contract, replace(ANSWER, identity=identity, status=403)) == []
    enrich = replace(ANSWER, method="POST", path="/leads/a/enrich", identity=READER, status=403)
    assert refusals(contract, enrich) == []
