"""With few keys, what can be judged is judged: no prerequisite of one rule keeps another from being looked at."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from nhq.client.mock_process import mock_target, write_live

PAGES = ("PAGE-", "ORDER-", "SEARCH-")
ENOUGH = ("--requests", "1000")  # what is asked here is what keys and data let be judged, not what few requests do


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str]]]:
    """A mock whose clock is moved where a run waits, and a target file for it."""
    with mock_target(seed=1) as target:
        path, environ = write_live(target, tmp_path_factory.mktemp("live"), ())
        control = f'control_url = "{target.control_url}"\ncontrol_env = "NHQ_TEST_CONTROL"\n'
        path.write_text(control + path.read_text("utf-8"), "utf-8")
        yield path, environ | {"NHQ_TEST_CONTROL": target.control_token}


def judged_with(live: tuple[Path, dict[str, str]], label: str, out: Path, given: bool = True) -> set[str]:
    """The rules of which at least one cell holds, for a target file with one key of the mock's."""
    head, *keys = live[0].read_text("utf-8").split("[[key]]")
    (key,) = (text for text in keys if f'label = "{label}"' in text)
    head = head if given else head.partition("[given]")[0]
    target = out / "one.toml"
    target.write_text(f"{head}[[key]]{key}", "utf-8")
    command = [
        sys.executable,
        "-m",
        "nhq",
        "gate",
        "--target",
        str(target),
        "--profile",
        "live",
        "--out",
        str(out),
        *ENOUGH,
    ]
    done = subprocess.run(command, env=live[1], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    record = json.loads((out / "results.json").read_text("utf-8"))
    return {rule["id"] for rule in record["rules"] if "holds" in json.dumps(rule["cells"])}


def test_one_key_of_one_scope_judges_sixty_rules(live: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    """leads:read alone shows pages, order and search of leads, keys that are refused, and its own limit."""
    judged = judged_with(live, "only_leads_read", tmp_path)
    assert len(judged) >= 60
    assert sum(rule.startswith(PAGES) for rule in judged) >= 25
    assert "AUTH-ABSENT" in judged  # which needs no key at all


@pytest.mark.proof
def test_one_wide_key_judges_a_hundred_and_fifty_rules(live: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    """All scopes and effects, and no second workspace: only what compares keys and workspaces is left out."""
    assert len(judged_with(live, "full", tmp_path)) >= 150


@pytest.mark.proof
def test_an_almost_empty_workspace_judges_a_hundred_and_forty_rules(
    live: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    """Forty leads, no credits and nothing named: little is there to be looked at, and nobody is accused for that."""
    assert len(judged_with(live, "beta_full", tmp_path, given=False)) >= 140
