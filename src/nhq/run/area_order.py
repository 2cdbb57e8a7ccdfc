"""Which areas of the contract a run has looked at, so that what is broken in any of them shows early."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from nhq.contract import Contract

#: What part of a plan is made before areas that are known to be broken take their turn like all others.
_EARLY = 1 / 3

#: A test's rules, and how many requests it was planned to send.
Planned = tuple[Iterable[str], int]


class Areas:
    """The areas of the rules: what part of each one's tests was made, and in which something was found."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._made: Mapping[str, float] = {}
        self._found: set[str] = set()

    def see(self, ended: Sequence[Planned], rest: Sequence[Planned], broken: Collection[str]) -> None:
        """Tests have ended, others are to come, and rules are known to be broken.

        What a test was planned to send counts, not what it sent: one that finds something looks again and again.
        """
        made, left = self._requests(ended), self._requests(rest)
        self._made = {area: made[area] / (made[area] + left[area]) for area in made}
        early = made.total() < _EARLY * (made.total() + left.total())
        self._found = self._of(broken) if early else set()

    def turn(self, rules: Iterable[str], requests: int = 0) -> tuple[bool, float, int]:
        """When a test of these rules has its turn, the least first: of areas the one with the least part of it made.

        Early in a run those in which nothing was found come before all that are known to be broken. Of an area that
        nobody has looked at, the test that sends the fewest requests comes first.
        """
        turns = [(area in self._found, self._made.get(area, 0.0)) for area in self._of(rules)]
        found, made = min(turns, default=(True, 1.0))
        return found, made, 0 if made else requests

    def _requests(self, tests: Iterable[Planned]) -> Counter[str]:
        """By area: what its tests send; one that has several areas counts for each."""
        found: Counter[str] = Counter()
        for rules, requests in tests:
            found.update(dict.fromkeys(self._of(rules), 1 + requests))
        return found

    def _of(self, rules: Iterable[str]) -> set[str]:
        return {self._contract.rules[rule].area for rule in rules}
