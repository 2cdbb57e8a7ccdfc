"""The group of commands: each is imported only when it is called, so that `nhq` starts fast."""

import importlib
import os
import sys

import click

from nhq import __version__
from nhq.child_processes import terminated_as_interrupted
from nhq.cli import process_start, terminal_output
from nhq.cli.former_names import current_command
from nhq.cli.optional_extras import lacking_extra
from nhq.errors import NhqError, crash_place, crash_trace, did_you_mean
from nhq.masking import masked_output, unmaskable_variables

# name -> one line of help; the module is nhq.cli.<name>_command, and its click command is called `command`.
COMMANDS = {
    "gate": "Judge a server (or the bundled mock) against the contract.",
    "nightly": "Judge a server overnight and report what changed since earlier nights.",
    "drift": "Send the same reads to two targets and report how they differ.",
    "nights": "Show earlier nights: open findings, what changed and when.",
    "mock": "Serve all 16 operations from memory, with real state, scopes and limits.",
    "explain": "Print a rule: its sentence, where it stands, what judges it.",
    "check": "Judge recorded rate-limit histories.",
    "load": "Run a rate-limit load profile and judge what it recorded.",
    "record": "Record scripted scenarios as cassettes, under pseudonyms.",
    "replay": "Judge the cassettes, offline; with --contract, against a changed contract.",
    "diff": "Compare two OpenAPI documents: does the change break a client?",
    "mutation": "Plant faults in the mock and see which of them the gate finds.",
    "adopt": "Adopt a changed openapi.json as our contract: rows, rules, quotes, overlays.",
    "live-corpus": "Show or rebuild the requests of a live run.",
}

TRACEBACK = "--traceback"
#: What shells say of a program that SIGPIPE ended: no verdict, and nothing to complain of.
UNREAD = 141


class LazyGroup(click.Group):
    """A group that imports a command's module when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"nhq.cli.{_module_of(cmd_name)}").command
        if not any(TRACEBACK in option.opts for option in command.params):
            command.params.append(_traceback_option())
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, but former names work too, and a misspelt name gets a suggestion."""
        args = current_command(args, ctx.resilient_parsing) if args else args
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            ctx.fail(f"no command {args[0]}{did_you_mean(args[0], COMMANDS)}; `nhq --help` lists them")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _module_of(name: str) -> str:
    """The module in nhq.cli that holds a command."""
    return f"{name.replace('-', '_')}_command"


def _traceback_option() -> click.Option:
    """The option that every command has and that `main` looks for."""
    return click.Option([TRACEBACK], is_flag=True, expose_value=False, help="Show the traceback if nhq itself fails.")


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "--version", prog_name="nhq")
@click.option(TRACEBACK, is_flag=True, help="Show the traceback if nhq itself fails; each command has it too.")
@click.pass_context
def group(context: click.Context, traceback: bool) -> None:
    """Contract tests and rate-limit verification for the NetworkHQ Public API.

    Exit codes: 0 nothing violated, 1 violated, 2 could not judge, 130 interrupted.
    """
    if traceback:
        context.default_map = {name: {"traceback": True} for name in COMMANDS}


def main(args: list[str] | None = None) -> None:
    """Run the command line and exit with the suite's exit codes, whatever happens. No secret is ever shown."""
    if args is None and sys.flags.optimize:
        process_start.restart_without_optimize()
    words = sys.argv[1:] if args is None else args
    if "_NHQ_COMPLETE" in os.environ:
        group.main(words, "nhq")  # a shell asks for completions, in bytes: no secret was learnt that a mask could hide
    terminal_output.show_anything()
    with process_start.undisturbed_start(), masked_output():
        code = _exit_code(words)
    terminal_output.abandon_output()
    sys.exit(code)


def _exit_code(words: list[str]) -> int:
    """Run; an error of ours is one line and 2 (could not judge): only a verdict is 0 or 1."""
    try:
        with terminated_as_interrupted():
            code = _run(words)
        _tell_doubts()
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except (KeyboardInterrupt, click.Abort):
        terminal_output.say_on_stderr("nhq: interrupted")
        return 130
    except click.exceptions.NoArgsIsHelpError as problem:
        terminal_output.say_on_stderr(problem.format_message())
        return 2
    except (Exception, SystemExit) as problem:
        if isinstance(problem, BrokenPipeError) and terminal_output.reader_left():
            return UNREAD  # `nhq … | head -1`: nobody is there to be told anything
        if TRACEBACK in words:
            terminal_output.say_on_stderr(crash_trace(problem), end="")
        terminal_output.say_on_stderr(f"nhq: {' '.join(_in_one_line(problem).split())}")
        return 2


def _tell_doubts() -> None:
    """Name the keys that can't be masked, where something was written; an error stays one line."""
    for name in unmaskable_variables():
        terminal_output.say_on_stderr(
            f"nhq: {name} is short, or made of usual words: where a server repeats it, it is not masked"
        )


def _run(words: list[str]) -> int:
    """Run a command, without `group.main`, which exits 1 when the reader of our output has gone."""
    try:
        with group.make_context("nhq", list(words)) as context:
            code = group.invoke(context)
    except click.exceptions.Exit as done:
        return done.exit_code
    return code if isinstance(code, int) else 0


def _in_one_line(problem: BaseException) -> str:
    """What stopped us, and what to do about it. An unforeseen exception's own text may hold secrets."""
    match problem:
        case click.ClickException():
            return problem.format_message()
        case NhqError():
            return str(problem)
        case ImportError() if lacking := lacking_extra(problem):
            return lacking
        case OSError(strerror=str() as reason, filename=None):
            return f"{reason}: the output, or a connection of ours, failed; {TRACEBACK} shows where"
        case OSError(strerror=str() as reason):
            return f"{problem.filename}: {reason}"
        case MemoryError():
            return "out of memory"
    return f"{crash_place(problem)}: a bug in nhq, not in the server; {TRACEBACK} shows the rest"
