"""Findings as a page shows them: a row a kind of breach, and one card for all that the same answers show. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nhq.fingerprints import general_place
from nhq.record.judged_rows import FindingRow, RuleRow
from nhq.record.run_record import Record
from nhq.report import record_facts
from nhq.report.page_views import page_anchor
from nhq.report.report_words import VerdictMark, first_few, verdict_mark

MOST_CARDS = 50
"""How many cards the page shows in full; all findings stand in results.json."""
MOST_ROWS = 300
"""How many kinds of breach the table names; the first of each rule is always among them."""


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """One way in which a rule was broken, wherever it was seen: the findings differ in operation, row and wording."""

    rule: RuleRow
    mark: VerdictMark
    findings: tuple[FindingRow, ...]

    @property
    def lead(self) -> FindingRow:
        """The finding that stands for all."""
        return self.findings[0]

    @property
    def operations(self) -> tuple[str, ...]:
        """Where it was seen, each once."""
        return tuple(dict.fromkeys(record_facts.operation_name(finding.operation) for finding in self.findings))

    @property
    def seen(self) -> int:
        """How often it was seen in all."""
        return sum(finding.count for finding in self.findings)

    @property
    def others(self) -> tuple[tuple[FindingRow, str], ...]:
        """What came elsewhere in other words than the lead's: the first such finding, and on which operations."""
        folds = record_facts.fold_findings(self.findings)
        return tuple((finding, first_few(places, 6)) for finding, places in folds if finding is not self.lead)


@dataclass(frozen=True, slots=True)
class FindingCard:
    """One cause: the rules that the very same answers break, the one that says most of them first."""

    id: str
    parts: tuple[BrokenRule, ...]

    @property
    def lead(self) -> FindingRow:
        """The finding whose proof and command the card shows."""
        return self.parts[0].lead

    @property
    def stanzas(self) -> tuple[str, ...]:
        """What would approve all of it, each once."""
        every = (finding.stanza for part in self.parts for finding in part.findings if finding.stanza)
        return tuple(dict.fromkeys(every))


@dataclass(frozen=True, slots=True)
class FindingTableRow:
    """A row of the table of findings; `card` is the id of the card that tells more, "" where there was no room.

    `anchor` is the place that the rule's broken cells lead to, "" but in the rule's first row.
    """

    broken: BrokenRule
    card: str
    anchor: str


def finding_cards(record: Record) -> list[FindingCard]:
    """One card per cause: those that fail the run first, then in the order of the catalogue.

    Two breaches have one cause where the answers that prove the one are among those that prove the other.
    """
    every = list(_broken_rules(record))
    proofs = [_proof(broken) for broken in every]
    groups: list[list[int]] = []
    for number in sorted(range(len(every)), key=lambda one: -len(proofs[one])):
        fitting = (group for group in groups if proofs[number] and proofs[number] <= proofs[group[0]])
        group = next(fitting, None)
        if group is None:
            groups.append([number])
        else:
            group.append(number)
    ordered = sorted(sorted(group) for group in groups)
    return [FindingCard(f"finding-{n}", tuple(every[one] for one in group)) for n, group in enumerate(ordered, 1)]


def finding_table(cards: Sequence[FindingCard]) -> list[FindingTableRow]:
    """The rows of the table of findings, in the order of the cards."""
    rows: list[FindingTableRow] = []
    named: set[str] = set()
    for number, card in enumerate(cards):
        for broken in card.parts:
            anchor = "" if broken.rule.id in named else page_anchor("broken", broken.rule.id)
            if anchor or len(rows) < MOST_ROWS:
                rows.append(FindingTableRow(broken, card.id if number < MOST_CARDS else "", anchor))
            named.add(broken.rule.id)
    return rows


def _broken_rules(record: Record) -> Iterator[BrokenRule]:
    """Each rule that has findings, once for each kind of breach; what somebody approved apart."""
    for rule, found in record_facts.by_rule(record):
        kinds: dict[tuple[str, str, bool], list[FindingRow]] = {}
        for finding in found:
            kinds.setdefault((finding.code, general_place(finding.where), bool(finding.approved)), []).append(finding)
        for findings in kinds.values():
            level = record_facts.shown_level(record, rule, findings)
            yield BrokenRule(rule, verdict_mark("violated", level), tuple(findings))


def _proof(broken: BrokenRule) -> frozenset[tuple[bool, int]]:
    """The answers that show a breach, by the ids of their exchanges; what is approved has another proof."""
    return frozenset((bool(one.approved), one.exchanges[-1]) for one in broken.findings if one.exchanges)
