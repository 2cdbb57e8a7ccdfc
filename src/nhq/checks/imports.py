"""Import of leads: shape, status, indexes and summary of one answer, against the request and each other."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from nhq.checks.context import CheckContext, judges
from nhq.checks.lists import answered_array, answered_summary, sent_entries, wrong_counts
from nhq.checks.values import whole_number
from nhq.model import Observation

RESULTS = ("created", "added_existing", "already_in_list")


@dataclass(frozen=True, slots=True)
class BatchAnswer:
    """The answer to a batch: what became of the entries. `sent` is how many there were."""

    sent: int
    data: Sequence[Any]
    malformed: Sequence[Any]
    failed: Sequence[Any]

    @property
    def results(self) -> list[str]:
        """The results under `data`, in their order; "" where one is missing."""
        return [str(item.get("result", "")) if isinstance(item, dict) else "" for item in self.data]

    @property
    def indexes(self) -> list[int]:
        """Every index that the answer names; -1 where one is missing or no whole number."""
        parts = (*self.data, *self.malformed, *self.failed)
        told = (whole_number(item.get("index")) if isinstance(item, dict) else None for item in parts)
        return [-1 if index is None else index for index in told]


def batch_answer(seen: CheckContext) -> BatchAnswer | None:
    """The answer to a batch import, if it has the shape of one; None for anything else."""
    sent = sent_entries(seen, "leads")
    data, malformed, failed = (answered_array(seen, name) for name in ("data", "malformed", "failed"))
    if seen.operation.id != "import_leads" or not seen.exchange.ok or sent is None or len(seen.request) != 1:
        return None
    if data is None or malformed is None or failed is None:
        return None
    return BatchAnswer(len(sent), data, malformed, failed)


def is_single_import(seen: CheckContext) -> bool:
    """One lead was sent, and a 2xx came back."""
    sent = seen.request
    return seen.operation.id == "import_leads" and seen.exchange.ok and isinstance(sent, dict) and "leads" not in sent


@judges("IMPORT-SHAPE")
def shape(seen: CheckContext) -> Iterator[Observation]:
    """One lead: the lead and its `result`. A batch: `data`, `malformed`, `failed` and `summary`.

    Whether a body is an object at all is judged by its schema.
    """
    if not isinstance(seen.body, dict):
        return
    if is_single_import(seen):
        ok = isinstance(seen.body.get("data"), dict) and seen.body.get("result") in RESULTS
        yield seen.judged("IMPORT-SHAPE", ok, "the lead and its result", "another shape")
    elif seen.operation.id == "import_leads" and seen.exchange.ok and sent_entries(seen, "leads") is not None:
        missing = [name for name in ("data", "malformed", "failed") if answered_array(seen, name) is None]
        missing += [] if answered_summary(seen) is not None else ["summary"]
        yield seen.judged("IMPORT-SHAPE", not missing, "the shape of a batch", f"without {', '.join(missing)}")


@judges("IMPORT-SINGLE-STATUS")
def single_status(seen: CheckContext) -> Iterator[Observation]:
    """«returning 200 when the lead was `already_in_list` and 201 otherwise»"""
    result = seen.body.get("result") if isinstance(seen.body, dict) else None
    if is_single_import(seen) and result in RESULTS:
        expected = 200 if result == "already_in_list" else 201
        yield seen.judged("IMPORT-SINGLE-STATUS", seen.status == expected, f"{expected} for {result}", f"{seen.status}")


@judges("IMPORT-BATCH-201", "IMPORT-BATCH-207", "IMPORT-BATCH-200")
def batch_status(seen: CheckContext) -> Iterator[Observation]:
    """«201 when leads were created or attached with no problems, 207 when some entries were malformed or failed, and
    200 when nothing new was added»; for a batch with malformed or failed entries and nothing new the last two both
    apply, and either is right."""
    answer = batch_answer(seen)
    if answer is None or not answer.sent or any(result not in RESULTS for result in answer.results):
        return
    added = sum(result != "already_in_list" for result in answer.results)
    problems = len(answer.malformed) + len(answer.failed)
    right = ((207,) if added else (207, 200)) if problems else (201,) if added else (200,)
    expected = f"{' or '.join(map(str, right))} ({added} added, {problems} malformed or failed)"
    rule = f"IMPORT-BATCH-{seen.status if seen.status in right else right[0]}"
    yield seen.judged(rule, seen.status in right, expected, f"{seen.status}", "status")


@judges("IMPORT-CLEAN")
def clean(seen: CheckContext) -> Iterator[Observation]:
    """On 201 nothing is malformed or failed; on 200 only where nothing new was added."""
    answer = batch_answer(seen)
    if answer is not None and seen.status in (200, 201):
        clean_one = not answer.malformed and not answer.failed
        new = sum(result in ("created", "added_existing") for result in answer.results)
        actual = f"{len(answer.malformed)} malformed, {len(answer.failed)} failed, {new} added"
        ok = clean_one or (seen.status == 200 and not new)
        yield seen.judged("IMPORT-CLEAN", ok, "nothing malformed or failed where something was added", actual)


@judges("IMPORT-INDEXES")
def indexes(seen: CheckContext) -> Iterator[Observation]:
    """«per-item»: each entry once, under its index. Indexes may count from 0 or from 1."""
    answer = batch_answer(seen)
    if answer is None or not answer.sent:
        return
    told = Counter(answer.indexes)
    ok = any(told == Counter(range(base, answer.sent + base)) for base in (0, 1))
    twice = sum(count - 1 for count in told.values())
    actual = f"{len(told)} different indexes, {twice} repeated, from {min(told, default=0)} to {max(told, default=0)}"
    yield seen.judged("IMPORT-INDEXES", ok, f"each of {answer.sent} entries once", actual, "/data/*/index")


@judges("IMPORT-SUMMARY")
def summary(seen: CheckContext) -> Iterator[Observation]:
    """`summary` counts the entries by what became of them."""
    answer, told = batch_answer(seen), answered_summary(seen)
    if answer is None or told is None:
        return
    results = Counter(answer.results)
    true = {"attempted": answer.sent, **{name: results[name] for name in RESULTS}}
    wrong = wrong_counts(told, {**true, "malformed": len(answer.malformed), "failed": len(answer.failed)})
    yield seen.judged("IMPORT-SUMMARY", not wrong, "counts of the answer itself", ", ".join(wrong), "/summary")
