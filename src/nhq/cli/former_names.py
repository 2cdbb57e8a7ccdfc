"""Former names of commands, options and target-file keys: they still work, with one line of notice."""

from collections.abc import Mapping, Sequence

from nhq.cli import terminal_output

#: Former name -> today's.
FORMER_COMMANDS = {"power": "mutation", "corpus": "live-corpus"}
_ALONE = {"--alone": "--exclusive-keys"}
#: By today's name of their command: former option -> today's. Defaults in a target file follow, without the dashes.
FORMER_OPTIONS: dict[str, dict[str, str]] = {
    "check": _ALONE,
    "load": _ALONE,
    "mock": {"--handoff": "--write-target"},
    "mutation": {
        "--liberties": "--variants",
        "--liberty": "--variant",
        "--clean-seeds": "--control-runs",
        "--full": "--all-kills",
    },
}


def say_renamed(former: str, name: str) -> None:
    """Print on stderr what a former name is called now."""
    terminal_output.say_on_stderr(f"nhq: {former} is called {name} now")


def current_command(args: Sequence[str], quiet: bool = False) -> list[str]:
    """A command and its arguments, each former name replaced by today's. `quiet`: without the notices."""
    name, *rest = args
    command = FORMER_COMMANDS.get(name, name)
    end = rest.index("--") if "--" in rest else len(rest)
    options = FORMER_OPTIONS.get(command, {})
    given = {word.partition("=")[0] for word in rest[:end]}
    renamed = [(name, command)] * (name != command) + [row for row in options.items() if row[0] in given]
    for former, current in [] if quiet else renamed:
        say_renamed(former, current)
    return [command, *(_renamed(word, options) for word in rest[:end]), *rest[end:]]


def _renamed(word: str, names: Mapping[str, str]) -> str:
    """A word, or `--option=value`, with today's name."""
    former, sign, value = word.partition("=")
    return f"{names.get(former, former)}{sign}{value}"
