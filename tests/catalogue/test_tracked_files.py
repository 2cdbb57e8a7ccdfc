"""Nothing in the repository names the machine it was written on, or the hosts that packages came from."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from nhq import paths

# Put together, so that this file does not name them either.
FOLDERS = "|".join(("work", "root", "tmp", "home", "Users"))
MACHINE = re.compile(rf"(?<![\w.~:/\-}}\])])/(?:{FOLDERS})/[\w.\-]+")
HOSTS = (
    "pypi" + ".org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "npm" + "js.com",
    "go" + "lang.org",
    "art" + "ifactory",
)
REGISTRY = re.compile("|".join(re.escape(host) for host in HOSTS) + r"|--(?:extra-)?index-url\s+\S")


def tracked() -> Iterator[Path]:
    """Text files under version control; those that are binary or gone aside."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=paths.data_root(), capture_output=True, text=True, check=True, timeout=30
    )
    for name in filter(None, listed.stdout.split("\0")):
        path = paths.data_root() / name
        if path.is_file() and b"\0" not in path.read_bytes()[:8000]:
            yield path


@pytest.fixture(scope="module")
def lines() -> list[tuple[str, str]]:
    if not (paths.data_root() / ".git").exists():
        pytest.skip("not a git checkout: there are no tracked files to look at")
    return [
        (f"{path.relative_to(paths.data_root())}:{number}", line)
        for path in tracked()
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
    ]


def test_no_file_names_a_folder_of_this_machine(lines: list[tuple[str, str]]) -> None:
    """A path that exists here alone would work here alone."""
    assert [where for where, line in lines if MACHINE.search(line)] == []


def test_no_file_names_a_package_registry(lines: list[tuple[str, str]]) -> None:
    """Where packages come from is the installer's business, not the repository's."""
    assert [where for where, line in lines if REGISTRY.search(line)] == []


def test_the_lock_file_names_no_host() -> None:
    """The lock file pins names, versions and hashes, and works with any index."""
    assert "://" not in (paths.data_root() / "requirements.lock").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", ["/{}/main/x", " at /{}/a", "'/{}/b'", "=/{}/c"])
def test_a_folder_of_a_machine_is_recognised(path: str) -> None:
    """Bare, quoted or after a sign, for each of the folders looked for."""
    assert all(MACHINE.search(path.format(folder)) for folder in FOLDERS.split("|"))


@pytest.mark.parametrize("text", ["https://x.test/{}/a", "~/{}/a", "src/{}/a", "/{}", "/{}s/a"])
def test_other_paths_are_left_alone(text: str) -> None:
    """URLs, relative paths and longer names are not folders of a machine."""
    assert not any(MACHINE.search(text.format(folder)) for folder in FOLDERS.split("|"))
