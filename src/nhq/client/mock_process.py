"""Start the bundled mock as a process of its own, and stop it."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import tomli_w

from nhq.child_processes import tie_to_parent
from nhq.client.control_plane import ControlPlane
from nhq.client.target import Target, load_target
from nhq.errors import ConfigError, TargetError
from nhq.model import Identity
from nhq.paths import root_environment

_STOP_SECONDS = 5


@contextmanager
def mock_target(*, seed: int, options: Sequence[str] = ()) -> Iterator[Target]:
    """A fresh mock on a free loopback port, with its control plane; ended when the block is left.

    Raises ConfigError with the mock's own line when it doesn't start.
    """
    with tempfile.TemporaryDirectory(prefix="nhq-") as folder:
        command = [sys.executable, "-m", "nhq", "mock", "--port", "0", "--control", "--write-target", folder]
        said = Path(folder) / "mock.log"
        with said.open("w", encoding="utf-8") as log:  # not a pipe: nobody reads along, and a full one stops the mock
            process = subprocess.Popen(
                [*command, "--seed", str(seed), *options],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                **tie_to_parent({**os.environ, **root_environment()}),
            )
        try:
            _await_ready(process, said)
            yield handed_over(Path(folder))
        finally:
            _stop(process)


def handed_over(folder: Path) -> Target:
    """The target that a mock described in the folder that it wrote."""
    lines = (folder / "keys.env").read_text("utf-8-sig").splitlines()
    keys = dict(line.removeprefix("export ").split("=", 1) for line in lines if "=" in line)
    return replace(load_target(folder / "target.toml", {**os.environ, **keys}), name="mock")


def write_live(target: Target, folder: Path, more: Sequence[str] = ()) -> tuple[Path, dict[str, str]]:
    """A controlled mock as a live target: a file that names no control plane, and the environment with its keys.

    `more` are labels of further keys to issue in the main workspace, with all scopes.
    """
    control = ControlPlane(target.control_url, target.control_token)
    widest = max((key.scopes for key in target.keys), key=len)
    issued = [
        Identity(label, target.workspace, widest, control.issue(target.workspace, sorted(widest), label))
        for label in more
    ]
    control.close()
    keys = [*target.keys, *issued]
    top = {"base_url": target.base_url, "allow": sorted(target.allow), "limit": target.limit, "window": target.window}
    rows = [
        {
            "label": key.label,
            "env": _variable(key),
            "workspace": key.workspace,
            "scopes": sorted(key.scopes),
            "revoked": key.revoked,
        }
        for key in keys
    ]
    path = folder / "live.toml"
    path.write_text(tomli_w.dumps({**top, "given": dict(target.given), "key": rows}), "utf-8")
    return path, {**os.environ, **{_variable(key): key.secret for key in keys}}


def _variable(key: Identity) -> str:
    return f"NHQ_LIVE_KEY_{key.label.upper()}"


def _await_ready(process: "subprocess.Popen[str]", log: Path) -> None:
    assert process.stdout is not None
    if "ready" in process.stdout.readline():
        return
    process.wait(_STOP_SECONDS)
    said = log.read_text("utf-8", "replace").strip().splitlines()
    raise ConfigError(f"the mock did not start: {said[-1] if said else 'it said nothing'}")


def _stop(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        raise TargetError("the mock did not stop when asked") from None
    finally:
        if process.stdout is not None:
            process.stdout.close()
