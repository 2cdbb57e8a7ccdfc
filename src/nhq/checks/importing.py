"""Import of leads: shape, status, indexes and summary of one answer, against the request and each other."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from nhq.checks.lists import counts, differences, entries, listed
from nhq.checks.seen import Seen, judges
from nhq.checks.values import whole
from nhq.model import Observation

RESULTS = ("created", "added_existing", "already_in_list")


@dataclass(frozen=True, slots=True)
class Batch:
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
        told = (whole(item.get("index")) if isinstance(item, dict) else None for item in parts)
        return [-1 if index is None else index for index in told]


def batch(seen: Seen) -> Batch | None:
    """A batch import that was answered with a batch; None for anything else."""
    sent = entries(seen, "leads")
    data, malformed, failed = (listed(seen, name) for name in ("data", "malformed", "failed"))
    if seen.operation.id != "import_leads" or not seen.exchange.ok or sent is None or len(seen.request) != 1:
        return None
    if data is None or malformed is None or failed is None:
        return None
    return Batch(len(sent), data, malformed, failed)


def single(seen: Seen) -> bool:
    """One lead was sent, and a 2xx came back."""
    sent = seen.request
    return seen.operation.id == "import_leads" and seen.exchange.ok and isinstance(sent, dict) and "leads" not in sent


@judges("IMPORT-SHAPE")
def shape(seen: Seen) -> Iterator[Observation]:
    """One lead: the lead and its `result`. A batch: `data`, `malformed`, `failed` and `summary`.

    That a body is an object at all is the schema's to say.
    """
    if not isinstance(seen.body, dict):
        return
    if single(seen):
        ok = isinstance(seen.body.get("data"), dict) and seen.body.get("result") in RESULTS
        yield seen.judged("IMPORT-SHAPE", ok, "the lead and its result", "another shape")
    elif seen.operation.id == "import_leads" and seen.exchange.ok and entries(seen, "leads") is not None:
        missing = [name for name in ("data", "malformed", "failed") if listed(seen, name) is None]
        missing += [] if counts(seen) is not None else ["summary"]
        yield seen.judged("IMPORT-SHAPE", not missing, "the shape of a batch", f"without {', '.join(missing)}")


@judges("IMPORT-SINGLE-STATUS")
def single_status(seen: Seen) -> Iterator[Observation]:
    """«returning 200 when the lead was `already_in_list` and 201 otherwise»"""
    result = seen.body.get("result") if isinstance(seen.body, dict) else None
    if single(seen) and result in RESULTS:
        expected = 200 if result == "already_in_list" else 201
        yield seen.judged("IMPORT-SINGLE-STATUS", seen.status == expected, f"{expected} for {result}", f"{seen.status}")


@judges("IMPORT-BATCH-201", "IMPORT-BATCH-207", "IMPORT-BATCH-200")
def batch_status(seen: Seen) -> Iterator[Observation]:
    """«201 when leads were created or attached with no problems, 207 when some entries were malformed or failed, and
    200 when nothing new was added»; malformed or failed entries make it 207 whatever the others did."""
    answer = batch(seen)
    if answer is None or not answer.sent or any(result not in RESULTS for result in answer.results):
        return
    added = sum(result != "already_in_list" for result in answer.results)
    problems = len(answer.malformed) + len(answer.failed)
    expected = 207 if problems else 201 if added else 200
    told = f"{added} added, {problems} malformed or failed"
    yield seen.judged(
        f"IMPORT-BATCH-{expected}", seen.status == expected, f"{expected} ({told})", f"{seen.status}", "status"
    )


@judges("IMPORT-CLEAN")
def clean(seen: Seen) -> Iterator[Observation]:
    """On 200 and 201 nothing is malformed or failed."""
    answer = batch(seen)
    if answer is not None and seen.status in (200, 201):
        actual = f"{len(answer.malformed)} malformed, {len(answer.failed)} failed"
        yield seen.judged("IMPORT-CLEAN", not answer.malformed and not answer.failed, "none on 200 and 201", actual)


@judges("IMPORT-INDEXES")
def indexes(seen: Seen) -> Iterator[Observation]:
    """«per-item»: each entry once, under its index. Counting from 1 is as good as from 0."""
    answer = batch(seen)
    if answer is None or not answer.sent:
        return
    told = Counter(answer.indexes)
    ok = any(told == Counter(range(base, answer.sent + base)) for base in (0, 1))
    twice = sum(count - 1 for count in told.values())
    actual = f"{len(told)} different indexes, {twice} repeated, from {min(told, default=0)} to {max(told, default=0)}"
    yield seen.judged("IMPORT-INDEXES", ok, f"each of {answer.sent} entries once", actual, "/data/*/index")


@judges("IMPORT-SUMMARY")
def summary(seen: Seen) -> Iterator[Observation]:
    """`summary` counts the entries by what became of them."""
    answer, told = batch(seen), counts(seen)
    if answer is None or told is None:
        return
    results = Counter(answer.results)
    true = {"attempted": answer.sent, **{name: results[name] for name in RESULTS}}
    wrong = differences(told, {**true, "malformed": len(answer.malformed), "failed": len(answer.failed)})
    yield seen.judged("IMPORT-SUMMARY", not wrong, "counts of the answer itself", ", ".join(wrong), "/summary")
