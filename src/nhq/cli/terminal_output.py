"""What people see: any encoding shows something, and a stream that takes nothing more ends no run."""

import io
import os
import select
import sys
from contextlib import suppress

import click

from nhq.cli.coloured_text import colour_summary, wants_colour


def show_anything() -> None:
    """Let a terminal show `?` for what its encoding lacks; without this a word of ours or of a server ends the run."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def is_live() -> bool:
    """Does a person watch stderr?"""
    return sys.stderr is not None and sys.stderr.isatty()


def say_on_stderr(line: str = "", end: str = "\n") -> None:
    """Say something on stderr: progress, or why we stop. That nobody can read it is no reason to stop."""
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
    """Has whoever read our stdout, a pipe, gone away, as `head` does when it has its lines?"""
    try:
        descriptor = sys.stdout.fileno()
    except (AttributeError, OSError, ValueError):
        return False  # there is none, or it is no file
    waiting = select.poll()
    waiting.register(descriptor, 0)
    return any(event & select.POLLERR for _, event in waiting.poll(0))


def abandon_output() -> None:
    """Send to nowhere what our streams still hold and can't be rid of: Python itself would end with 120 over it."""
    for stream in (sys.stdout, sys.stderr):
        if not isinstance(stream, io.TextIOWrapper):
            continue
        try:
            stream.flush()
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
