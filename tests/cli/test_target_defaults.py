"""`[gate]` and `[load]` of a target file are defaults of options; the command line goes before them."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from nhq.cli.run_options import Finite, Word, target_option
from nhq.cli.target_defaults import TargetCommand
from nhq.errors import ConfigError


def told(file: Path, table: str, *words: str) -> str:
    """What a command like `nhq gate` gets with this table in its target file."""

    @click.command("gate", cls=TargetCommand)
    @target_option
    @click.option("--max-minutes", "minutes", type=Finite(min=0))
    @click.option("--fail-on", type=Word(["must", "should"]), default="must")
    @click.option("--rule", "rules", multiple=True)
    @click.option("--fail-fast", is_flag=True)
    @click.option("--allow-send", is_flag=True)
    def command(target: Path, minutes: float, fail_on: str, rules: tuple[str, ...], **flags: bool) -> None:
        click.echo(f"{minutes} {fail_on} {','.join(rules)} {flags['fail_fast']}")

    file.write_text(f'base_url = "http://127.0.0.1:9"\n[gate]\n{table}\n', "utf-8")
    done = CliRunner().invoke(command, ["--target", str(file), *words])
    if isinstance(done.exception, ConfigError):
        raise done.exception
    return done.output.strip()


def test_a_default_counts_where_nothing_is_given(tmp_path: Path) -> None:
    """Options by their names, with or without dashes inside; several values of one that may be repeated; flags."""
    table = 'max-minutes = 20\nfail_on = "should"\nrule = ["A", "B"]\nfail-fast = true'
    assert told(tmp_path / "t.toml", table) == "20.0 should A,B True"


def test_the_command_line_goes_before_it(tmp_path: Path) -> None:
    """What is given is what counts."""
    words = ("--max-minutes", "3", "--fail-on", "must", "--rule", "C")
    assert told(tmp_path / "t.toml", 'max_minutes = 20\nfail_on = "should"\nrule = ["A"]', *words) == "3.0 must C False"


@pytest.mark.parametrize(
    ("table", "line"),
    [
        ("max-minute = 3", "[gate] nhq gate has no option max_minute; near it: max_minutes"),
        ("allow-send = true", "[gate] allow_send works on the command line only"),
        ('max_minutes = "soon"', "[gate] minutes: 'soon' is not a valid float range."),
        ('fail_on = "shoul"', "[gate] fail_on: 'shoul' is not one of 'must', 'should'; near it: should"),
    ],
)
def test_what_is_no_default_is_one_line_that_names_it(table: str, line: str, tmp_path: Path) -> None:
    """File, table and name; nothing that reaches people is asked for in a file."""
    with pytest.raises(ConfigError) as told_of:
        told(tmp_path / "t.toml", table)
    assert line in str(told_of.value)
