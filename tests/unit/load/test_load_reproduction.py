"""A finding of a load run is shown again by a command that works where it is pasted."""

import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from nhq.cli.given_command import given_command
from nhq.cli.load_command import command
from nhq.client.target import Target
from nhq.clock import ManualClock
from nhq.load.load_reproduction import history_command
from nhq.load.load_request import Request, Role, Run
from nhq.load.profile import load_profile
from nhq.load.send_plan import make_plan
from nhq.model import Finding

FOUND = Finding("RL-LIMIT", "list_leads", "60", "61")
ALONE = Request("drip", Path("my out"), Path("t.toml"), skew=0.25, exclusive_keys=True)


def run(request: Request) -> Run:
    plan = make_plan(load_profile("drip"), 60, 60.0)
    return Run(request, plan, Target("http://x", ()), {}, [], Path("/a/my out/histories/drip-1"), ManualClock(), None)


def test_a_run_on_one_machine_is_repeated() -> None:
    """Its own command does it."""
    assert history_command(run(ALONE)) is None


@pytest.mark.parametrize("role", [Role.MASTER, Role.WORKER])
def test_a_run_over_several_machines_is_judged_again(role: Role) -> None:
    """One of its members alone would find nobody: its histories are judged, with what was said of them."""
    show = history_command(run(replace(ALONE, role=role)))
    assert show is not None
    assert show(FOUND) == "nhq check 'my out/histories/drip-1' --skew 0.25 --exclusive-keys"


@pytest.mark.parametrize(
    "words",
    [
        ["our profiles/a day.toml", "--target", "my target.toml", "--keys", "3", "--allow-load", "--exclusive-keys"],
        [
            "mixed",
            "-u",
            "3",
            "-t",
            "1h30m",
            "--window",
            "60.1234567",
            "--allow-send",
            "--p95",
            "300ms",
            "--workers",
            "2",
        ],
        [
            "drip",
            "--contract",
            "new openapi.json",
            "--csv",
            "a b/c",
            "--errors",
            "1%",
            "--seed",
            "7",
            "--anchor",
            "clock",
        ],
    ],
)
def test_every_option_that_matters_is_repeated(words: list[str]) -> None:
    """Parsed again, the command is the same run; paths with blanks are quoted, where the reports go is left out."""
    with command.make_context("load", [*words, "--out", "elsewhere", "--format", "json"]) as first:
        told = shlex.split(given_command())
    assert told[:2] == ["nhq", "load"]
    second = command.make_context("load", told[2:])
    assert second.params | {"out": 0, "formats": 0} == first.params | {"out": 0, "formats": 0}
