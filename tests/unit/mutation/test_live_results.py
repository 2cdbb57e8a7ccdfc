"""Outcomes of live runs are kept as they come, so that a measurement goes on where it was stopped."""

from pathlib import Path

import pytest

from nhq.errors import ConfigError
from nhq.mutation.live_bench import Live
from nhq.mutation.live_results import keep_outcome, kept_outcomes
from nhq.mutation.mutant_status import MutantOutcome
from nhq.record.mutation_rows import MutantStatus

SEEN = MutantOutcome(
    "pauses-drafts", MutantStatus.KILLED, kills=("CAMP-PAUSE",), at=900, judged={"CAMP-PAUSE": 900}, cpu=1.5
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Holds one outcome, and the beginning of a line."""
    kept = tmp_path / "live.jsonl"
    keep_outcome(kept, Live(), SEEN)
    with kept.open("a") as more:
        more.write('{"live":')
    return kept


def test_outcomes_are_read_as_they_were_kept(file: Path) -> None:
    """A line that was cut off counts for nothing."""
    assert kept_outcomes(file, Live(), seed=1) == {"pauses-drafts": SEEN}


def test_outcomes_of_other_runs_count_for_nothing(file: Path) -> None:
    """Another number of keys or requests, or another seed, is another measurement."""
    assert kept_outcomes(file, Live(keys=1), seed=1) == {}
    assert kept_outcomes(file, Live(), seed=2) == {}


def test_without_a_file_nothing_is_kept() -> None:
    """It is an option."""
    keep_outcome(None, Live(), SEEN)
    assert kept_outcomes(None, Live(), seed=1) == {}


def test_a_file_of_something_else_is_named(tmp_path: Path) -> None:
    """The line says which option to change."""
    other = tmp_path / "other.jsonl"
    other.write_text("[]\n")
    with pytest.raises(ConfigError, match=r"--results other\.jsonl: does not hold outcomes"):
        kept_outcomes(other, Live(), seed=1)
