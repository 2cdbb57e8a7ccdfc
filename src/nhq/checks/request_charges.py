"""What requests of each kind cost of a key's allowance, over a whole run and beside other clients.

One Remaining that fell by two shows nothing where others may use the key. A kind of request whose Remaining fell by
two each time, while no other request's ever did, shows that it costs two: whoever used the key beside us would have
had to act in each of those gaps, and in no other.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from nhq.checks.rate_headers import rate_headers
from nhq.model import Exchange

#: Answers whose requests may or may not be counted (counted-answers).
UNCOUNTED = frozenset({401, 429})
#: So many requests of a kind must have cost more before anything is concluded.
LEAST = 5
#: How likely it may be at most that another client acted in just those gaps.
CHANCE = 1e-6
#: How many of their answers are shown.
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Charge:
    """What one request cost: `cost` requests; the key's answer before it came `gap` seconds earlier, both measured
    when they were sent."""

    operation: str
    cost: int
    gap: float
    before: Exchange
    answer: Exchange

    @property
    def most(self) -> float:
        """The longest that the gap can have been: until the answer came."""
        return self.gap + self.answer.received - self.answer.sent


@dataclass(frozen=True, slots=True)
class DoubleCharge:
    """A kind of request that costs `cost`, as these pairs of answers show."""

    operation: str
    cost: int
    count: int
    proof: tuple[Exchange, ...]


def charge_of(before: Exchange, answer: Exchange) -> Charge | None:
    """What a request cost, by the key's answer before it in the same window; None where they don't tell."""
    first, then = rate_headers(before), rate_headers(answer)
    told = first.whole and then.whole and first.dated and first.same_window(then)
    apart = answer.sent >= before.received and UNCOUNTED.isdisjoint({before.status, answer.status})
    if not told or not apart or answer.operation is None or not first.remaining or not then.remaining:
        return None
    return Charge(answer.operation, first.remaining - then.remaining, answer.sent - before.sent, before, answer)


def double_charges(charges: Sequence[Charge]) -> list[DoubleCharge]:
    """Kinds of requests that always cost the same, and more than one, where no others ever cost more than one."""
    kinds: dict[str, list[Charge]] = {}
    for charge in charges:
        kinds.setdefault(charge.operation, []).append(charge)
    dear = {name: group for name, group in kinds.items() if _always_more(group)}
    others = [charge for name, group in kinds.items() if name not in dear for charge in group]
    if any(charge.cost != 1 for charge in others):
        return []
    return [_told(name, group) for name, group in dear.items() if _no_chance(group, others)]


def _always_more(group: Sequence[Charge]) -> bool:
    return len(group) >= LEAST and group[0].cost > 1 and len({charge.cost for charge in group}) == 1


def _no_chance(group: Sequence[Charge], others: Sequence[Charge]) -> bool:
    """Could another client, at whatever rate, hardly have acted in each of these gaps, and in no other?

    Of all its requests each falls into one of them as likely as they are long. An answer that took long makes its gap
    longer by that.
    """
    mine = sum(charge.most for charge in group)
    rest = sum(charge.gap for charge in others)
    return rest > 0 and (mine / (mine + rest)) ** len(group) <= CHANCE


def _told(name: str, group: Sequence[Charge]) -> DoubleCharge:
    proof = tuple(exchange for charge in group[:SHOWN] for exchange in (charge.before, charge.answer))
    return DoubleCharge(name, group[0].cost, len(group), proof)


class Charges:
    """Hears the answers of a run, and keeps what each request cost whose key had nothing else of ours in flight."""

    def __init__(self) -> None:
        self._latest: dict[tuple[int, str], Exchange] = {}
        self._kept: dict[tuple[int, str], list[Charge]] = {}

    def hear(self, answer: Exchange) -> None:
        """One more answer, or a request without one: whether that was counted isn't known."""
        if answer.identity is None:
            return
        key = answer.epoch, answer.identity.label
        before, kept = self._latest.pop(key, None), self._kept.setdefault(key, [])
        while kept and kept[-1].answer.received > answer.sent:  # it was in flight meanwhile
            kept.pop()
        if answer.status is None or (before is not None and before.received > answer.sent):
            return
        self._latest[key] = answer
        charge = charge_of(before, answer) if before is not None else None
        if charge is not None:
            kept.append(charge)

    @property
    def kept(self) -> list[Charge]:
        """In the order of the keys, and of one key's requests."""
        return [charge for kept in self._kept.values() for charge in kept]
