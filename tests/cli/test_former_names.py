"""Former names of commands, options and keys of target files go on working, with one line of notice."""

import re
from pathlib import Path

import pytest

from nhq import cli, paths
from nhq.cli.command_line import COMMANDS
from nhq.cli.former_names import FORMER_COMMANDS, FORMER_OPTIONS, current_command

HISTORY = str(paths.fixtures_folder() / "histories" / "violates-premature-429.jsonl")
#: A call of each, and the names that it is told of.
CALLS = [
    ("power --list", ["power"]),
    ("corpus", ["corpus"]),
    ("power --liberties --list", ["power", "--liberties"]),
    ("mutation --liberty=says-charset --liberty rounds-reset-down --list", ["--liberty"]),
    ("mutation --clean-seeds 1 --list", ["--clean-seeds"]),
    ("mutation --full --list", ["--full"]),
    (f"check {HISTORY} --alone", ["--alone"]),
    ("load drip --plan --alone", ["--alone"]),
    (f"mock --handoff {__file__}", ["--handoff"]),
]
NOTICE = re.compile(r"^nhq: (\S+) is called (\S+) now\n", re.MULTILINE)


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[object, str, str]:
    """The exit code, stdout and stderr of a command."""
    with pytest.raises(SystemExit) as ended:
        cli.main(list(words))
    printed = capsys.readouterr()
    return ended.value.code, printed.out, printed.err


@pytest.mark.parametrize(
    ("line", "former"), CALLS, ids=[line.replace(HISTORY, "HISTORY") for line, _ in CALLS[:-1]] + ["mock"]
)
def test_a_former_name_does_what_todays_does(line: str, former: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """The same output and exit code, and one line on stderr for each former name."""
    code, out, err = run(capsys, *line.split())
    today = current_command(line.split(), quiet=True)
    assert [name for name, _ in NOTICE.findall(err)] == former
    assert (code, out, NOTICE.sub("", err)) == run(capsys, *today)


def test_each_former_name_is_called_here() -> None:
    """No former name goes untried, and none is a name of today's."""
    called = {name for _, names in CALLS for name in names}
    assert called == {*FORMER_COMMANDS, *(former for options in FORMER_OPTIONS.values() for former in options)}
    assert not set(FORMER_COMMANDS) & set(COMMANDS)
    assert {*FORMER_COMMANDS.values(), *FORMER_OPTIONS} <= set(COMMANDS)


@pytest.mark.parametrize("command", ["check", "load", "mock", "mutation"])
def test_former_names_are_hidden(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Help names what an option is called now, and nothing else."""
    _, told, _ = run(capsys, command, "--help")
    options = set(re.findall(r"--[a-z-]+", told))
    assert set(FORMER_OPTIONS[command].values()) <= options
    assert not set(FORMER_OPTIONS[command]) & options


def test_a_former_key_of_a_target_file_works(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`[load]` takes `alone` for `exclusive-keys`."""
    file = tmp_path / "target.toml"
    file.write_text('base_url = "http://127.0.0.1:9"\n[load]\nalone = "perhaps"\n', "utf-8")
    code, _, err = run(capsys, "load", "drip", "--plan", "--target", str(file))
    assert code == 2
    assert err.splitlines()[0] == "nhq: alone is called exclusive-keys now"
    assert "[load] exclusive_keys: 'perhaps' is not a valid boolean" in err


def test_what_follows_two_dashes_is_no_option() -> None:
    """An argument may be called as an option was."""
    assert current_command(["check", "--", "--alone"]) == ["check", "--", "--alone"]
