"""Lines about what runs would send and can't show, before they send: `--plan` for one, `--list` for all profiles.

Without a target it is a fresh mock, with the rate that the contract promises.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from nhq.client.target import Target
from nhq.errors import ConfigError
from nhq.load.abort_conditions import must_watch
from nhq.load.excess_load import send_rate_words
from nhq.load.load_request import Request
from nhq.load.prepare import fresh_mock, given_target, prepare_run
from nhq.load.preview import preview_lines, profile_line
from nhq.load.profile import profile_names
from nhq.load.send_plan import SendPlan
from nhq.load.traffic_mix import mix_operations, write_operations
from nhq.run.revised_observations import contract_of, held_to


def plan_lines(request: Request) -> list[str]:
    """The lines of `--plan`. Raises ConfigError for what couldn't be run."""
    with _asked(request) as (target, rows):
        name = target.name if request.target is None else target.base_url
        ready = prepare_run(request, target, rows)
        return [*preview_lines(ready, mix_operations(rows), name), *_word(ready.plan, target)]


def profile_lines(request: Request) -> list[str]:
    """The lines of `--list`: each profile, and below it what it can't show with the keys of a target that is given."""
    with _asked(request) as (target, rows):
        told = [_one(replace(request, profile=name), target, rows) for name in profile_names()]
    of_all = [line for line in told[0][1] if all(line in more for _, more in told)]
    lines = [[line, *(f"{'':<12} {word}" for word in more if word not in of_all)] for line, more in told]
    return [line for some in (*lines, of_all) for line in some]


def _one(request: Request, target: Target, rows: Path | None) -> tuple[str, list[str]]:
    """A profile's line, and what it can't show."""
    try:
        ready = prepare_run(request, target, rows)
    except ConfigError as problem:
        return f"{request.profile:<12} can't be run: {problem}", []
    return profile_line(ready.plan), ready.unshown


def _word(plan: SendPlan, target: Target) -> Iterator[str]:
    """What whoever loads a server elsewhere has to say."""
    if must_watch(target, plan):
        yield f"but        sends beyond the allowance, {send_rate_words(plan)}, so that it needs --allow-load"


@contextmanager
def _asked(request: Request) -> Iterator[tuple[Target, Path | None]]:
    """The target, and the file with the operations of a changed contract."""
    contract = contract_of(request.contract)
    mock = fresh_mock(request.limit or 60, request.window or 60.0)
    target = held_to(contract, mock if request.target is None else given_target(request, request.target))
    with tempfile.TemporaryDirectory(prefix="nhq-load-") as folder:
        yield target, write_operations(Path(folder), contract) if contract.former is not None else None
