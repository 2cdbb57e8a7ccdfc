"""A night from cron, whose record stays on a branch; and one in which the server refuses a key."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from controlled_mock import ControlledMock, controlled_mock

from nhq.nights.night import FindingState
from nhq.nights.night_store import NightStore

WORKFLOWS = Path(__file__).parents[2] / "docs" / "workflows"
OWN, OTHER = "WS-CURSOR-OWN", "LIST-NAME-KEPT"
FAULT = "believes-cursors-of-list-campaigns"


@pytest.fixture(scope="module")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlledMock]:
    """One server for all."""
    with controlled_mock(tmp_path_factory.mktemp("kept")) as mock:
        yield mock


def run(folder: Path, *words: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    """A command, `nhq` among those that it finds."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    given = {**os.environ, "PATH": path, **environ}
    return subprocess.run(words, cwd=folder, env=given, capture_output=True, text=True, timeout=120, check=False)


def test_the_record_stays_on_a_branch(mock: ControlledMock, tmp_path: Path) -> None:
    """The script as it stands: two nights from two fresh clones are nights of one record, pushed, with their page."""
    run(tmp_path, "git", "init", "--quiet", "--bare", "origin")
    seen = []
    for number in (1, 2):
        clone = tmp_path / f"clone{number}"
        run(tmp_path, "git", "clone", "--quiet", "origin", str(clone))
        author = ("-c", "user.name=a", "-c", "user.email=a@example.test")
        run(clone, "git", *author, "commit", "--quiet", "--allow-empty", "-m", "begin")
        run(clone, "git", "push", "--quiet", "origin", "HEAD:main")
        with mock.lying(FAULT):
            night = run(clone, "sh", str(WORKFLOWS / "nightly.sh"), str(mock.file), "--rule", OWN, "--seed", "1")
        seen.append((night.returncode, night.stdout.split()[0]))
    told = run(tmp_path, "git", "-C", "origin", "ls-tree", "--name-only", "nights").stdout.split()
    assert seen == [(1, "new"), (0, "known")]
    assert set(told) == {"nights.db", "index.html", "nhq.prom", "chat.txt", "cases"}


def test_the_workflow_runs_the_script() -> None:
    """What GitHub runs each night is that script, with leave to push."""
    told = yaml.safe_load((WORKFLOWS / "nightly.yml").read_text("utf-8"))
    runs = [step.get("run", "") for step in told["jobs"]["staging"]["steps"]]
    assert any(line.startswith("sh docs/workflows/nightly.sh ") for line in runs)
    assert told["permissions"] == {"contents": "write"}


def test_a_refused_key_costs_the_rules_that_need_it(mock: ControlledMock, tmp_path: Path) -> None:
    """The other workspace's keys are refused: what needs them is unseen with that cause, the rest is judged."""
    words = (sys.executable, "-m", "nhq", "nightly", "--target", str(mock.file), "--seed", "1")
    words = (
        *words,
        "--rule",
        OWN,
        "--rule",
        OTHER,
        "--operation",
        "list_campaigns",
        "--operation",
        "create_lead_lists",
    )
    wrong = {name: f"nhq-wrong-{name}" for name in mock.environ if "BETA" in name}
    with mock.lying(FAULT):
        first = run(tmp_path, *words)
        second = run(tmp_path, *words, **wrong)
    store = NightStore(tmp_path / "reports" / "nights.db")
    (target,) = store.targets()
    (standing,) = store.standings(2)
    assert (first.returncode, second.returncode) == (1, 1), second.stderr
    assert (standing.sighting.rule, standing.state) == (OWN, FindingState.UNSEEN)
    assert "refused" in standing.cause or "no key" in standing.cause
    assert any("refused" in mark for mark in store.entries(target)[-1].marks)
    assert f"no longer judged: {OWN}" in second.stdout
    assert OTHER not in second.stdout
