"""The verdict of a run in one line: what failed, or how much passed or was judged. Pure: record in, words out."""

from nhq.model import Verdict, binds
from nhq.record.run_record import Record
from nhq.report import mutation_facts
from nhq.report.record_facts import broken_rules, count_run, finding_fails_run, selected_rules
from nhq.report.report_words import MARKS, VerdictMark, count_words

#: A run that judged fewer of the rules that bind it hasn't passed, whatever it saw of the others.
ENOUGH_PERCENT = 90


def run_headline(record: Record) -> str:
    """What failed; else `PASSED n of m rules`, or how many rules were judged where that is too few to pass."""
    head = "INTERRUPTED, " if record.interrupted else ""
    return f"{head}{_headline(record)}"


def headline_mark(record: Record) -> VerdictMark:
    """The mark beside the headline: a run that passed holds, though some rules were not judged."""
    if record.mutation or record.verdict is Verdict.VIOLATED:
        return MARKS[record.verdict]
    if record.exit_code == 1:
        return MARKS["violated"]
    return MARKS["holds" if has_passed(record) else "unknown"]


def has_passed(record: Record) -> bool:
    """Did a run end clean and judge enough of the rules that bind it?"""
    rules = selected_rules(record)
    binding = [rule for rule in rules if binds(rule.level, record.fail_on)] or rules
    judged = sum(rule.verdict is not Verdict.UNKNOWN for rule in binding)
    whole = record.exit_code == 0 and not record.interrupted and not record.ended_early
    return whole and record.verdict is not Verdict.VIOLATED and 100 * judged >= ENOUGH_PERCENT * len(binding) > 0


def _headline(record: Record) -> str:
    if record.mutation:
        return f"{record.verdict.upper()}: {mutation_facts.mutation_verdict(record.mutation)}"
    if record.verdict is Verdict.VIOLATED:
        return _failed(record)
    facts, rules = count_run(record), len(selected_rules(record))
    judged = f"{rules - facts.unknown:,} of {rules:,}"
    if record.exit_code == 1:
        return f"FAILED: {_other_failure(record)}; no rule failed, {judged} judged"
    if record.exit_code == 2:
        return f"COULD NOT JUDGE: {judged} rules judged, none failed"
    if has_passed(record):
        return f"PASSED {facts.holding:,} of {count_words(rules, 'rule')}"
    return f"{'ONLY WARNINGS' if facts.warned else 'NOTHING BROKEN'}, {judged} judged"


def _failed(record: Record) -> str:
    failing = [finding for finding in record.findings if binds(finding.level, record.fail_on)]
    names = {finding.rule for finding in failing} | {rule.id for rule in broken_rules(record)}
    over = record.load.exceeded if record.load is not None else ()
    if over and not names:
        return f"FAILED: the budget was exceeded ({', '.join(over)}); no rule failed"
    of, places = len(selected_rules(record)), {finding.operation for finding in failing}
    told = f"{len(names):,} of {count_words(of, 'rule')}, on {count_words(len(places), 'operation')}"
    if failing and not any(finding_fails_run(record, finding) for finding in failing):
        return f"APPROVED FAILURES of {told}"
    return f"FAILED {told}"


def _other_failure(record: Record) -> str:
    """What ends a run with 1 though no rule failed."""
    changes = sum(change.fails and not change.approved for change in record.contract.changes)
    if changes:
        return f"{count_words(changes, 'change')} of the contract not approved"
    return f"{count_words(len(record.approval_problems), 'problem')} in contracts/approvals.toml"
