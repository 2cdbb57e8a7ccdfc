"""Run after run on a live target: one draft is used up each time, and what a draft alone shows is named."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nhq.client.mock_process import mock_target, write_live

NEED_A_DRAFT = {"CAMP-START", "CAMP-START-ENROLLS", "CAMP-START-ENROLLS-ONLY", "OVR-BECOMES-ENROLLED"}
RULES = NEED_A_DRAFT | {
    "CAMP-PAUSE", "CAMP-RESUME", "CAMP-START-ONLY-DRAFT", "CAMP-PAUSE-ONLY-STARTED", "CAMP-RESUME-ONLY-PAUSED",
    "CAMP-REFUSED-UNCHANGED", "CAMP-RESUME-ENROLLS-NOBODY", "CAMP-RESUME-ONLY-FLIPS", "CAMP-ACTION-NO-OTHER",
    "CAMP-ACTION-LISTED", "CAMP-TOTAL-LEADS", "OVR-PENDING", "OVR-ENROLLED",
}  # fmt: skip
CHOSEN = [word for rule in sorted(RULES) for word in ("--rule", rule)]

Record = dict[str, Any]


def runs_in_a_row(count: int, drafts: int, folder: Path) -> Iterator[Record]:
    """The records of so many runs against one mock whose target file names that many drafts."""
    with mock_target(seed=1, options=["--real-time", "--window", "1"]) as target:
        path, environ = write_live(target, folder, ("full_4", "full_5", "full_6"))
        more = rf"^campaign_startable_(?!(?:{'|'.join(str(n) for n in range(2, drafts + 1)) or 'x'}) ).*\n"
        path.write_text(re.sub(more, "", path.read_text("utf-8"), flags=re.MULTILINE), "utf-8")
        for number in range(count):
            out = folder / str(number)
            command = [sys.executable, "-m", "nhq", "gate", "--target", str(path), "--out", str(out), *CHOSEN]
            done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
            yield json.loads((out / "results.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def with_three(tmp_path_factory: pytest.TempPathFactory) -> list[Record]:
    """Three runs with three drafts."""
    return list(runs_in_a_row(3, 3, tmp_path_factory.mktemp("three")))


@pytest.fixture(scope="module")
def with_one(tmp_path_factory: pytest.TempPathFactory) -> list[Record]:
    """Two runs with one draft."""
    return list(runs_in_a_row(2, 1, tmp_path_factory.mktemp("one")))


def held(record: Record) -> set[str]:
    """The chosen rules that hold."""
    return {rule["id"] for rule in record["rules"] if rule["id"] in RULES and rule["verdict"] == "holds"}


@pytest.mark.proof
def test_three_drafts_suffice_for_three_runs(with_three: list[Record]) -> None:
    """One draft a run shows every lifecycle rule, in the third run as in the first."""
    assert [held(record) for record in with_three] == [RULES] * 3


@pytest.mark.proof
def test_each_run_starts_one_draft(with_three: list[Record]) -> None:
    """No run starts a second campaign."""
    starts = [[line for line in record["written"] if line.endswith(": start")] for record in with_three]
    assert [len(lines) for lines in starts] == [1, 1, 1]
    assert len({lines[0] for lines in starts}) == 3


def test_without_a_draft_all_else_is_judged(with_one: list[Record]) -> None:
    """When the only draft is used up, what an unused one alone can show is unknown, and nothing else."""
    assert [held(record) for record in with_one] == [RULES, RULES - NEED_A_DRAFT]


def test_nothing_is_left_running(with_one: list[Record]) -> None:
    """What was last done to each campaign is a pause."""
    for record in with_one:
        last = dict(line.split(": ") for line in record["written"] if line.startswith("campaign "))
        assert set(last.values()) == {"pause"}
