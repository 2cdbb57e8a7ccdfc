"""`st run openapi.json --url …` with our hooks: clean against an honest mock; a lie is told with its sentence."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from nhq import paths
from nhq.checks.exchange import CHECKS
from nhq.client.mock_process import mock_target
from nhq.client.target import Target


def st_run(target: Target, folder: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    """Schemathesis' own command, in a folder that holds openapi.json and the root's schemathesis.toml."""
    for name in ("openapi.json", "schemathesis.toml"):
        shutil.copy(paths.data_root() / name, folder)
    environ = {**os.environ, "NHQ_KEY": target.keys[0].secret, "SCHEMATHESIS_HOOKS": "nhq.schemathesis_hooks"}
    command = [sys.executable, "-m", "schemathesis.cli", "run", "openapi.json", "--url", target.base_url]
    return subprocess.run(
        [*command, "--workers", "1", "--seed", "1", *options],
        cwd=folder, env=environ, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


FEW = ("list_lead_lists", "create_lead_lists", "get_lead_list")


@pytest.mark.parametrize(
    ("options", "tested"),
    [
        (("--max-examples", "1", *(word for name in FEW for word in ("--include-operation-id", name))), len(FEW)),
        pytest.param(("--max-examples", "50"), 16, marks=pytest.mark.proof),
    ],
    ids=["few", "all"],
)
def test_an_honest_server_is_accused_of_nothing(options: tuple[str, ...], tested: int, tmp_path: Path) -> None:
    """All phases, all of Schemathesis' usual checks and all of ours: exit 0, and no check of ours crashed."""
    with mock_target(seed=1, options=["--limit", "1000000"]) as target:
        done = st_run(target, tmp_path, *options)
    assert done.returncode == 0, done.stdout[-4000:]
    assert f"Tested: {tested}" in done.stdout
    assert "No issues found" in done.stdout
    assert "nhq: the check" not in done.stderr


def test_a_lie_is_told_by_a_check_of_ours(tmp_path: Path) -> None:
    """What Schemathesis by itself can't see, a rule of the prose, fails with its sentence, and the run ends with 1."""
    few = ("--include-operation-id", "get_lead", "--phases", "coverage", "--max-examples", "1")
    with mock_target(seed=1, options=["--limit", "1000000", "--fault", "no-headers-on-404"]) as target:
        done = st_run(target, tmp_path, *few)
    assert done.returncode == 1, done.stdout[-4000:]
    assert "RL-HEADERS: “" in done.stdout


def test_every_universal_check_is_one_of_schemathesis() -> None:
    """But for those about a key's scopes: `st` is told of no scopes, and a wrong key is the caller's mistake."""
    code = "import nhq.schemathesis_hooks, schemathesis.checks as c; print(*c.CHECKS.get_all_names())"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    ours = {f"nhq_{check.__module__.rpartition('.')[2]}_{check.__name__}" for check in CHECKS}
    assert ours - set(told) == {"nhq_auth_valid_key_is_known", "nhq_auth_scope_is_enough"}
