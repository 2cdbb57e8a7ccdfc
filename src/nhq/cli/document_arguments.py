"""Reading what a command line names: a file, `REV:path` of git, or `-` for the standard input."""

import subprocess
import sys
from pathlib import Path

from nhq.errors import ConfigError


def read_source(name: str, folder: Path | None = None) -> bytes:
    """The bytes of a source; git is asked in `folder`. Raises ConfigError, with one line, where it can't be read."""
    if name == "-":
        return sys.stdin.buffer.read()
    path = Path(name)
    if path.is_file() or ":" not in name:
        try:
            return path.read_bytes()
        except OSError as problem:
            raise ConfigError(f"{name}: cannot be read ({problem.strerror})") from None
    return _from_git(name, folder)


def _from_git(name: str, folder: Path | None) -> bytes:
    if name.startswith("-"):
        raise ConfigError(f"{name}: no revision of git")
    try:
        shown = subprocess.run(["git", "show", name], cwd=folder, capture_output=True, check=False)
    except OSError as problem:
        raise ConfigError(f"{name}: git cannot be run ({problem.strerror})") from None
    if shown.returncode:
        told = shown.stderr.decode(errors="replace").strip().splitlines()
        raise ConfigError(f"{name}: {told[0] if told else 'git show failed'}")
    return shown.stdout
