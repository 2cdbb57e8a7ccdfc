"""Which areas of the contract a run has looked at, so that what is broken in any of them shows early."""

from collections import Counter
from collections.abc import Collection, Iterable

from nhq.contract import Contract
from nhq.run.test_results import TestResult


class Areas:
    """The areas of the rules: how many requests were spent on each, and in which something was found."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._spent: Counter[str] = Counter()
        self._found: set[str] = set()

    def see(self, results: Iterable[TestResult], broken: Collection[str]) -> None:
        """Tests have ended, and rules are known to be broken."""
        self._spent = Counter()
        for result in results:
            for area in self._of(result.rules):
                self._spent[area] += 1 + result.requests
        self._found = self._of(broken)

    def turn(self, rules: Iterable[str]) -> tuple[bool, int]:
        """When a test of these rules has its turn, the least first: before areas that are known to be broken come those
        in which nothing was found, and of these the one that the fewest requests were spent on."""
        return min(((area in self._found, self._spent[area]) for area in self._of(rules)), default=(True, 0))

    def _of(self, rules: Iterable[str]) -> set[str]:
        return {self._contract.rules[rule].area for rule in rules}
