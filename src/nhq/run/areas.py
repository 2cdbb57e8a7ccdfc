"""Which areas of the contract a run has looked at: a test of another one comes first, so that all are seen early."""

from collections.abc import Iterable

from nhq.contract import Contract
from nhq.run.test_results import TestResult


class Areas:
    """The areas of the rules, and those that a test has judged."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._unseen = {rule.area for rule in contract.rules.values()}

    def see(self, results: Iterable[TestResult]) -> None:
        """Tests have ended; one that could not judge has shown nothing."""
        if self._unseen:
            self._unseen -= {
                area for result in results if result.outcome != "unknown" for area in self._of(result.rules)
            }

    def opens(self, rules: Iterable[str]) -> bool:
        """Does a test of these rules speak of an area that none has judged?"""
        return bool(self._unseen) and not self._unseen.isdisjoint(self._of(rules))

    def _of(self, rules: Iterable[str]) -> set[str]:
        return {self._contract.rules[rule].area for rule in rules}
