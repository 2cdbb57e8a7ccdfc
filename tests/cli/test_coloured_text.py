"""Colours of the terminal's summary: they add to signs and words, and never replace them."""

import io
import re

import pytest

from nhq.cli.coloured_text import colour_summary, wants_colour
from nhq.cli.terminal_output import show_summary

SUMMARY = """✗ AUTH-1 Refused: “401”
  list_leads
! ERRORS-3 Enveloped

✗ FAILED 1 of 2 rules, on 1 operation
  9 requests
"""


class Terminal(io.StringIO):
    """A stream that a person watches."""

    def isatty(self) -> bool:
        return True


def test_colours_leave_every_word_where_it_was() -> None:
    """Without its colours the text is the text."""
    coloured = colour_summary(SUMMARY)
    assert coloured != SUMMARY
    assert re.sub("\x1b\\[[0-9;]*m", "", coloured) == SUMMARY


def test_the_verdict_is_coloured_whole_and_findings_by_their_sign() -> None:
    """The eye finds the verdict first."""
    lines = colour_summary(SUMMARY).splitlines()
    assert lines[4] == "\x1b[1;31m✗ FAILED 1 of 2 rules, on 1 operation\x1b[0m"
    assert lines[0].startswith("\x1b[31m✗\x1b[0m AUTH-1")
    assert lines[2].startswith("\x1b[33m!\x1b[0m ERRORS-3")


def test_a_text_without_verdict_stays_as_it_is() -> None:
    """A cut-off summary is still printed."""
    assert colour_summary("report: x\n") == "report: x\n"


@pytest.mark.parametrize(
    ("on_terminal", "environ", "wanted"),
    [
        (True, {}, True),
        (True, {"NO_COLOR": ""}, True),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"TERM": "dumb"}, False),
        (False, {}, False),
    ],
)
def test_only_a_terminal_is_coloured_and_no_color_is_obeyed(
    on_terminal: bool, environ: dict[str, str], wanted: bool
) -> None:
    """Pipes, files and CI logs get plain text; NO_COLOR counts where it isn't empty, as its convention says."""
    assert wants_colour(on_terminal, environ) is wanted


def test_the_summary_is_coloured_on_a_terminal_and_plain_in_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is printed follows where it goes to."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    shown = []
    for stream in (Terminal(), io.StringIO()):
        monkeypatch.setattr("sys.stdout", stream)
        show_summary(SUMMARY)
        shown.append(stream.getvalue())
    assert shown == [colour_summary(SUMMARY), SUMMARY]
