"""Runs the shell steps of a GitHub workflow or of a GitLab job in a folder, as far as can be without the service.

What `uses` our own action is done step by step; actions of others are left out. Packages are those of this process.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from nhq import paths

OURS = "your-organisation/networkhq-conformance@main"
_PYTHON = f'#!/bin/sh\nif [ "$2" = pip ]; then echo "$@" >> "$PIP_LOG"; exit 0; fi\nexec {sys.executable} "$@"\n'
_GH = '#!/bin/sh\necho "$@" >> "$GH_LOG"\n'


@dataclass(frozen=True)
class Ran:
    """The step's name, its exit code (None: its condition wasn't met), and what it showed."""

    name: str
    code: int | None
    shown: str


@dataclass(frozen=True)
class Runner:
    """A machine whose checkout is `folder`; `tools` holds stand-ins, logs and the summary."""

    folder: Path
    tools: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tools.mkdir(exist_ok=True)
        for name, text in (("python", _PYTHON), ("gh", _GH)):
            (self.tools / name).write_text(text, "utf-8")
            (self.tools / name).chmod(0o755)

    def workflow(self, file: Path, **inputs: str) -> list[Ran]:
        """The one job's steps; `inputs` are given to our action beside what the workflow gives."""
        (job,) = yaml.safe_load(file.read_text("utf-8"))["jobs"].values()
        done: list[Ran] = []
        for step in job["steps"]:
            for one, known in _shell_steps(step, inputs):
                done.append(self._step(one, known, any(ran.code for ran in done)))
        return done

    def job(self, file: Path, name: str) -> Ran:
        """A GitLab job's scripts, after those of what it extends."""
        told = yaml.safe_load(file.read_text("utf-8"))
        job = {**told[told[name]["extends"]], **told[name]}
        return self._run(name, "\n".join([*job["before_script"], *job["script"]]), told["variables"])

    def _step(self, step: Mapping[str, Any], known: Mapping[str, str], has_failed: bool) -> Ran:
        condition = _filled(str(step.get("if", "success()")), known | {"success()": str(not has_failed)})
        if condition not in ("True", "always"):
            return Ran(step["name"], None, "")
        given = {name: _filled(str(value), known) for name, value in step.get("env", {}).items()}
        return self._run(step["name"], _filled(step["run"], {}), given)

    def _run(self, name: str, script: str, given: Mapping[str, str]) -> Ran:
        path = f"{self.tools}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        logs = {"PIP_LOG": str(self.tools / "pip"), "GH_LOG": str(self.tools / "gh.log")}
        summary = {"GITHUB_STEP_SUMMARY": str(self.tools / "summary")}
        ran = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=self.folder,
            env={**os.environ, **given, **logs, **summary, **self.variables, "PATH": path},
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )
        return Ran(name, ran.returncode, ran.stdout + ran.stderr)


def _shell_steps(
    step: Mapping[str, Any], inputs: Mapping[str, str]
) -> Iterator[tuple[Mapping[str, Any], dict[str, str]]]:
    """The steps of a step that a shell runs, with the words that stand for its expressions."""
    github = {
        "github.action_path": str(paths.data_root()),
        "github.token": "token",
        "github.event.pull_request.number": "7",
        "always()": "always",
    }
    if "run" in step:
        yield step, github | {f"secrets.{name}": name for name in step.get("env", {})}
    elif step["uses"] == OURS:
        action = yaml.safe_load((paths.data_root() / "action.yml").read_text("utf-8"))
        given = {**step.get("with", {}), **inputs}
        assert set(given) <= set(action["inputs"])
        known = {f"inputs.{name}": given.get(name, row["default"]) for name, row in action["inputs"].items()}
        secrets = {name: _filled(value, {f"secrets.{name}": name}) for name, value in step.get("env", {}).items()}
        assert all(name == value for name, value in secrets.items())
        known["inputs.base != ''"] = str(bool(known["inputs.base"]))
        for inner in action["runs"]["steps"]:
            if "run" in inner:
                assert inner["shell"] == "bash"
                yield inner, github | known


def _filled(text: str, known: Mapping[str, str]) -> str:
    """The text with its expressions done. Raises KeyError for one that a test doesn't know."""
    return known[text] if text in known else re.sub(r"\$\{\{ (.+?) \}\}", lambda found: known[found[1]], text)
