"""What a run record says, counted once for all writers. Pure: record in, numbers and short lists out."""

from collections.abc import Iterable
from dataclasses import dataclass

from nhq.formats.text import printable_text
from nhq.model import Level, Verdict, binds
from nhq.record.judged_rows import FindingRow, RuleRow
from nhq.record.run_record import Record
from nhq.report import mutation_facts
from nhq.report.report_words import FAILING, CountOf, count_words

WHOLE_API = "(whole API)"
"""How an observation that belongs to no single operation is named."""
#: How the guard's refusals begin, and how the line about a thing that a run made ends.
NOT_PERMITTED, MADE = "not permitted: ", " made"


@dataclass(frozen=True, slots=True)
class Facts:
    """The counts that stand in every summary. Rules not selected for the run count nowhere but in `unselected`."""

    holding: int
    violated: int
    warned: int
    unknown: int
    unselected: int
    operations: int
    succeeded: int
    pairs: int
    documented: int
    requests: int


def finding_fails_run(record: Record, finding: FindingRow) -> bool:
    """Does it make the run red: a broken rule that binds it, and that nobody approved?"""
    return binds(finding.level, record.fail_on) and not finding.approved


def marked_level(record: Record, level: Level) -> str:
    """The level that a mark is of: where the run fails on it, that of a `must`."""
    return FAILING if binds(level, record.fail_on) else str(level)


def shown_level(record: Record, rule: RuleRow, found: Iterable[FindingRow]) -> str:
    """The level that the mark of a rule with findings is of: it warns where somebody approved all of them."""
    return marked_level(record, rule.level) if any(not finding.approved for finding in found) else "should"


def approval_stanzas(record: Record) -> list[str]:
    """What would approve the findings that fail the run, each once."""
    return list(
        dict.fromkeys(printable_text(f.stanza) for f in record.findings if finding_fails_run(record, f) and f.stanza)
    )


def selected_rules(record: Record) -> list[RuleRow]:
    """The rules this run was asked to judge."""
    return [rule for rule in record.rules if rule.selected]


def broken_rules(record: Record) -> list[RuleRow]:
    """The rules seen broken which fail the run: each `must`, and what --fail-on names."""
    return [rule for rule in selected_rules(record) if rule.verdict == "violated" and binds(rule.level, record.fail_on)]


def warned_rules(record: Record) -> list[RuleRow]:
    """The rules seen broken which only warn."""
    return [
        rule for rule in selected_rules(record) if rule.verdict == "violated" and not binds(rule.level, record.fail_on)
    ]


def unjudged_rules(record: Record) -> list[RuleRow]:
    """The rules that could not be judged on at least one operation, a violation elsewhere notwithstanding."""
    return [rule for rule in selected_rules(record) if rule.verdict == "unknown" or unknown_cells(rule)]


def unknown_cells(rule: RuleRow) -> dict[str, str]:
    """Operation → why the rule could not be judged there."""
    return {name: cell.cause for name, cell in rule.cells.items() if cell.verdict == "unknown"}


def count_run(record: Record) -> Facts:
    """Count a run."""
    rules, operations, pairs = selected_rules(record), record.operations, record.pairs
    return Facts(
        holding=sum(rule.verdict == "holds" for rule in rules),
        violated=len(broken_rules(record)),
        warned=len(warned_rules(record)),
        unknown=sum(rule.verdict == "unknown" for rule in rules),
        unselected=len(record.rules) - len(rules),
        operations=len(operations),
        succeeded=sum(operation.succeeded for operation in operations),
        pairs=pairs.observed,
        documented=pairs.documented,
        requests=record.requests.total,
    )


@dataclass(frozen=True, slots=True)
class Stopped:
    """One cause, and each rule it stopped with the operations it was stopped on."""

    cause: str
    rules: tuple[tuple[RuleRow, tuple[str, ...]], ...]


def causes_of_unknown(record: Record) -> list[Stopped]:
    """What could not be judged, by cause: one missing permission may stop thirty promises, and is told once."""
    causes: dict[str, dict[str, list[str]]] = {}
    rules = {rule.id: rule for rule in unjudged_rules(record)}
    for name, rule in rules.items():
        for operation, cause in unknown_cells(rule).items() or [("", rule.cause)]:
            stops = causes.setdefault(cause or "no cause was recorded", {})
            stops.setdefault(name, []).extend([operation_name(operation)] if rule.cells else [])
    return [
        Stopped(cause, tuple((rules[name], tuple(places)) for name, places in stops.items()))
        for cause, stops in causes.items()
    ]


def used_up(record: Record) -> list[str]:
    """What a run used up on a target that nothing puts back, counted: drafts that were started, credits spent."""
    lines = record.written
    drafts = sum(line.startswith("campaign ") and line.endswith(": start") for line in lines)
    credits = sum(line.startswith("one credit spent on lead ") for line in lines)
    return [count_words(number, what) for number, what in ((drafts, "draft"), (credits, "credit")) if number]


def lacking_line(line: str) -> str:
    """What a test lacked on the target, or what the target file doesn't permit, as a line of its own."""
    if line.startswith(NOT_PERMITTED):
        return f"skipped: {line.removeprefix(NOT_PERMITTED)}"
    return line if line.startswith("not tested") else f"not found on the target: {line}"


def change_line(line: str) -> str:
    """What a run changed on a target that nothing puts back, as a line of its own."""
    if line.endswith(MADE):
        return f"created on the target, not removed: {line.removesuffix(MADE)}"
    return f"changed on the target: {line}"


