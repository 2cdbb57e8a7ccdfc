"""The given command line, ready to be pasted; the commands of findings are made from it."""

import shlex
from collections.abc import Iterator
from typing import Any

import click
from click.core import ParameterSource


def given_command(*without: str, name: str = "") -> str:
    """The running command with the options that were given to it.

    Those named in `without` are left out, and those that say which reports go where. `name`: of another command that
    takes them, too.
    """
    left_out = {*without, "out", "formats"}
    context = click.get_current_context()
    words = ["nhq", name or context.info_name or ""]
    for parameter in context.command.params:
        name = parameter.name or ""
        if name not in left_out and context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            words += _words(parameter, context.params[name])
    return shlex.join(words)


def _words(parameter: click.Parameter, value: Any) -> Iterator[str]:
    """One option or argument as it is written."""
    several = value if parameter.multiple or parameter.nargs == -1 else [value]
    for one in several:
        if isinstance(parameter, click.Argument):
            yield str(one)
        elif isinstance(parameter, click.Option) and parameter.is_flag:
            yield parameter.opts[0] if one else (parameter.secondary_opts or parameter.opts)[0]
        else:
            yield from (parameter.opts[0], f"{one:.15g}" if isinstance(one, float) else str(one))
