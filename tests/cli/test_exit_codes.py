"""0, 1, 2 and 130 mean what docs/verdicts.md says, whatever happens around a run."""

import io
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from nhq.cli import command_line as cli
from nhq.errors import ConfigError

NHQ = [sys.executable, "-m", "nhq"]


def ended(monkeypatch: pytest.MonkeyPatch, problem: BaseException, *words: str) -> int:
    """The exit code where a command of ours raises something."""

    def breaks(**options: object) -> None:
        raise problem

    monkeypatch.setattr(cli.group, "get_command", lambda context, name: click.Command(name, callback=breaks))
    with pytest.raises(SystemExit) as exited:
        cli.main([*words, "gate"])
    return int(str(exited.value.code))


@pytest.mark.parametrize(
    ("problem", "line"),
    [
        (KeyError("x"), "KeyError at"),
        (RecursionError("deep"), "RecursionError at"),
        (EOFError(), "EOFError at"),
        (SystemExit(0), "SystemExit at"),
        (MemoryError(), "out of memory"),
        (OSError(28, "No space left on device"), "No space left on device"),
        (BrokenPipeError(32, "Broken pipe"), "Broken pipe"),
        (PermissionError(13, "Permission denied", "reports"), "reports: Permission denied"),
        (ConfigError("two\nlines"), "nhq: two lines"),
        (click.UsageError("no such option"), "nhq: no such option"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_nobody_foresaw_is_one_line_and_could_not_judge(monkeypatch, capsys, problem, line):
    """Nothing that breaks on our side looks like a broken promise (1) or like a kept one (0)."""
    assert ended(monkeypatch, problem) == 2
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert line in said


def test_the_words_of_a_crash_are_not_shown(monkeypatch, capsys):
    """They may quote a key or what a server said."""
    assert ended(monkeypatch, KeyError("s3cr3t")) == 2
    assert "s3cr3t" not in capsys.readouterr().err


@pytest.mark.parametrize("problem", [KeyboardInterrupt(), click.Abort()], ids=["ctrl-c", "abort"])
def test_an_interrupt_is_130(monkeypatch, problem):
    """Who stops a run is told so."""
    assert ended(monkeypatch, problem) == 130


def test_traceback_shows_the_rest(monkeypatch, capsys):
    """Asked for, the way to a crash is told, and the line comes last."""
    assert ended(monkeypatch, KeyError("x"), "--traceback") == 2
    first, *_, last = capsys.readouterr().err.splitlines()
    assert first == "Traceback (most recent call last):"
    assert last.startswith("nhq: KeyError at")


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_takes_traceback(name):
    """Before the command and after it."""
    command = cli.group.get_command(click.Context(cli.group), name)
    assert command is not None
    assert [option.name for option in command.params].count("traceback") == 1


def test_traceback_before_the_command_is_the_commands_too():
    """`nhq --traceback gate` shows where a test crashed, as `nhq gate --traceback` does."""
    with cli.group.make_context("nhq", ["--traceback", "gate"]) as context:
        cli.group.callback(traceback=True)
        assert context.default_map["gate"] == {"traceback": True}


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "ascii"])
def test_any_terminal_shows_a_verdict(monkeypatch, encoding):
    """What an encoding lacks is replaced; it ends no run."""
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", out)

    def tells(**options: object) -> None:
        print("✓ HOLDS …")

    monkeypatch.setattr(cli.group, "get_command", lambda context, name: click.Command(name, callback=tells))
    with pytest.raises(SystemExit) as exited:
        cli.main(["gate"])
    assert exited.value.code == 0
    assert b"HOLDS" in out.buffer.getvalue()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full disk to write to")
@pytest.mark.parametrize("streams", [("stdout",), ("stderr",), ("stdout", "stderr")], ids="+".join)
def test_a_full_disk_is_no_verdict(streams):
    """What can't be written can't be read: 2, but not for lost progress."""
    with Path("/dev/full").open("w") as full:
        places = {name: full if name in streams else subprocess.DEVNULL for name in ("stdout", "stderr")}
        ended = subprocess.run([*NHQ, "explain", "PAGE-CURSOR"], **places, timeout=60, check=False)
    assert ended.returncode == (2 if "stdout" in streams else 0)


@pytest.mark.parametrize("words", [["explain"], ["mutation", "--list"]], ids=" ".join)
def test_a_reader_who_goes_away_is_no_verdict(words):
    """`nhq … | head -1` ends as any program that is read no more, in silence: never with a verdict."""
    out, into = os.pipe()
    os.close(out)
    ended = subprocess.run([*NHQ, *words], stdout=into, stderr=subprocess.PIPE, timeout=60, check=False)
    os.close(into)
    assert (ended.returncode, ended.stderr) == (141, b"")
