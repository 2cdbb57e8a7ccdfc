"""README and docs/: their commands are ours, their links lead somewhere, and the README names every page."""

import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from nhq import paths
from nhq.cli.command_line import group

ROOT = paths.data_root()
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "ARCHITECTURE.md", *sorted((ROOT / "docs").glob("*.md"))]
#: What stands for a value in a page -> a value that could stand there.
VALUES = {"N": "3", "I/N": "1/4"}
#: Commands that need no server and end at once: they are run.
QUICK = ("nhq explain ", "nhq load --list", "nhq load mixed --plan", "nhq mutation --variants --list")
#: Names of files in commands; a folder has each of them.
FILES = re.compile(r"[A-Za-z0-9_./-]+\.(toml|json|ya?ml|har|csv|arrow|gz)|FILE|NEW|OLD|HISTORY…|FOLDER")


def blocks_of(page: Path) -> Iterator[str]:
    """The lines of a page's blocks of code."""
    for block in page.read_text(encoding="utf-8").split("```")[1::2]:
        yield from block.splitlines()[1:]


def code_of(page: Path) -> Iterator[str]:
    """The lines of a page's blocks of code, and what stands between backticks in its text."""
    yield from blocks_of(page)
    for text in page.read_text(encoding="utf-8").split("```")[::2]:
        yield from (" ".join(code.split()) for code in re.findall(r"`([^`]+)`", text))


def commands(code: Callable[[Path], Iterator[str]] = code_of) -> list[str]:
    """Every `nhq …` of the pages, without comments and what it is piped into."""
    lines = (re.split(r"\s#\s|\s>\s|\\?\|", line)[0].strip() for page in PAGES for line in code(page))
    return sorted({line for line in lines if re.match("nhq [a-z]", line) and not line.endswith("…")})


def words_of(command: str) -> list[str]:
    """The arguments of a command, with values for what stands for them."""
    return [VALUES.get(word, word) for word in shlex.split(command)[1:]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every file that commands name, and the nights that some read."""
    made = tmp_path_factory.mktemp("pages")
    (made / "reports").mkdir()
    (made / "reports" / "nights.db").touch()
    for command in commands():
        for word in filter(FILES.fullmatch, words_of(command)):
            (made / word).parent.mkdir(parents=True, exist_ok=True)
            (made / word).touch()
    return made


@pytest.mark.parametrize("command", commands())
def test_a_command_is_understood(command: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command of a page has a name, options and arguments that `nhq` takes; in a block it is whole."""
    monkeypatch.chdir(folder)
    name, *rest = words_of(command)
    found = group.get_command(click.Context(group), name)
    assert found is not None, f"no command {name}"
    try:
        found.make_context(name, rest).close()
    except click.MissingParameter:
        assert command not in commands(blocks_of)


@pytest.mark.parametrize("command", [one for one in commands() if one.startswith(QUICK)])
def test_a_quick_command_runs(command: str) -> None:
    """What needs no server does what the page says, to its end."""
    done = CliRunner().invoke(group, words_of(command), standalone_mode=False)
    assert done.exception is None, done.output
    assert done.output


def test_verbs_of_make_are_there() -> None:
    """Each `make VERB` of a page is a verb of the Makefile."""
    verbs = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    told = {verb for page in PAGES for line in code_of(page) for verb in re.findall(r"^make ([a-z]+)", line)}
    assert told
    assert told <= verbs


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """What a page links to in this project is there."""
    targets = re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
    assert [one for one in targets if "://" not in one and not (page.parent / one).exists()] == []


def test_the_readme_names_every_page() -> None:
    """Whoever begins with the README finds each page of docs/."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in (ROOT / "docs").glob("*.md") if f"(docs/{page.name})" not in text] == []
