"""What a mutation run says in one sentence, and its counts. Pure: the record's part `power` in, words out."""

from nhq.record.mutation_rows import FaultRow, HonestRow, MutationRecord, VariantRow
from nhq.report.report_words import CountOf, count_words

_SEEN = ("killed", "told")
_NOTHING = "noop"  # the fault that changes nothing


def mutation_verdict(power: MutationRecord) -> str:
    """The faults not found, the false positives and the rules that no fault made fail; or that all is well."""
    planted, seen = _faults(power)
    accused = sum(row.fate != "clean" for row in _honest(power))
    wrong = [
        (planted - seen, f"{planted - seen} of {count_words(planted, 'fault')} not seen"),
        (accused, f"{count_words(accused, 'honest mock')} with a false positive or trouble"),
        (len(power.unseen), f"{count_words(len(power.unseen), 'rule')} never seen to fail"),
    ]
    told = [words for number, words in wrong if number]
    return (
        ", ".join(told)
        or f"{count_words(planted, 'fault')} seen, {count_words(len(_honest(power)), 'honest mock')} not accused"
    )


def mutation_counts(power: MutationRecord) -> list[CountOf]:
    """The counts of faults found, of rules seen to fail, and of control mocks without a finding."""
    planted, seen = _faults(power)
    rules = [rule for rule in power.rules if rule.planted]
    fine = sum(row.fate == "clean" for row in _honest(power))
    return [
        CountOf(seen, planted, "faults seen"),
        CountOf(sum(bool(rule.seen) for rule in rules), len(rules), "rules seen to fail"),
        CountOf(fine, len(_honest(power)), "honest mocks not accused"),
    ]


def _faults(power: MutationRecord) -> tuple[int, int]:
    """How many faults were planted, and how many of them seen."""
    planted = [row for row in power.faults if row.id != _NOTHING]
    return len(planted), sum(row.fate in _SEEN for row in planted)


def _honest(power: MutationRecord) -> list[FaultRow | HonestRow | VariantRow]:
    """Mocks that do nothing wrong: the one with no fault, those of other seeds and of other choices."""
    alone = [row for row in power.faults if row.id == _NOTHING]
    return [*alone, *power.clean, *power.variants, *power.combined]
