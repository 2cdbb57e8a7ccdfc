"""A shell that asks for completions gets them: the script to load, and then commands and options."""

import os
import subprocess
import sys

import pytest


def completed(shell: str, words: str = "", place: int = 0) -> str:
    """What nhq tells a shell: the script, or with words the completions of the one at a place."""
    asks = "complete" if words else "source"
    environ = {**os.environ, "_NHQ_COMPLETE": f"{shell}_{asks}", "COMP_WORDS": words, "COMP_CWORD": str(place)}
    done = subprocess.run(
        [sys.executable, "-c", "from nhq.cli import main; main()"],
        env=environ, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_given(shell: str) -> None:
    """Each shell is told how to ask."""
    assert "_NHQ_COMPLETE" in completed(shell)


def test_commands_and_options_are_completed() -> None:
    """The beginning of a command, and of an option of one."""
    assert completed("bash", "nhq ni", 1).split() == ["plain,nightly", "plain,nights"]
    assert "plain,--profile" in completed("bash", "nhq gate --pro", 2).split()
