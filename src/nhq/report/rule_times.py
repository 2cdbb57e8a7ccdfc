"""How long each rule took on each operation: a test's time shared equally between the cells that it judges. Pure."""

from collections import defaultdict
from collections.abc import Mapping

from nhq.record.judged_rows import RuleRow, TestRow
from nhq.record.run_record import Record

Cell = tuple[str, str]  # a rule's id, an operation ("" where a rule speaks of no single one)


def cell_seconds(record: Record) -> Mapping[Cell, float]:
    """Seconds by rule and operation; 0 for what no test of its own judges (checks that look at every answer)."""
    rules = {rule.id: rule for rule in record.rules if rule.selected}
    seconds: defaultdict[Cell, float] = defaultdict(float)
    for test in record.tests:
        cells = _cells_of(test, rules)
        for cell in cells:
            seconds[cell] += test.seconds / len(cells)
    return seconds


def _cells_of(test: TestRow, rules: Mapping[str, RuleRow]) -> list[Cell]:
    """What a test judges: its rules, on the one operation that it is about where it is about one."""
    named = test.id.rpartition("[")[2].removesuffix("]") if test.id.endswith("]") else ""
    mine = [rules[name] for name in test.rules if name in rules]
    every = [(rule.id, operation) for rule in mine for operation in rule.cells or ("",)]
    return [cell for cell in every if cell[1] == named] or every
