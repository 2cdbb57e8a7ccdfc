"""By what a change of the suite is known."""

from pathlib import Path

import nhq
from nhq.nights.suite_version import suite_version


def folder(path: Path, **texts: str) -> Path:
    path.mkdir()
    for name, text in texts.items():
        (path / name.replace("_", ".")).write_text(text, "utf-8")
    return path


def test_it_changes_with_what_judges_alone(tmp_path: Path) -> None:
    """A test or a rule that differs makes another suite; its place and what Python leaves there don't."""
    one = folder(tmp_path / "one", test_py="1", rules_toml="2")
    same = folder(tmp_path / "same", test_py="1", rules_toml="2", test_pyc="3")
    other = folder(tmp_path / "other", test_py="1", rules_toml="4")
    assert suite_version([one]) == suite_version([same]) != suite_version([other])


def test_it_begins_with_the_version() -> None:
    """The same each time, for the suite as it stands."""
    assert suite_version() == suite_version()
    assert suite_version().startswith(f"{nhq.__version__}+")
