"""Whoever knows Locust is told, in one line, what does the same here."""

import re
import subprocess
import sys

import click
import pytest

from nhq.cli.load_command import command
from nhq.cli.locust_options import ANSWERS


def refused(*words: str) -> str:
    """What is said of a command line that isn't taken."""
    with pytest.raises(click.UsageError) as problem:
        command.make_context("load", ["drip", *words])
    return problem.value.format_message()


@pytest.mark.parametrize(
    ("words", "name", "said"),
    [
        (["-r", "2"], "-r", "profile's instants"),
        (["--host=http://x"], "--host", "--target FILE"),
        (["-Hhttp://x"], "-H", "--target FILE"),
        (["--headless"], "--headless", "locust -f load/locustfile.py"),
        (["--html", "x.html"], "--html", "report.html"),
        (["--master-host", "x"], "--master-host", "--at HOST:PORT"),
    ],
)
def test_an_option_of_locusts_is_answered(words: list[str], name: str, said: str) -> None:
    """It is named, with ours that does the same or why there is none."""
    line = refused(*words)
    assert line.startswith(f"{name} is Locust's: ")
    assert said in line
    assert "\n" not in line


def test_users_and_run_time_are_what_they_are_there() -> None:
    """A Locust user is a key, and a run lasts as long as told."""
    params = command.make_context("load", ["drip", "-u", "3", "-t", "1h30m"]).params
    assert (params["keys"], params["duration"]) == (3, "1h30m")


def test_only_options_of_locusts_are_answered() -> None:
    """Each of them is Locust's, and none is ours."""
    told = subprocess.run([sys.executable, "-m", "locust", "--help"], capture_output=True, text=True, check=True).stdout
    known = set(re.findall(r"(?<!\S)--?[\w-]+", told))
    ours = {name for parameter in command.params for name in parameter.opts}
    answered = {name for names in ANSWERS.values() for name in names}
    assert answered <= known
    assert not answered & ours
    assert {"-u", "--users", "-t", "--run-time", "--csv"} <= ours
