"""The `nhq` command: a thin group whose commands are imported only when called, so that each starts fast."""

import importlib
import sys

import click

from nhq import __version__
from nhq.errors import NhqError

# name -> one line of help; the module is nhq.cli.<name>, and its click command is called `command`.
COMMANDS = {
    "gate": "Judge a server (or the bundled mock) against the contract.",
    "mock": "Serve all 16 operations from memory, with real state, scopes and limits.",
    "explain": "Print a rule: its sentence, where it stands, what judges it.",
    "check": "Judge recorded rate-limit histories.",
    "load": "Run a rate-limit load profile and judge what it recorded.",
    "record": "Record scripted scenarios as cassettes, under pseudonyms.",
    "replay": "Judge the cassettes, offline; with --contract, against a changed contract.",
    "power": "Plant faults in the mock, and see which of them the gate sees.",
    "adopt": "Make a changed openapi.json our contract: rows, rules, quotes, overlays.",
    "corpus": "Show or remake the requests of a live run.",
}


class LazyGroup(click.Group):
    """A group that imports a command's module when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"nhq.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "--version", prog_name="nhq")
def group() -> None:
    """Contract tests and rate-limit verification for the NetworkHQ Public API.

    Exit codes: 0 nothing violated, 1 violated, 2 could not judge, 130 interrupted.
    """


def main(args: list[str] | None = None) -> None:
    """Run the command line and exit with the suite's exit codes."""
    try:
        code = group.main(args=args, prog_name="nhq", standalone_mode=False)
    except click.ClickException as problem:
        _fail(problem.format_message())
    except NhqError as problem:
        _fail(str(problem))
    except (KeyboardInterrupt, click.Abort):
        print("nhq: interrupted", file=sys.stderr)
        sys.exit(130)
    sys.exit(code if isinstance(code, int) else 0)


def _fail(line: str) -> None:
    """Say in one line what stopped us, and exit with `could not judge`."""
    print(f"nhq: {line}", file=sys.stderr)
    sys.exit(2)
