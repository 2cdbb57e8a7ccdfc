"""Whoever expects a status takes no other for it: each scenario is played with the status that it waits for changed."""

import inspect
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import pytest
from scenario_play import Play, Seen, Stage, scenarios

from nhq import paths
from nhq.errors import NhqError
from nhq.model import Exchange
from nhq.scenarios.judge import Judge

FILES = [file.stem.removeprefix("test_") for file in sorted(paths.contracts_folder().glob("test_*.py"))]
#: One refusal is expected, and nothing else: "400 for a wrong type", but not "400, or 207".
ONE = re.compile(r"(400|401|403|404|409|502|503)(?! or |, or|, \d)\b")
#: Above, below, and of another kind: what comes in the place of a status that is waited for.
BESIDE = (20, -1)
#: Parameters of scenarios that choose an operation, by file; the first of a mark's otherwise.
OPERATIONS = {
    "errors": ("import_leads", "save_message_overrides", "run_campaign_action", "send_message", "create_lead_lists"),
    "pagination": ("list_leads", "list_members"),
    "lists": ("list_lead_lists", "get_lead_list"),
    "workspaces": ("get_lead", "enrich_lead", "list_members"),
    "scopes": ("get_lead", "import_leads"),
    "auth": ("get_lead", "import_leads"),
}
#: Areas that look at whole windows, or play sequences of their own: what a status means there is told elsewhere.
LEFT_OUT = {"ratelimit", "operations", "workflows"}


class Listening(Judge):
    """Keeps each look: what was expected, whether it held, and the statuses of its proof."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.looks: list[tuple[str, str, bool, tuple[int | None, ...]]] = []

    def __call__(self, rule: str, ok: bool, proof: Any, **told: Any) -> bool:
        shown: Sequence[Exchange] = [proof] if isinstance(proof, Exchange) else list(proof)
        self.looks.append((rule, told["expected"], ok, tuple(one.status for one in shown)))
        return super().__call__(rule, ok, shown, **told)


def variants(file: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The scenarios of a file, each with parameters."""
    for name, function in vars(scenarios(file)).items():
        if not name.startswith("test_") or not inspect.isfunction(function):
            continue
        marks = {mark.name: mark.args for mark in getattr(function, "pytestmark", [])}
        takes = set(inspect.signature(function).parameters)
        if "parametrize" in marks:
            names, values = marks["parametrize"][:2]
            yield from ((name, {names: value}) for value in list(values)[:2])
        elif {"operation", "send", "knock"} & takes:
            yield from ((name, {"operation": operation}) for operation in OPERATIONS.get(file, ()))
        else:
            yield name, {}


def looked(stage: Stage, file: str, name: str, given: dict[str, str], instead: tuple[int, int] | None) -> Listening:
    """What a scenario looks at, where one status is another."""
    stage.begin()
    play = Play(stage=stage)
    function = getattr(scenarios(file), name)
    rules = [rule for mark in function.pytestmark if mark.name == "rule" for rule in mark.args]
    judge = Listening(play.contract, Seen(), rules)
    if instead is not None:
        play.edit(lambda asked, status, body: (instead[1], body) if status == instead[0] else None)
    with suppress(NhqError, LookupError, TypeError, ValueError):  # odd answers: what was looked at until then counts
        play(file, name, judge=judge, **given)
    return judge


@pytest.fixture(scope="module")
def stage() -> Stage:
    """One mock for all of them."""
    return Stage()


@pytest.mark.parametrize("file", [file for file in FILES if file.partition("_")[0] not in LEFT_OUT])
def test_no_other_status_is_taken_for_the_one_expected(file: str, stage: Stage) -> None:
    """A look that expects 400, say, and holds, does not hold where 400 has become another status."""
    wrong = []
    for name, given in variants(file):
        looks = looked(stage, file, name, given, None).looks
        awaited = {int(found[1]) for _, expected, ok, _ in looks if ok and (found := ONE.match(expected))}
        for status in sorted(awaited):
            for beside in BESIDE:
                for rule, expected, ok, shown in looked(stage, file, name, given, (status, status + beside)).looks:
                    found = ONE.match(expected)
                    if ok and found and int(found[1]) == status and status not in shown:
                        wrong.append(f"{name} {given} {rule}: {expected}, and {shown} is taken for it")
    assert wrong == []
