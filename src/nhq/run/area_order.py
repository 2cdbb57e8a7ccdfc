"""Track which areas of the contract a run has tested, so that a violation in any of them is found early."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from nhq.contract import Contract

#: Share of a plan after which areas that are known to be broken are treated like all others.
_EARLY = 1 / 3

#: A test's rules, and how many requests it was planned to send.
Planned = tuple[Iterable[str], int]


class Areas:
    """The areas of the rules: the share of each one's tests that has run, and those with findings."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._made: Mapping[str, float] = {}
        self._found: set[str] = set()

    def see(self, ended: Sequence[Planned], rest: Sequence[Planned], broken: Collection[str]) -> None:
        """Note the tests that have ended, those to come, and the rules known to be broken.

        The planned requests of a test count, not those it sent: a test with a finding repeats itself.
        """
        made, left = self._requests(ended), self._requests(rest)
        self._made = {area: made[area] / (made[area] + left[area]) for area in made}
        early = made.total() < _EARLY * (made.total() + left.total())
        self._found = self._of(broken) if early else set()

    def turn(self, rules: Iterable[str], requests: int = 0) -> tuple[bool, float, int]:
        """The sort key of a test of these rules: the area with the least share of its tests run comes first.

        Early in a run, areas without findings come before those known to be broken. In an untested area the test with
        the fewest requests comes first.
        """
        turns = [(area in self._found, self._made.get(area, 0.0)) for area in self._of(rules)]
        found, made = min(turns, default=(True, 1.0))
        return found, made, 0 if made else requests

    def _requests(self, tests: Iterable[Planned]) -> Counter[str]:
        """The requests of tests by area; a test with several areas counts for each."""
        found: Counter[str] = Counter()
        for rules, requests in tests:
            found.update(dict.fromkeys(self._of(rules), 1 + requests))
        return found

    def _of(self, rules: Iterable[str]) -> set[str]:
        return {self._contract.rules[rule].area for rule in rules}
