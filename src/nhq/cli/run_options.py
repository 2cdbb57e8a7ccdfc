"""Options shared by the commands that judge a server, and what they mean.

A decorator gives a command the parameter that its docstring names.
"""

from collections.abc import Callable, Sequence
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from nhq.errors import did_you_mean

if TYPE_CHECKING:
    from nhq.model import Effect

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]
#: So many findings a run keeps (`nhq.run.collector.FINDINGS_MOST`, which is dear to import).
MOST_KEPT = 200


class Finite(click.FloatRange):
    """A number within bounds; `nan` and `inf` are refused."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        if not isfinite(number):
            self.fail(f"{value} is no number that ends", param, ctx)
        return number


class Word(click.Choice[str]):
    """One of a few words; a misspelt one gets a suggestion."""

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        """click's own message, with what was probably meant."""
        return super().get_invalid_choice_message(value, ctx).removesuffix(".") + did_you_mean(
            str(value), list(self.choices)
        )


target_option: Decorator = click.option(
    "--target", type=click.Path(path_type=Path, dir_okay=False), help="Target file; without it, a fresh mock is judged."
)
timeout_option: Decorator = click.option(
    "--timeout",
    type=Finite(min=0, min_open=True),
    metavar="SECONDS",
    default=60.0,
    show_default=True,
    help="Longest time for one answer, from the first byte sent to the last received.",
)
skip_option: Decorator = click.option(
    "--skip-bad-keys", is_flag=True, help="Continue without keys that the server refuses."
)
fault_option: Decorator = click.option(
    "--fault", "faults", multiple=True, metavar="ID", hidden=True, help="Plant a fault in the mock."
)


def selection_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--rule` and `--operation`, as `rules` and `operations`."""
    rule = click.option("--rule", "rules", multiple=True, metavar="ID", help="Judge only this rule; repeatable.")
    operation = click.option(
        "--operation", "operations", multiple=True, metavar="ID", help="Judge only this operation; repeatable."
    )
    return rule(operation(command))


def extent_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--minutes` and `--requests`, as `minutes` and `requests`."""
    minutes = click.option(
        "--minutes",
        type=click.FloatRange(min=0, min_open=True),
        metavar="MINUTES",
        help="Time to use: more seeds fill it; live, as much as the keys allow [live: 3, or 3 windows if shorter].",
    )
    requests = click.option(
        "--requests",
        type=click.IntRange(min=1),
        metavar="N",
        help="Live: send about N requests, the most telling first, however long that takes.",
    )
    return minutes(requests(command))


def asked_now(name: str, value: Any, narrowed: bool) -> Any:
    """An option's value; None if it comes from the target file and the run is narrowed.

    Defaults for whole runs don't apply to a run that reproduces one finding.
    """
    source = click.get_current_context().get_parameter_source(name)
    return None if narrowed and source is ParameterSource.DEFAULT_MAP else value


def effect_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--allow-send` and `--allow-spend`, as `allow_send` and `allow_spend`."""
    permitted = "if the target file allows it too."
    send = click.option("--allow-send", is_flag=True, help=f"Off loopback: allow messages to people, {permitted}")
    spend = click.option("--allow-spend", is_flag=True, help=f"Off loopback: allow spending credits, {permitted}")
    return send(spend(command))


def early_end_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--fail-fast` and `--max-findings`, as `fail_fast` and `max_findings`."""
    fast = click.option("--fail-fast", is_flag=True, help="Stop at the first finding that fails the run.")
    most = click.option(
        "--max-findings",
        type=click.IntRange(1, MOST_KEPT),
        metavar="N",
        help="Stop at the Nth finding that fails the run; what wasn't reached is not judged.",
    )
    return fast(most(command))


def most_findings(fast: bool, most: int | None) -> int:
    """How many findings end a run by both options; 0 for no limit. Raises UsageError if they contradict."""
    if fast and most not in (None, 1):
        raise click.UsageError("--fail-fast means --max-findings 1; drop one of them")
    return 1 if fast else most or 0


def asked_effects(send: bool, spend: bool) -> "frozenset[Effect]":
    """The effects that `--allow-send` and `--allow-spend` permit."""
    from nhq.model import Effect

    return frozenset([Effect.SEND] * send + [Effect.SPEND] * spend)


def fault_options(faults: Sequence[str], target: Path | None) -> list[str]:
    """The mock's own options that plant faults.

    Raises UsageError where a target file is to be judged, ConfigError for a fault that nobody knows.
    """
    if target is not None and faults:
        raise click.UsageError("--fault works with the mock only; drop --target")
    if faults:
        from nhq.mutation.variants.catalogue import policy_change

        for fault in faults:
            policy_change(fault)
    return [word for fault in faults for word in ("--fault", fault)]
