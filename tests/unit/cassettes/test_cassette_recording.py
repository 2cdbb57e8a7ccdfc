"""Which recordings are kept: as few and small ones as show everything, and none that went wrong."""

from pathlib import Path

import pytest

from nhq.cassettes.cassette_recording import (
    LARGEST,
    RecordedTest,
    RecordOptions,
    choose_tests,
    fewest_covering,
    record_cassettes,
    write_cassettes,
)
from nhq.cassettes.cassette_transport import blank_cassette
from nhq.errors import ConfigError


def take(test: str, size: int, shown: str, outcome: str = "passed", cause: str = "") -> RecordedTest:
    return RecordedTest(test, blank_cassette(Path(test)), size, frozenset(shown), outcome, cause)


def test_everything_shown_stays_shown() -> None:
    """What any take shows, a kept one shows."""
    takes = [take("a", 100, "xy"), take("b", 90, "yz"), take("c", 50_000, "xyzw")]
    assert set().union(*(t.shown for t in fewest_covering(takes))) == set("xyzw")


def test_the_smaller_of_two_is_kept() -> None:
    """Two that show the same: the one that costs less."""
    kept, left_out = choose_tests([take("large", 90_000, "xy"), take("small", 100, "xy")])
    assert [t.test for t in kept] == ["small"]
    assert left_out == {"large": "shows nothing that another recording doesn't"}


def test_what_went_wrong_is_not_kept_and_told() -> None:
    """With findings, unknown, or too large: each with its reason."""
    takes = [
        take("good", 1, "x"),
        take("failed", 1, "y", "failed"),
        take("unmet", 1, "z", "unknown", "no lead"),
        take("huge", LARGEST + 1, "w"),
    ]
    kept, left_out = choose_tests(takes)
    assert [t.test for t in kept] == ["good"]
    assert left_out["failed"] == "findings while it was recorded"
    assert left_out["unmet"] == "no lead"
    assert "too many" in left_out["huge"]


def test_tests_that_were_asked_for_are_all_kept() -> None:
    """Whoever names tests wants those."""
    assert len(choose_tests([take("a", 1, "x"), take("b", 1, "x")], everything=True)[0]) == 2


def test_no_cassette_is_written_through_a_link(tmp_path: Path) -> None:
    """Nothing is taken away either: the link is named."""
    folder, elsewhere = tmp_path / "cassettes", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    (folder / "test_lists").symlink_to(elsewhere)
    (folder / "discovery.yaml").write_text("kept", "utf-8")
    with pytest.raises(ConfigError, match="leads out of"):
        write_cassettes(folder, [blank_cassette(folder / "test_lists" / "test_one.yaml")])
    assert (list(elsewhere.iterdir()), (folder / "discovery.yaml").read_text("utf-8")) == ([], "kept")


def test_a_word_that_no_scenario_has_is_told(tmp_path: Path) -> None:
    """The option is named, and nothing is written."""
    with pytest.raises(ConfigError, match="--test nobodys: no scenario's name contains this"):
        record_cassettes(RecordOptions(tmp_path / "new", tests=("nobodys",)))
    assert not (tmp_path / "new").exists()
