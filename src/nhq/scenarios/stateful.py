"""State machines over a target: each sequence starts from a clean state and is reported step by step."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis import seed as seeded
from hypothesis.errors import DidNotReproduce, Flaky, Unsatisfiable
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from nhq.client.api import Api
from nhq.client.session import Session
from nhq.errors import PreconditionNotMet
from nhq.fingerprints import Breach
from nhq.generate.sequence_codes import sequence_again, sequence_of
from nhq.model import Exchange
from nhq.scenarios.inventory import Inventory
from nhq.scenarios.judge import Broken, Judge
from nhq.scenarios.payloads import unique_word

_PROOF_MOST = 40


@dataclass(frozen=True, slots=True)
class Size:
    """How many sequences are tried, and how many steps each has."""

    sequences: int
    steps: int


@dataclass(frozen=True, slots=True)
class MachineStage:
    """What a state machine plays on. Without a control plane nothing is put back, and names must be new each time."""

    api: Api
    world: Inventory
    judge: Judge
    snapshot: str
    rng: random.Random
    stuck: list[str] = field(default_factory=list)

    @property
    def session(self) -> Session:
        return self.api.session

    @property
    def restorable(self) -> bool:
        """Can the target be put back?"""
        return self.session.target.restorable

    @property
    def undisturbed(self) -> bool:
        """Does nobody else use the target?"""
        return self.session.target.undisturbed

    def begin(self) -> str:
        """Restore the target if possible; returns a word that no earlier sequence used."""
        if self.restorable:
            self.session.restore(self.snapshot)
            return "nhq-sequence"
        return unique_word(self.rng)


class Workflow(RuleBasedStateMachine):
    """A sequence of steps against a target and a model of it. A broken promise ends it, and Hypothesis shrinks it.

    `story` has the steps in words, `proof` their exchanges: both go into the finding, so that a person can follow.
    """

    def __init__(self, stage: MachineStage) -> None:
        super().__init__()
        self.stage, self.api = stage, stage.api
        self.story: list[str] = []
        self.proof: list[Exchange] = []
        self.stuck = False
        self.word = stage.begin()

    @precondition(lambda self: self.stuck)
    @rule()
    def rest(self) -> None:
        """Does nothing: Hypothesis needs a rule that can always run."""

    def told(self, step: str) -> None:
        """One more step, in words without personal data."""
        self.story.append(step)

    def call(self, operation: str, **options: Any) -> Exchange:
        """One request of the sequence, whatever comes back; options as for `Api.call`."""
        self.proof.append(self.api.call(operation, **options))
        return self.proof[-1]

    def ok(self, operation: str, **options: Any) -> Exchange | None:
        """One request that the sequence builds on; None, and no further step, where it is refused."""
        exchange = self.call(operation, **options)
        if not exchange.ok:
            self.stop(f"{operation} was answered {exchange.status}")
        return exchange if exchange.ok else None

    def stop(self, cause: str) -> None:
        """The sequence can't go on, for a reason that breaks none of its promises."""
        self.stuck = True
        self.stage.stuck.append(cause)

    def must(
        self,
        rule: str,
        ok: bool,
        operation: str,
        *,
        expected: str,
        actual: str,
        where: str = "",
        code: str = Breach.BROKEN,
    ) -> None:
        """Judge; a promise seen broken raises Broken with the steps so far."""
        steps = "; ".join(f"{number}. {step}" for number, step in enumerate(self.story, 1))
        self.stage.judge.must(
            rule,
            ok,
            self.proof[-_PROOF_MOST:],
            expected=expected,
            actual=f"{actual} (after {steps})",
            where=where,
            operation=operation,
            code=code,
        )


def play_machine(machine: Callable[[MachineStage], RuleBasedStateMachine], stage: MachineStage, size: Size) -> None:
    """Try sequences; the seed of the run decides which. Raises Broken with the shortest that breaks a promise.

    On a target that cannot be put back, one sequence is tried and nothing repeated. Raises PreconditionNotMet if every
    sequence got stuck before anything was judged.
    """
    present = stage.session.running.present
    phases = (Phase.generate, Phase.shrink) if stage.restorable else (Phase.generate,)
    chosen = settings(
        max_examples=size.sequences if stage.restorable else 1,
        stateful_step_count=size.steps,
        phases=phases,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        print_blob=True,
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )

    def new() -> RuleBasedStateMachine:
        return machine(stage)

    asked = present.asked.sequence if present.asked is not None else ""
    played: Any = sequence_again(seeded(stage.rng.randrange(2**32))(new), asked)
    try:
        run_state_machine_as_test(played, settings=chosen)
    except Broken as found:
        present.play(sequence_of(found))
        raise
    except DidNotReproduce:
        return
    except Flaky as flaky:
        # Seen once and not again: what was seen was seen, and its exchanges prove it. An answer that did not come
        # once is no crash: whoever runs the test asks again.
        broken = [one for one in getattr(flaky, "exceptions", ()) if isinstance(one, Broken)]
        if broken and stage.restorable and not stage.undisturbed:
            raise PreconditionNotMet(
                f"no sequence that shows {broken[0].finding.rule} broken again: others act here"
            ) from None
        ours = flaky if stage.restorable else None
        if (cause := next(iter(broken), stage.api.lost or ours)) is not None:
            raise cause from None
        if not stage.judge.seen:  # what the target answers decides which steps there are, and it answers anew
            raise PreconditionNotMet("no sequence went on alike when played again: the target's data changed") from None
    except Unsatisfiable:
        raise PreconditionNotMet(
            f"no sequence could be played: {(stage.stuck or ['no step was possible'])[0]}"
        ) from None
    if stage.stuck and not stage.judge.seen:
        raise PreconditionNotMet(f"no sequence could be played: {stage.stuck[0]}")
