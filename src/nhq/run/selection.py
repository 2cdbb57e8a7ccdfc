"""Which part of the suite a run is about: `--rule` and `--operation`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nhq.contract import Contract
from nhq.errors import ConfigError, did_you_mean


@dataclass(frozen=True, slots=True)
class Selection:
    """The rules and operations asked for; empty means all."""

    rules: frozenset[str] = frozenset()
    operations: frozenset[str] = frozenset()
    universal: frozenset[str] = frozenset()

    def wants(self, rules: Sequence[str], operation: str | None) -> bool:
        """Is a test with these rules, perhaps about one operation, part of the run?

        A rule that a universal check judges is seen on every exchange; for it the property tests are enough,
        so tests run that name one of the rules, or (for a universal rule) that name no rule of their own area.
        """
        if self.operations and operation is not None and operation not in self.operations:
            return False
        if not self.rules:
            return True
        return bool(self.rules.intersection(rules)) or bool(self.rules & self.universal and operation is not None)

    def judges(self, rule: str) -> bool:
        """Does the verdict depend on this rule?"""
        return not self.rules or rule in self.rules

    def covers(self, operation: str) -> bool:
        """Does the verdict depend on this operation?"""
        return not self.operations or operation in self.operations

    def count_judged(self, findings: Iterable[tuple[str, str | None, str, str]]) -> int:
        """How many findings, known by rule and operation first, the verdict depends on."""
        return sum(self.judges(rule) and (name is None or self.covers(name)) for rule, name, *_ in findings)


def describe_missing_tests(selection: Selection) -> str:
    """Says which rules and operations no test judges, for a selection without tests."""
    on = f" on {', '.join(sorted(selection.operations))}" if selection.operations else ""
    return f"no test judges {', '.join(sorted(selection.rules)) or 'anything'}{on}"


def make_selection(contract: Contract, rules: Sequence[str], operations: Sequence[str]) -> Selection:
    """A selection from what the command line names; a rule's former id counts as its id.

    Raises ConfigError for a name that doesn't exist, and for rules that are judged on none of the operations.
    """
    rules = [_rule_id(contract, name) for name in rules]
    for name in operations:
        if name not in contract.operations:
            near = did_you_mean(name, contract.operations)
            raise ConfigError(f"no operation {name}{near}; known are {', '.join(contract.operations)}")
    judged = {operation for rule in rules for operation in contract.applies(rule)}
    if rules and operations and not judged & set(operations):
        told = ", ".join(sorted(judged))
        raise ConfigError(
            f"--rule {', '.join(rules)} is not judged on --operation {', '.join(operations)}; it is on {told}"
        )
    universal = frozenset(r.id for r in contract.rules.values() if r.scope == "exchange")
    return Selection(frozenset(rules), frozenset(operations), universal)


def _rule_id(contract: Contract, name: str) -> str:
    rule = contract.rule_id(name)
    if rule is None:
        raise ConfigError(f"no rule {name}{did_you_mean(name.upper(), contract.rules)}; `nhq explain` lists them")
    return rule
