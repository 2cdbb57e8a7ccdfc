"""The `nhq` command. Its help is read from a file, without importing click; a test holds the file to click's text."""

import os
import sys

HELP = os.path.join(os.path.dirname(__file__), "help.txt")
#: The columns that the file is written for; click writes no wider.
COLUMNS = 80


def main(args: list[str] | None = None) -> None:
    """Run the command line and exit with the suite's exit codes, whatever happens."""
    words = sys.argv[1:] if args is None else args
    if words in (["--help"], ["-h"]) and _is_wide():
        with open(HELP, encoding="utf-8") as told:
            sys.exit(_tell(told.read()))
    from nhq.cli import command_line

    command_line.main(args)


def _is_wide() -> bool:
    """Is the output wide enough for the file? What is no terminal is; where COLUMNS is set, click decides."""
    if "COLUMNS" in os.environ or sys.stdout is None:
        return False
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns >= COLUMNS
    except (OSError, ValueError):
        return True


def _tell(text: str) -> int:
    """Print; return 141, as shells do for SIGPIPE, if the reader has gone."""
    try:
        print(text, end="", flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    return 0
