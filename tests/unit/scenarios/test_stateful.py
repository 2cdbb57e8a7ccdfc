"""Sequences against a target: shrunk, told step by step, the same for the same seed, no pass by getting stuck."""

import random
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.errors import FlakyStrategyDefinition
from hypothesis.stateful import precondition, rule

from nhq.client.running_test import Running
from nhq.contract import Contract
from nhq.errors import Away, PreconditionNotMet
from nhq.model import Exchange
from nhq.run.collector import Collector
from nhq.scenarios.judge import Broken, Judge
from nhq.scenarios.stateful import MachineStage, Size, Workflow, play_machine

RULE = "LIST-DATA-COMPLETE"
SIZE = Size(30, 8)


@pytest.fixture
def stage(contract: Contract, collector: Collector, exchange: Callable[..., Exchange]) -> Callable[..., MachineStage]:
    """A stage whose target answers every call with one exchange; `restorable` ones can be put back."""

    def make(restorable: bool = True, seed: int = 1, status: int = 200, undisturbed: bool = True) -> MachineStage:
        restored: list[str] = []
        target = SimpleNamespace(restorable=restorable, undisturbed=restorable and undisturbed)
        session = SimpleNamespace(target=target, restore=restored.append, restored=restored, running=Running())
        api: Any = SimpleNamespace(session=session, lost=None, call=lambda *a, **k: exchange(status=status))
        return MachineStage(api, SimpleNamespace(), Judge(contract, collector, [RULE]), "s1", random.Random(seed))  # type: ignore[arg-type]

    return make


class Counting(Workflow):
    """Counts; finds the third addition broken."""

    played: list[tuple[str, ...]]
    most = 2

    def __init__(self, stage: MachineStage) -> None:
        super().__init__(stage)
        self.count = 0

    @precondition(lambda self: not self.stuck)
    @rule(amount=st.integers(0, 9))
    def add(self, amount: int) -> None:
        """One more."""
        self.told(f"add {amount}")
        if self.ok("list_leads") is not None:
            self.count += 1
            told = {"expected": f"at most {self.most}", "actual": f"{self.count}"}
            self.must(RULE, self.count <= self.most, "create_lead_lists", **told)

    def teardown(self) -> None:
        self.played.append(tuple(self.story))


def machine(**changes: Any) -> type[Counting]:
    return type("Machine", (Counting,), {"played": [], **changes})


def test_a_broken_promise_is_told_by_its_shortest_sequence(stage: Callable[..., MachineStage]) -> None:
    """The finding holds the fewest and simplest steps that break the promise, numbered, and their exchanges."""
    with pytest.raises(Broken) as broken:
        play_machine(machine(), stage(), SIZE)
    assert broken.value.finding.actual == "3 (after 1. add 0; 2. add 0; 3. add 0)"
    assert len(broken.value.finding.exchanges) == 3


def test_every_sequence_begins_from_the_snapshot(stage: Callable[..., MachineStage]) -> None:
    """The target is put back before each sequence, also while one is shrunk."""
    kind, where = machine(most=99), stage()
    play_machine(kind, where, SIZE)
    assert len(where.session.restored) == len(kind.played) >= SIZE.sequences  # type: ignore[attr-defined]


def test_the_seed_decides_the_sequences(stage: Callable[..., MachineStage]) -> None:
    """The same seed plays the same sequences, another one others."""
    kinds = [machine(most=99) for _ in range(3)]
    for kind, seed in zip(kinds, (1, 1, 2), strict=True):
        play_machine(kind, stage(seed=seed), SIZE)
    assert kinds[0].played == kinds[1].played != kinds[2].played


def test_what_nothing_puts_back_is_played_once(stage: Callable[..., MachineStage]) -> None:
    """Without a control plane one sequence is played, under a name that nothing has yet."""
    kind = machine(most=99)
    play_machine(kind, stage(restorable=False), SIZE)
    assert len(kind.played) == 1
    words = {stage(restorable=False, seed=seed).begin() for seed in (1, 2)}
    assert len(words) == 2
    assert all(word.startswith("nhq-") for word in words)


def test_stuck_sequences_are_no_pass(stage: Callable[..., MachineStage]) -> None:
    """Where every sequence is refused before anything could be judged, that is what is said."""
    with pytest.raises(PreconditionNotMet, match="list_leads was answered 404"):
        play_machine(machine(), stage(status=404), SIZE)


def test_no_step_is_played_after_getting_stuck(stage: Callable[..., MachineStage]) -> None:
    """What couldn't be done is not built upon."""
    kind = machine()
    with pytest.raises(PreconditionNotMet):
        play_machine(kind, stage(status=500), SIZE)
    assert all(len(story) <= 1 for story in kind.played)


def test_what_is_seen_once_and_not_again_is_still_told(stage: Callable[..., MachineStage]) -> None:
    """A server that breaks a promise only now and then is found guilty by what was seen."""
    luck = iter([99] * 20 + [0, 0] + [99] * 100_000)
    with pytest.raises(Broken):
        play_machine(machine(most=property(lambda self: next(luck))), stage(), SIZE)


class Losing(Workflow):
    """One answer of many doesn't come."""

    asked = 0

    @rule(amount=st.integers(0, 9))
    def ask(self, amount: int) -> None:
        """One more."""
        type(self).asked += 1
        if self.asked == 20:
            self.api.lost = Away("no answer")  # as the real one keeps it
            raise self.api.lost
        self.call("list_leads")


def test_where_others_act_it_must_come_again(stage: Callable[..., MachineStage]) -> None:
    """On a target that is put back, what the same sequence doesn't show again may have been somebody else's doing."""
    luck = iter([99] * 20 + [0, 0] + [99] * 100_000)
    with pytest.raises(PreconditionNotMet, match="others act here"):
        play_machine(machine(most=property(lambda self: next(luck))), stage(undisturbed=False), SIZE)


def test_an_answer_that_did_not_come_once_is_no_crash(stage: Callable[..., MachineStage]) -> None:
    """Hypothesis can't make it happen again; what is raised is that no answer came, so that the test is run again."""
    Losing.asked = 0
    with pytest.raises(Away):
        play_machine(Losing, stage(), SIZE)


def test_steps_that_depend_on_what_is_answered_now_are_no_crash(stage: Callable[..., MachineStage]) -> None:
    """A live target may offer other steps when a sequence is played again; one that is put back may not."""

    def wavering(_: MachineStage) -> Workflow:
        raise FlakyStrategyDefinition("Inconsistent data generation!")

    with pytest.raises(PreconditionNotMet, match="the target's data changed"):
        play_machine(wavering, stage(restorable=False), SIZE)
    with pytest.raises(FlakyStrategyDefinition):
        play_machine(wavering, stage(), SIZE)
