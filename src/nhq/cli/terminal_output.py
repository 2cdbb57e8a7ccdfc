"""Output for people: it works in any encoding, and a closed stream doesn't end the run."""

import io
import os
import select
import sys
from contextlib import suppress

import click

from nhq.cli.coloured_text import colour_summary, wants_colour


def show_anything() -> None:
    """Print `?` for characters that the encoding lacks, instead of ending the run with an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def is_live() -> bool:
    """Is stderr a terminal?"""
    return sys.stderr is not None and sys.stderr.isatty()


def say_on_stderr(line: str = "", end: str = "\n") -> None:
    """Print on stderr: progress, or why the run stops. A closed stderr is ignored."""
    if sys.stderr is None:
        return
    with suppress(OSError, ValueError):
        print(line, end=end, file=sys.stderr, flush=True)


def show_summary(text: str) -> None:
    """Print the summary of a run on stdout; its signs are coloured where a terminal shows them."""
    on_terminal = sys.stdout is not None and sys.stdout.isatty()
    coloured = wants_colour(on_terminal, os.environ)
    click.echo(colour_summary(text) if coloured else text, nl=False, color=coloured)


def reader_left() -> bool:
    """Has the reader of our stdout closed the pipe, as `head` does?"""
    try:
        descriptor = sys.stdout.fileno()
    except (AttributeError, OSError, ValueError):
        return False  # there is none, or it is no file
    waiting = select.poll()
    waiting.register(descriptor, 0)
    return any(event & select.POLLERR for _, event in waiting.poll(0))


def abandon_output() -> None:
    """Discard what our streams can't write any more: otherwise Python exits with 120."""
    for stream in (sys.stdout, sys.stderr):
        if not isinstance(stream, io.TextIOWrapper):
            continue
        try:
            stream.flush()
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
