"""What a reviewer's CI copies: the action, the workflows, GitLab's template and the hook, run in a made repository."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from repositories import git, make_repository
from steps import Ran, Runner

from nhq import paths

NARROW = "--rule AUTH-ABSENT --operation list_linkedin_accounts"
QUICK = "--rule WS-LISTS-OWN --operation list_campaigns"  # no generated requests: those of a night fill a window
WORKFLOWS = paths.data_root() / "docs" / "workflows"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository whose branch main has our openapi.json."""
    return make_repository(tmp_path / "repository")


def merge(folder: Path, edit: Any) -> str:
    """The merge of a pull request with an edit, checked out; what it was merged into."""
    base = git(folder, "rev-parse", "main").strip()
    git(folder, "checkout", "-q", "-b", "change")
    (folder / "openapi.json").write_text(json.dumps(edit.document(), indent=2), "utf-8")
    git(folder, "commit", "-qam", "change")
    git(folder, "checkout", "-q", "--detach", "main")
    git(folder, "merge", "-q", "--no-ff", "-m", "merge", "change")
    return base


@pytest.fixture
def staging(repository: Path) -> Iterator[dict[str, str]]:
    """A server that staging.toml names; the environment with its keys."""
    served = subprocess.Popen(
        [sys.executable, "-m", "nhq", "mock", "--port", "0", "--write-target", str(repository / "mock")],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert served.stdout is not None
        served.stdout.readline()
        shutil.copy(repository / "mock" / "target.toml", repository / "staging.toml")
        lines = (repository / "mock" / "keys.env").read_text("utf-8").splitlines()
        words = [word.removeprefix("export ") for word in lines if "=" in word and not word.startswith("#")]
        yield {name: shlex.split(value)[0] for name, _, value in (word.partition("=") for word in words)}
    finally:
        served.terminate()
        served.wait(20)


def codes(ran: list[Ran]) -> dict[str, int | None]:
    return {one.name: one.code for one in ran}


def test_the_pull_request_workflow_fails_shows_and_comments(
    repository: Path, tmp_path: Path, edits: Mapping[str, Any]
) -> None:
    """A break ends the job; the summary and the comment, which come after, have the whole answer."""
    merge(repository, edits["request-field-required"])
    runner = Runner(repository, tmp_path / "tools", {"GITHUB_ACTIONS": "true"})
    ran = runner.workflow(WORKFLOWS / "pull-request.yml", arguments=NARROW)
    expected = {"Install": 0, "Fetch the base": 0, "Judge": 1, "Show the summary": 0, "Comment": 0}
    assert codes(ran) == expected, "\n".join(one.shown for one in ran)
    assert re.search(r"::error file=openapi\.json,line=\d+,.*breaking", ran[2].shown), ran[2].shown
    comment = (repository / "reports" / "out" / "pull-request.md").read_text("utf-8")
    assert "diff failed, cassettes failed" in comment
    assert "#### breaking (1)" in comment
    assert (tmp_path / "tools" / "summary").read_text("utf-8") == comment
    assert "pr comment 7 --edit-last" in (tmp_path / "tools" / "gh.log").read_text("utf-8")
    assert "--constraint /" in (tmp_path / "tools" / "pip").read_text("utf-8")


def test_the_nightly_workflow_judges_the_server_of_the_target_file(
    repository: Path, tmp_path: Path, staging: Mapping[str, str]
) -> None:
    """The keys come from the environment; the record of nights is pushed to its branch."""
    git(tmp_path, "init", "-q", "--bare", "origin")
    git(repository, "remote", "set-url", "origin", str(tmp_path / "origin"))
    (repository / "docs" / "workflows").mkdir(parents=True)
    shutil.copy(WORKFLOWS / "nightly.sh", repository / "docs" / "workflows")
    runner = Runner(repository, tmp_path / "tools", {**staging, "NHQ_ARGUMENTS": f"--minutes 0.2 {QUICK}"})
    ran = runner.workflow(WORKFLOWS / "nightly.yml")
    assert codes(ran) == {"Install": 0, "Judge, and keep the record of nights": 0}, ran[-1].shown
    assert "nights.db" in git(tmp_path / "origin", "ls-tree", "--name-only", "nights")


def test_the_load_workflow_loads_the_server_of_the_target_file(
    repository: Path, tmp_path: Path, staging: Mapping[str, str]
) -> None:
    """Asked for its plan alone, it names what it would send, and sends nothing."""
    runner = Runner(repository, tmp_path / "tools", staging)
    ran = runner.workflow(WORKFLOWS / "load.yml", arguments="--plan")
    assert codes(ran)["Judge"] == 0, ran[2].shown
    assert "stampede" in ran[2].shown


def test_the_jobs_for_gitlab_run(
    repository: Path, tmp_path: Path, edits: Mapping[str, Any], staging: Mapping[str, str]
) -> None:
    """A merge request with a break fails; a harmless one passes; the nightly one judges the server."""
    base = merge(repository, edits["field-described"])
    given = {**staging, "CI_MERGE_REQUEST_DIFF_BASE_SHA": base, "NHQ_ARGUMENTS": NARROW}
    runner = Runner(repository, tmp_path / "tools", given)
    file = WORKFLOWS / "gitlab-ci.yml"
    for name in ("api-contract", "nightly"):
        ran = runner.job(file, name)
        assert ran.code == 0, ran.shown
    planned = Runner(repository, tmp_path / "tools", {**given, "NHQ_ARGUMENTS": "--plan"}).job(file, "rate-limit")
    assert planned.code == 0, planned.shown


@pytest.mark.parametrize(("edit", "code"), [("request-field-required", 1), ("field-described", 0)])
def test_the_hook_stops_a_commit_that_breaks_a_client(
    repository: Path, edits: Mapping[str, Any], edit: str, code: int
) -> None:
    """It compares what is being committed with the last commit, and lets a harmless change through."""
    (hook,) = yaml.safe_load((paths.data_root() / ".pre-commit-hooks.yaml").read_text("utf-8"))
    (repository / "openapi.json").write_text(json.dumps(edits[edit].document()), "utf-8")
    git(repository, "add", "openapi.json")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    ran = subprocess.run(
        shlex.split(hook["entry"]), cwd=repository, env={**os.environ, "PATH": path}, capture_output=True, check=False
    )
    assert (ran.returncode, hook["pass_filenames"]) == (code, False), ran.stdout
