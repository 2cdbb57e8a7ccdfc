"""`nhq nightly` and `nhq nights`: what a night remembers of the nights before."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from nhq.cli.command_line import group
from nhq.errors import ConfigError

# A rule of few requests: no generated ones.
FAULT = ("--fault", "believes-cursors-of-list-campaigns")
NARROW = ("--rule", "WS-CURSOR-OWN", "--operation", "list_campaigns", "--db", "nights.db", "--out", "out")


def nhq(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "nhq", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[subprocess.CompletedProcess[str]]]:
    """Four nights: an honest mock, one with a fault twice, an honest one."""
    folder = tmp_path_factory.mktemp("nights")
    plans: list[tuple[str, ...]] = [(), FAULT, FAULT, ("--text", "chat.txt", "--metrics", "nhq.prom")]
    return folder, [nhq(folder, "nightly", *NARROW, *plan) for plan in plans]


Nights = tuple[Path, list[subprocess.CompletedProcess[str]]]


def test_a_fault_is_new_then_known_then_gone(nights: Nights) -> None:
    """The night that sees it first fails; the next knows it; the one after the repair says that it is gone."""
    _, ended = nights
    assert [night.returncode for night in ended] == [0, 1, 0, 0]
    assert [night.stdout.split()[0] for night in ended] == ["NOTHING", "new", "known", "gone"]


def test_each_night_has_a_seed_of_its_own_and_says_it(nights: Nights) -> None:
    """Without --seed every night draws another, printed, and in the command that shows a finding again."""
    seeds = [night.stderr.split()[1] for night in nights[1]]
    assert len(set(seeds)) == 4
    assert f"--seed {seeds[1]}" in nights[1][1].stdout


def test_chat_and_metrics_are_written(nights: Nights) -> None:
    """--text and --metrics write their files."""
    folder, _ = nights
    assert (folder / "chat.txt").read_text().startswith("mock: NOTHING NEW")
    assert "nhq_night_exit_code" in (folder / "nhq.prom").read_text()


def test_the_nights_are_told_in_words_as_json_and_as_a_page(nights: Nights) -> None:
    """`nhq nights` tells a line a night; --json the same for programs; --html one page."""
    folder, _ = nights
    words = nhq(folder, "nights", "--db", "nights.db", "--html", "page.html")
    told = json.loads(nhq(folder, "nights", "--db", "nights.db", "--json").stdout)
    assert words.returncode == 0
    assert len(words.stdout.splitlines()) == 5
    assert [night["exit_code"] for night in told["nights"]] == [0, 1, 0, 0]
    assert "gone" in (folder / "page.html").read_text()


def test_an_unknown_target_is_one_line(nights: Nights) -> None:
    """A target of which no night is kept is named, with those that are."""
    told = nhq(nights[0], "nights", "--db", "nights.db", "--target", "moc")
    assert told.returncode == 2
    assert "near it: mock" in told.stderr


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--rule", "PAGE-NO-GAP", "PAGE-NO-GAPS"),
        ("--require", "PAGE-NO-GAP", "PAGE-NO-GAPS"),
        ("--fault", "loses-one-at-pages-of-on", "near it: loses-one-at-pages-of-one"),
        ("--minutes", "nan", "no number that ends"),
        ("--minutes", "inf", "no number that ends"),
        ("--max-minutes", "nan", "no number that ends"),
        ("--timeout", "nan", "no number that ends"),
    ],
)
def test_what_is_mistyped_begins_no_night(tmp_path: Path, option: str, value: str, said: str) -> None:
    """A typing mistake is one line and exit 2, and no night that stands as cut short."""
    told = CliRunner().invoke(group, ["nightly", "--db", str(tmp_path / "nights.db"), option, value])
    assert told.exit_code == 2 or isinstance(told.exception, ConfigError)
    assert said in f"{told.stderr}{told.exception}"
    assert not (tmp_path / "nights.db").exists()
