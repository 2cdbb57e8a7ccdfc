"""The three headers of one answer."""

from dataclasses import replace

import pytest
from known_contract import CONTRACT

from nhq.checks.context import Check, CheckContext, make_context
from nhq.checks.ratelimit import header_values, headers_present
from nhq.contract import Contract
from nhq.model import Exchange, Identity, Verdict

KEY = Identity("one", "alpha", frozenset(), "secret")
GOOD = {"x-ratelimit-limit": "60", "x-ratelimit-remaining": "59", "x-ratelimit-reset": "1760000000"}
ANSWER = Exchange(1, "list_leads", "GET", "/leads", {}, b"", KEY, 200, GOOD, b"{}", 0.0, 0.0)


@pytest.fixture(scope="module")
def contract() -> Contract:
    return CONTRACT


def verdicts(check: Check, contract: Contract, exchange: Exchange) -> dict[str, Verdict]:
    seen = make_context(exchange, contract)
    assert isinstance(seen, CheckContext)
    return {look.rule: look.verdict for look in check(seen)}


@pytest.mark.parametrize("status", [200, 401, 404, 429, 502])
def test_headers_belong_on_every_answer(contract: Contract, status: int) -> None:
    """All three are asked of every status, and one that is missing is a finding."""
    full = replace(ANSWER, status=status)
    assert verdicts(headers_present, contract, full) == {"RL-HEADERS": Verdict.HOLDS}
    for name in GOOD:
        lacking = replace(full, headers={n: v for n, v in GOOD.items() if n != name})
        assert verdicts(headers_present, contract, lacking) == {"RL-HEADERS": Verdict.VIOLATED}


@pytest.mark.parametrize(
    "headers",
    [
        {"x-ratelimit-remaining": "61"},
        {"x-ratelimit-remaining": "-1"},
        {"x-ratelimit-reset": "1760000000.5"},
        {"x-ratelimit-reset": "Thu, 09 Oct 2025 08:53:20 GMT"},
        {"x-ratelimit-limit": "60, 60"},
        {"x-ratelimit-limit": ""},
    ],
)
def test_values_are_whole_and_in_range(contract: Contract, headers: dict[str, str]) -> None:
    """Anything but three whole numbers with Remaining between 0 and Limit is a finding."""
    assert verdicts(header_values, contract, ANSWER) == {"RL-VALUES": Verdict.HOLDS}
    broken = replace(ANSWER, headers=GOOD | headers)
    assert verdicts(header_values, contract, broken)["RL-VALUES"] is Verdict.VIOLATED


def test_values_without_a_valid_key_are_not_judged(contract: Contract) -> None:
    """A 401, and a caller without a key, have no allowance to speak of."""
    strange = replace(ANSWER, headers=GOOD | {"x-ratelimit-remaining": "n/a"})
    for answer in (replace(strange, identity=None), replace(strange, status=401)):
        assert verdicts(header_values, contract, answer) == {}


@pytest.mark.parametrize(("left", "verdict"), [("0", Verdict.HOLDS), ("1", Verdict.VIOLATED)])
def test_nothing_remains_on_a_429(contract: Contract, left: str, verdict: Verdict) -> None:
    """A key that is refused for its rate has nothing left."""
    answer = replace(ANSWER, status=429, headers=GOOD | {"x-ratelimit-remaining": left})
    assert verdicts(header_values, contract, answer)["RL-EXCEEDED-REMAINING"] is verdict


def test_a_finding_tells_which_headers_came(contract: Contract) -> None:
    """A reader sees each header by its last word, those that are missing by their names, and what remained."""
    strange = replace(ANSWER, status=429, headers=GOOD | {"x-ratelimit-remaining": "61"})
    seen = make_context(strange, contract)
    assert seen is not None
    told = {look.rule: look.finding.actual for look in header_values(seen) if look.finding is not None}
    assert told == {"RL-VALUES": "limit 60, remaining 61, reset 1760000000", "RL-EXCEEDED-REMAINING": "61"}
    bare = make_context(replace(ANSWER, headers={"x-ratelimit-limit": "60"}), contract)
    assert bare is not None
    said = [look.finding.actual for look in headers_present(bare) if look.finding is not None]
    assert said == ["missing: x-ratelimit-remaining, x-ratelimit-reset"]


@pytest.mark.parametrize(("remaining", "ok"), [("0", True), ("60", True), ("61", False), ("9" * 16, False)])
def test_remaining_lies_between_nothing_and_the_limit(contract: Contract, remaining: str, ok: bool) -> None:
    """Both ends are within; a number of more digits than any counter has is none."""
    answer = replace(ANSWER, headers=GOOD | {"x-ratelimit-remaining": remaining})
    assert (verdicts(header_values, contract, answer)["RL-VALUES"] is Verdict.HOLDS) is ok