def required_line(record: Record) -> str:
    """How a run came up to what it was required to judge, in one line; "" where nobody required anything.

    Of one that fell short: where the list of what is lacking begins.
    """
    asked = record.required
    if not asked:
        return ""
    least = f" (at least {asked.least:,} required)" if asked.least else ""
    told = f"--require {asked.asked}: {count_words(asked.judged, 'rule')} judged{least}"
    return told if asked.met else f"{told}; not judged:"


def gain_lines(record: Record) -> list[str]:
    """What to add to judge more, a line each, what judges most first."""
    lines = []
    for gain in record.gains:
        more = [count_words(len(gain.rules), "rule")] if gain.rules else []
        more += [f"{count_words(gain.places, 'more place')} of rules judged elsewhere"] if gain.places else []
        lines.append(f"{' + '.join(gain.add)}: {', '.join(more)}")
    return lines


def lacking_rules(record: Record) -> list[str]:
    """The rules that were required and not judged."""
    return list(record.required.lacking) if record.required is not None else []


def operation_name(operation: str | None) -> str:
    """An operation's name, or what stands for none."""
    return operation or WHOLE_API


def by_rule(record: Record) -> list[tuple[RuleRow, list[FindingRow]]]:
    """Each rule that has findings, with them: what fails the run first, then in the catalogue's order.

    A finding whose rule is not in the record (a defect of ours) still shows, under a stand-in rule.
    """
    groups: dict[str, list[FindingRow]] = {}
    for finding in record.findings:
        groups.setdefault(finding.rule, []).append(finding)
    known = {rule.id: rule for rule in record.rules}
    rules = [known.get(name) or _stand_in(name, found[0].level) for name, found in groups.items()]
    order = {name: number for number, name in enumerate(known)}
    rules.sort(key=lambda rule: (rule.level != FAILING, order.get(rule.id, len(order))))
    found = [(rule, groups[rule.id]) for rule in rules]
    return sorted(found, key=lambda pair: not any(finding_fails_run(record, finding) for finding in pair[1]))


def _stand_in(name: str, level: Level) -> RuleRow:
    return RuleRow(
        id=name,
        title=name,
        area="",
        level=level,
        pointer="",
        quote="",
        verdict=Verdict.VIOLATED,
        cause="",
        selected=False,
        cells={},
        bound=(),
    )


def fold_findings(found: Iterable[FindingRow]) -> list[tuple[FindingRow, list[str]]]:
    """A rule's findings, those that say the same told once: the first of them, and the operations they were seen on."""
    groups: dict[tuple[str, ...], tuple[FindingRow, list[str]]] = {}
    for finding in found:
        key = (finding.where, finding.expected, finding.actual, finding.approved)
        groups.setdefault(key, (finding, []))[1].append(operation_name(finding.operation))
    return list(groups.values())


def finding_fingerprint(finding: FindingRow) -> str:
    """The same for the same rule, operation, kind of breach and place, run after run, whatever was seen and when."""
    return finding.fingerprint


def headline_remarks(record: Record) -> list[str]:
    """What the headline leaves out and a reader must not miss: warnings, what stayed open, what wasn't asked."""
    facts = count_run(record)
    lines = [
        (1 if record.ended_early else 0, ended_early(record)),
        (facts.warned, f"{count_words(facts.warned, 'warning')} (a “should” or an assumption broken)"),
        (facts.unknown, f"{count_words(facts.unknown, 'rule')} not fully checked"),
        (
            1 if lacking_rules(record) else 0,
            f"--require is not met: {count_words(len(lacking_rules(record)), 'rule')} missing",
        ),
        (len(record.troubles), f"{count_words(len(record.troubles), 'trouble')} on our side"),
        (
            0 if record.mutation else facts.unselected,
            f"{count_words(facts.unselected, 'rule')} not selected for this run",
        ),
    ]
    return [line for number, line in lines if number]


def ended_early(record: Record) -> str:
    """Why a run ended before its last test, and how many it left out; empty where it didn't."""
    cause = record.ended_early
    left = sum(test.cause == cause for test in record.tests) if cause else 0
    return f"{cause}: {count_words(left, 'test')} not run" if cause else ""


def headline_counts(record: Record) -> list[CountOf]:
    """The three counts that stand large at the top of a page."""
    facts = count_run(record)
    if record.mutation:
        return mutation_facts.mutation_counts(record.mutation)
    passed = CountOf(facts.holding, len(selected_rules(record)), "rules passed")
    if _is_nameless(record):
        return [passed]
    return [
        passed,
        CountOf(facts.succeeded, facts.operations, "operations with a 2xx"),
        CountOf(facts.pairs, facts.documented, "documented responses covered"),
    ]


def _is_nameless(record: Record) -> bool:
    """Recorded histories that name no operations: how many were called isn't said."""
    return record.kind == "check" and not record.operations


def coverage_counts(record: Record) -> list[str]:
    """The counts that say how much was looked at."""
    facts = count_run(record)
    if record.mutation:
        return [str(tally) for tally in mutation_facts.mutation_counts(record.mutation)]
    called = [
        f"2xx seen on {facts.succeeded}/{count_words(facts.operations, 'operation')}",
        f"{facts.pairs}/{facts.documented} documented responses covered",
    ]
    return [
        *(() if _is_nameless(record) else called),
        f"{count_words(facts.holding, 'rule')} passed",
        count_words(facts.requests, "request"),
    ]
