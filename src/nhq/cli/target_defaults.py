"""Default options from the target file: `[gate]` for `nhq gate`, `[load]` for `nhq load`.

Their names are those of the options without dashes in front (`max-minutes` or `max_minutes`). What is given on the
command line goes before them. What reaches people, costs credits or loads a server is asked for there alone.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from nhq.cli.former_names import FORMER_OPTIONS, say_renamed
from nhq.errors import ConfigError, did_you_mean

#: Asked for on the command line, each time: where to look, and what has consequences.
_ASKED = frozenset({"target", "allow_send", "allow_spend", "allow_load", "fault", "help", "traceback"})


class TargetCommand(click.Command):
    """A command that takes defaults of its options from its target file."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """As click does. Raises ConfigError for an unknown option or a wrong value among the defaults."""
        name, file = info_name or "", _target_in(args)
        defaults = self._defaults(name, file, _table(file, name)) if file is not None else {}
        known: Any = (parent.default_map or {}).get(name, {}) if parent is not None else {}
        try:
            return super().make_context(info_name, args, parent, **extra, default_map={**known, **defaults})
        except click.BadParameter as problem:
            wrong = problem.param.name if problem.param is not None else None
            if wrong in defaults and not _stands_in(args, problem.param):
                raise ConfigError(f"{file}: [{name}] {wrong}: {problem.message}") from None
            raise

    def _defaults(self, name: str, file: Path, given: Mapping[str, Any]) -> dict[str, Any]:
        """The values of a table by their parameters."""
        options = {_plain(word): str(parameter.name) for parameter in self.params for word in parameter.opts}
        given = dict(_with_current_names(name, given))
        for word in given:
            if word not in options:
                near = did_you_mean(word, sorted(set(options) - _ASKED))
                raise ConfigError(f"{file}: [{name}] nhq {name} has no option {word}{near}")
            if word in _ASKED:
                raise ConfigError(f"{file}: [{name}] {word} works on the command line only")
        return {options[word]: value for word, value in given.items()}


def _with_current_names(command: str, given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """A table's rows by today's names of the options, with a notice for each former name."""
    renamed = {_plain(former): name for former, name in FORMER_OPTIONS.get(command, {}).items()}
    for word, value in given.items():
        if (name := renamed.get(_plain(word))) is not None:
            say_renamed(word, name.lstrip("-"))
        yield _plain(name or word), value


def _stands_in(args: Sequence[str], parameter: click.Parameter | None) -> bool:
    """Is the parameter given on the command line?"""
    words = {word.partition("=")[0] for word in args}
    return parameter is not None and bool(words & set(parameter.opts))


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
