"""`nhq --help`, which is told without importing click: the same words, in a fraction of the time."""

import subprocess
import sys
from pathlib import Path

import click
import pytest

from nhq import cli
from nhq.cli.command_line import group


def test_the_file_says_what_click_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a change of commands or options: write `nhq --help`, as click makes it, to src/nhq/cli/help.txt."""
    monkeypatch.setenv("COLUMNS", str(cli.COLUMNS))
    context = click.Context(group, info_name="nhq", **group.context_settings)
    assert Path(cli.HELP).read_text("utf-8") == group.get_help(context) + "\n"


@pytest.mark.parametrize("word", ["--help", "-h"])
def test_help_is_told(word: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Both words print it and exit with 0."""
    monkeypatch.delenv("COLUMNS", raising=False)
    with pytest.raises(SystemExit) as ended:
        cli.main([word])
    assert ended.value.code == 0
    assert capsys.readouterr().out == Path(cli.HELP).read_text("utf-8")


def test_a_narrow_terminal_gets_narrow_lines(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the file's lines don't fit, click breaks them."""
    monkeypatch.setenv("COLUMNS", "60")
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 60


def test_it_imports_next_to_nothing() -> None:
    """Two modules, both ours, beyond those of a bare Python: it costs at most three times `python -c pass`."""
    code = "import sys\nbare = set(sys.modules)\nfrom nhq.cli import main\ntry:\n    main(['--help'])\nfinally:\n"
    code += "    print(sorted(set(sys.modules) - bare), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={})
    assert eval(done.stderr) == ["nhq", "nhq.cli"]
