"""Defaults of options that stand in the target file: `[gate]` for `nhq gate`, `[load]` for `nhq load`.

Their names are those of the options without dashes in front (`max-minutes` or `max_minutes`). What is given on the
command line goes before them. What reaches people, costs credits or loads a server is asked for there alone.
"""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from nhq.errors import ConfigError, nearest

#: Asked for on the command line, each time: where to look, and what has consequences.
_ASKED = frozenset({"target", "allow_send", "allow_spend", "allow_load", "fault", "help", "traceback"})


class TargetCommand(click.Command):
    """A command that takes defaults of its options from its target file."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does. Raises ConfigError for a default that is no option, or not of its kind."""
        file = _target_in(args)
        given = _table(file, ctx.info_name or "") if file is not None else {}
        options = {_plain(word): parameter for parameter in self.params for word in parameter.opts}
        for name in given:
            if _plain(name) not in options or _plain(name) in _ASKED:
                why = "stands on the command line alone" if _plain(name) in options else "is no option of it"
                near = "" if _plain(name) in options else nearest(_plain(name), sorted(set(options) - _ASKED))
                raise ConfigError(f"{file}: [{ctx.info_name}] {name} {why}{near}")
        defaults = {str(options[_plain(name)].name): value for name, value in given.items()}
        ctx.default_map = {**(ctx.default_map or {}), **defaults}
        try:
            return super().parse_args(ctx, args)
        except click.BadParameter as problem:
            wrong = problem.param.name if problem.param is not None else None
            if wrong in defaults and ctx.get_parameter_source(str(wrong)) in (None, ParameterSource.DEFAULT_MAP):
                raise ConfigError(f"{file}: [{ctx.info_name}] {wrong}: {problem.message}") from None
            raise


def _plain(name: str) -> str:
    return name.lstrip("-").replace("-", "_")


def _target_in(args: Sequence[str]) -> Path | None:
    """The target file that a command line names, last first, as click takes it."""
    words = list(args[: args.index("--")] if "--" in args else args)
    for number in range(len(words) - 1, -1, -1):
        if words[number].startswith("--target="):
            return Path(words[number].partition("=")[2])
        if words[number] == "--target" and number + 1 < len(words):
            return Path(words[number + 1])
    return None


def _table(file: Path, name: str) -> Mapping[str, Any]:
    """The defaults for a command; none where the file can't be read, which its reader says better."""
    try:
        table = tomllib.loads(file.read_text("utf-8-sig")).get(name, {})
    except (OSError, ValueError):
        return {}
    return table if isinstance(table, dict) else {}
