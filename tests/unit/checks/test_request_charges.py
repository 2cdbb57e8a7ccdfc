"""What requests of each kind cost, by a whole run's answers, whoever else uses the keys."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count

import pytest

from nhq.checks.request_charges import Charges, DoubleCharge, double_charges
from nhq.model import Exchange, Identity

KEY = Identity("full", "secret", "main", frozenset({"leads:read"}))
USUAL: Mapping[str, int] = {}
RESET = 1_900_000_060


class Run:
    """Answers of one key in one window, a second apart, each taking a tenth."""

    def __init__(self) -> None:
        self._number, self._left, self._time = count(1), 1000, 1_900_000_000.0
        self.charges = Charges()

    def send(self, operation: str, cost: int = 1, took: float = 0.1, pause: float = 1.0, status: int = 200) -> Exchange:
        """One more request, which takes this much of the allowance."""
        self._left -= cost
        self._time += pause
        answer = replace(self._answer(operation, self._time, self._time + took), status=status)
        self.charges.hear(answer)
        return answer

    def _answer(self, operation: str, sent: float, received: float) -> Exchange:
        told = {"limit": "1000", "remaining": f"{self._left}", "reset": f"{RESET}"}
        headers = {f"x-ratelimit-{name}": value for name, value in told.items()}
        return Exchange(next(self._number), operation, "GET", "/x", {}, b"", KEY, 200, headers, b"", sent, received)

    def late(self, sent: float, received: float) -> None:
        """An answer of the key that comes to be known late."""
        self.charges.hear(self._answer("list_leads", sent, received))

    def of(self, kinds: Iterator[str], dear: Mapping[str, int] = USUAL) -> list[DoubleCharge]:
        """What these requests show, of which some cost more."""
        for kind in kinds:
            self.send(kind, dear.get(kind, 1))
        return double_charges(self.charges.kept)


def mixed(writes: int, reads: int = 8) -> Iterator[str]:
    """So many writes, each after some reads."""
    for _ in range(writes):
        yield from ["list_leads"] * reads
        yield "create_lead_lists"


@pytest.fixture
def run() -> Run:
    return Run()


def test_a_kind_that_always_costs_two_is_told(run: Run) -> None:
    """Whoever used the key besides would have had to act in each of these gaps, and in no other."""
    found = run.of(mixed(8), {"create_lead_lists": 2})
    assert [(one.operation, one.cost, one.count) for one in found] == [("create_lead_lists", 2, 8)]


def test_where_each_costs_one_nothing_is_told(run: Run) -> None:
    """A server that keeps its promise."""
    assert run.of(mixed(20)) == []


def test_a_few_times_show_nothing(run: Run) -> None:
    """Another client may have acted in four gaps by chance."""
    assert run.of(mixed(4), {"create_lead_lists": 2}) == []


def test_another_client_is_no_double_charge(run: Run) -> None:
    """One that acts in other gaps, too, explains them all."""
    run.of(mixed(8), {"create_lead_lists": 2})
    run.send("list_leads", 2)
    assert double_charges(run.charges.kept) == []


def test_what_another_client_costs_differs(run: Run) -> None:
    """A kind of request costs the same each time."""
    run.of(mixed(8), {"create_lead_lists": 2})
    run.send("create_lead_lists", 3)
    assert double_charges(run.charges.kept) == []


def test_gaps_that_are_long_may_hold_another_client_each_time(run: Run) -> None:
    """Where writes take seconds and reads none, one client that acts each second falls into those gaps alone."""
    for _ in range(8):
        for _ in range(8):
            run.send("list_leads", pause=0.02, took=0.01)
        run.send("create_lead_lists", 2, pause=1.0, took=1.0)
    assert double_charges(run.charges.kept) == []


def test_what_need_not_be_counted_tells_nothing(run: Run) -> None:
    """A 401 to a header that the server doesn't read costs one, or nothing."""
    run.of(mixed(8), {"create_lead_lists": 2})
    run.send("list_leads", 0, status=401)
    run.send("list_leads")
    assert len(double_charges(run.charges.kept)) == 1


def test_requests_in_flight_together_tell_nothing(run: Run) -> None:
    """Which of them was counted first isn't known."""
    for _ in range(8):
        for _ in range(8):
            run.send("list_leads")
        answer = run.send("create_lead_lists", 2)
        run.late(answer.sent - 0.05, answer.received + 0.05)
    assert double_charges(run.charges.kept) == []
