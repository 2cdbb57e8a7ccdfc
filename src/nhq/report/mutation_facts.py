"""What a mutation run says in one sentence, and its counts. Pure: the record's part `mutation` in, words out."""

from nhq.record.mutation_rows import FaultRow, HonestRow, MutationRecord, VariantRow
from nhq.report.report_words import CountOf, count_words

_SEEN = ("killed", "told")
_NOTHING = "noop"  # the fault that changes nothing


def mutation_verdict(mutation: MutationRecord) -> str:
    """The faults not found, the false positives and the rules that no fault made fail; or that all is well."""
    planted, seen = _faults(mutation)
    accused = sum(row.status != "clean" for row in _honest(mutation))
    wrong = [
        (planted - seen, f"{planted - seen} of {count_words(planted, 'fault')} not seen"),
        (accused, f"{count_words(accused, 'honest mock')} with a false positive or trouble"),
        (len(mutation.unseen), f"{count_words(len(mutation.unseen), 'rule')} never seen to fail"),
    ]
    told = [words for number, words in wrong if number]
    return (
        ", ".join(told)
        or f"{count_words(planted, 'fault')} seen, {count_words(len(_honest(mutation)), 'honest mock')} not accused"
    )


def mutation_counts(mutation: MutationRecord) -> list[CountOf]:
    """The counts of faults found, of rules seen to fail, and of control mocks without a finding."""
    planted, seen = _faults(mutation)
    rules = [rule for rule in mutation.rules if rule.planted]
    fine = sum(row.status == "clean" for row in _honest(mutation))
    return [
        CountOf(seen, planted, "faults seen"),
        CountOf(sum(bool(rule.seen) for rule in rules), len(rules), "rules seen to fail"),
        CountOf(fine, len(_honest(mutation)), "honest mocks not accused"),
    ]


def _faults(mutation: MutationRecord) -> tuple[int, int]:
    """How many faults were planted, and how many of them seen."""
    planted = [row for row in mutation.faults if row.id != _NOTHING]
    return len(planted), sum(row.status in _SEEN for row in planted)


def _honest(mutation: MutationRecord) -> list[FaultRow | HonestRow | VariantRow]:
    """Mocks that do nothing wrong: the one with no fault, those of other seeds and of other choices."""
    alone = [row for row in mutation.faults if row.id == _NOTHING]
    return [*alone, *mutation.clean, *mutation.variants, *mutation.combined]
