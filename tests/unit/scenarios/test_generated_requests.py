"""One operation under generated requests: all are sent, each is judged, and nobody is harmed on a live target."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from nhq.checks.request_validity import Validity, read_request_body
from nhq.client.running_test import Running
from nhq.contract import Contract
from nhq.errors import NotPermitted
from nhq.generate.generated_cases import Generator
from nhq.model import Exchange, Identity, Verdict
from nhq.run.collector import Collector
from nhq.scenarios.generated_requests import Generated, PropertyBench
from nhq.scenarios.judge import Judge

RULES = ["REQUEST-VALID", "REQUEST-NOT-JSON", "REQUEST-REQUIRED", "REQUEST-TYPE", "REQUEST-EMPTY-TEXT", "SEND-LENGTH"]
ELSEWHERE = ["ERROR-BODY-UNDOCUMENTED", "AUTH-ABSENT"]
ENVELOPE = json.dumps({"error": {"code": "c", "message": "m"}}).encode()


@pytest.fixture(scope="module")
def generator(contract: Contract) -> Generator:
    return Generator(contract)


class Scripted:
    """An API whose answers a function decides; remembers what was sent."""

    def __init__(self, contract: Contract, make: Callable[..., Exchange], answer: Callable[..., int]) -> None:
        self.contract, self.make, self.answer = contract, make, answer
        self.target = SimpleNamespace(given={"conversation": "conv_1"}, restorable=True, undisturbed=True)
        self.session = SimpleNamespace(target=self.target, running=Running())
        self.sent: list[tuple[str, bytes | None, bool]] = []

    def operation(self, name: str) -> Any:
        return self.contract.operations[name]

    def key(self, name: str, need: int = 1) -> Identity:
        return Identity("full", "alpha", frozenset(), "secret")

    def send(self, method: str, path: str, *, params: Any, data: bytes | None, headers: dict[str, str]) -> Exchange:
        known = self.contract.match(method, path)
        self.sent.append((method, data, "Authorization" in headers))
        status = self.answer(method, data, "Authorization" in headers)
        operation = known[0].id if known is not None else None
        return self.make(len(self.sent), operation=operation, status=status, body=ENVELOPE)


@pytest.fixture
def bench(
    contract: Contract, generator: Generator, collector: Collector, exchange: Any
) -> Callable[..., PropertyBench]:
    def make(answer: Callable[..., int], restorable: bool = True) -> PropertyBench:
        api: Any = Scripted(contract, exchange, answer)
        api.target.restorable = restorable
        world: Any = SimpleNamespace(
            given=lambda name: "conv_1", conversations=[{"id": "conv_1"}], lists=[], accounts=[]
        )
        return PropertyBench(
            api, world, contract, Judge(contract, collector, RULES + ELSEWHERE), Generated(generator, 2), 1
        )

    return make


def proper(contract: Contract) -> Callable[..., int]:
    """Answers as the contract says."""

    def answer(method: str, data: bytes | None, key: bool) -> int:
        if not key:
            return 401
        if method != "POST":
            return 405
        return 400 if read_request_body(contract, "send_message", data or b"").standing is Validity.BROKEN else 200

    return answer


def verdicts(collector: Collector) -> dict[str, Verdict]:
    return {rule: cell.verdict for (rule, _), cell in collector.cells.items()}


def test_a_proper_server_keeps_every_rule(bench: Any, contract: Contract, collector: Collector) -> None:
    """Each rule on bodies is exercised, the key is asked for, and nothing is found."""
    bench(proper(contract)).run("send_message")
    assert verdicts(collector) == dict.fromkeys(RULES + ELSEWHERE, Verdict.HOLDS)


def test_no_failure_ends_the_operation(bench: Any, contract: Contract, collector: Collector) -> None:
    """A server that accepts everything is sent everything all the same, and breaks every rule on what is broken."""
    good, bad = bench(proper(contract)), bench(lambda *_: 200)
    good.run("send_message")
    bad.run("send_message")
    assert bad.api.sent == good.api.sent
    broken = {rule for rule, verdict in verdicts(collector).items() if verdict is Verdict.VIOLATED}
    assert broken == {*RULES, "AUTH-ABSENT"} - {"REQUEST-VALID"}


def test_a_server_that_refuses_everything_is_found(bench: Any, collector: Collector) -> None:
    """400 for what is valid breaks the rule that it should not."""
    bench(lambda *_: 400).run("send_message")
    assert verdicts(collector)["REQUEST-VALID"] is Verdict.VIOLATED


def test_the_key_is_left_out_once(bench: Any, contract: Contract) -> None:
    """One request an operation goes out without a key."""
    made = bench(proper(contract))
    made.run("send_message")
    assert [key for *_, key in made.api.sent].count(False) == 1


def test_a_probe_that_is_not_permitted_spoils_nothing(bench: Any, contract: Contract, collector: Collector) -> None:
    """Where other methods may not be tried, the rest is judged."""

    def guarded(method: str, data: bytes | None, key: bool) -> int:
        if method != "POST":
            raise NotPermitted("not permitted")
        return proper(contract)(method, data, key)

    bench(guarded).run("send_message")
    assert verdicts(collector)["REQUEST-VALID"] is Verdict.HOLDS
    assert "ERROR-BODY-UNDOCUMENTED" not in verdicts(collector)


def test_an_operation_that_is_not_permitted_is_not_judged(bench: Any) -> None:
    """The guard's refusal ends the test, with its cause."""

    def guarded(*_: Any) -> int:
        raise NotPermitted("not permitted: send_message would send")

    with pytest.raises(NotPermitted):
        bench(guarded).run("send_message")


def test_people_get_one_message_at_most_where_nothing_is_put_back(bench: Any, contract: Contract) -> None:
    """On a live target one valid message goes out with a key; no other method and no other media type is tried."""
    made = bench(proper(contract), restorable=False)
    made.run("send_message")
    methods = {method for method, *_ in made.api.sent}
    keyed = [data for _, data, key in made.api.sent if key]
    standings = [read_request_body(contract, "send_message", data or b"").standing for data in keyed]
    assert methods == {"POST"}
    assert len([s for s in standings if s is not Validity.BROKEN]) == 1
