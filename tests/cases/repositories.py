"""Made git repositories that hold our contract."""

import shutil
import subprocess
from pathlib import Path

from nhq import paths


def git(folder: Path, *words: str) -> str:
    """Run git as somebody; what it printed."""
    somebody = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    return subprocess.run(["git", *somebody, *words], cwd=folder, check=True, capture_output=True, text=True).stdout


def make_repository(folder: Path) -> Path:
    """A repository whose branch main has our openapi.json, and which is its own origin."""
    folder.mkdir(exist_ok=True)
    shutil.copy(paths.openapi_file(), folder / "openapi.json")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "remote", "add", "origin", str(folder))
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    return folder
