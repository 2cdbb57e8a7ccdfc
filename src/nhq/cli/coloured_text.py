"""Colours for the summary at the end of a run: on a terminal only, and none where NO_COLOR asks for none."""

import re
from collections.abc import Mapping

#: The sign that a line begins with → the SGR parameters of its colour (ECMA-48). Signs and words say the same without.
_COLOURS: Mapping[str, str] = {"✓": "32", "✗": "31", "!": "33", "?": "35"}
_HEAD = re.compile(r"^([✓✗!?])(?= )(.*)$", re.MULTILINE)


def wants_colour(on_terminal: bool, environ: Mapping[str, str]) -> bool:
    """May a stream be coloured: a terminal, not a dumb one, and nobody set NO_COLOR (https://no-color.org)?"""
    return on_terminal and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def colour_summary(text: str) -> str:
    """The text with the sign of each line coloured, and the verdict, its last such line, coloured whole and bold."""
    heads = list(_HEAD.finditer(text))
    if not heads:
        return text
    verdict = heads[-1]
    before = _HEAD.sub(lambda head: f"{_coloured(head[1], head[1])}{head[2]}", text[: verdict.start()])
    return f"{before}{_coloured(verdict[0], verdict[1], bold=True)}{text[verdict.end() :]}"


def _coloured(words: str, sign: str, bold: bool = False) -> str:
    return f"\x1b[{'1;' if bold else ''}{_COLOURS[sign]}m{words}\x1b[0m"
