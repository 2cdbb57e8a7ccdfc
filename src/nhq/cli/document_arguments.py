"""Read a document named on the command line: a file, `REV:path` of git, or `-` for the standard input.

`path` is git's own, from the root of the repository or, after `./`, from the present folder; or it is absolute, and
then stands for the same file in the repository that it lies in, wherever we are.
"""

import subprocess
import sys
from pathlib import Path

from nhq.errors import ConfigError


def read_source(name: str) -> bytes:
    """The bytes of a source. Raises ConfigError, with one line, where it can't be read."""
    if name == "-":
        return sys.stdin.buffer.read()
    path = Path(name)
    if path.is_file() or ":" not in name:
        try:
            return path.read_bytes()
        except OSError as problem:
            raise ConfigError(f"{name}: cannot be read ({problem.strerror})") from None
    return _from_git(name)


def _from_git(name: str) -> bytes:
    if name.startswith("-"):
        raise ConfigError(f"{name}: not a git revision")
    revision, path, folder = *name.split(":", 1), None
    if Path(path).is_absolute():
        folder, path = Path(path).parent, f"./{Path(path).name}"
    try:
        shown = subprocess.run(["git", "show", f"{revision}:{path}"], cwd=folder, capture_output=True, check=False)
    except OSError as problem:
        raise ConfigError(f"{name}: git cannot be run ({problem.strerror})") from None
    if shown.returncode:
        told = shown.stderr.decode(errors="replace").strip().splitlines()
        raise ConfigError(f"{name}: {told[0] if told else 'git show failed'}")
    return shown.stdout
