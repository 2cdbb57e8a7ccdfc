"""One mock in real time, judged as a server that can't be put back: which fault does a live run find, and when?

Windows are scaled to seconds. The control plane restores the mock's state between two runs; runs don't use it.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

from nhq.client.control_plane import ControlPlane
from nhq.client.key_check import usable_target
from nhq.client.run_deadline import RunDeadline
from nhq.client.target import Target
from nhq.clock import SystemClock
from nhq.contract import load_contract
from nhq.errors import NhqError
from nhq.model import Identity, Verdict
from nhq.mutation.faults.fault import Fault
from nhq.mutation.mutant_status import GOOD, MutantOutcome, mutant_status
from nhq.mutation.variants.variant import Variant
from nhq.run.collector import Collector
from nhq.run.contract_rounds import run_contract_tests
from nhq.run.early_end import Stop
from nhq.run.events import FindingKey
from nhq.run.gate import open_target
from nhq.run.gate_options import GateOptions
from nhq.run.key_doubts import excusable
from nhq.run.live_planner import WINDOWS
from nhq.run.scope_inference import KeyAnswers
from nhq.run.selection import make_selection

#: Numbers of requests of successive runs, until one finds the fault.
MARKS = (180, 300, 600, 900, 1500, 3000)
#: Requests that a key of the mock may send in a window.
LIMIT = 60
#: The keys of a run by their number: labels of the mock's own, and of those issued for the run.
KEYS = {
    1: ("full",),
    6: ("full", "full_2", "some", "others", "none", "beta_full"),
    22: (*(f"full{'' if n == 1 else f'_{n}'}" for n in range(1, 12)), "none", "beta_full"),  # and one for each scope
}
#: A revoked key has no allowance: it is added if there are several keys.
_REVOKED, _SINGLE = "revoked", "only_"
#: Two keys share the scopes: read and write of a resource are separate, and conversations are with the others.
_SOME = frozenset({"campaigns:read", "lead_lists:read", "leads:read", "linkedin_accounts:read", "conversations:write"})


@dataclass(frozen=True, slots=True)
class Live:
    """Options of live runs: number of keys (one of `KEYS`), most requests, seconds per window.

    `at` are the numbers of requests that runs send, if not `MARKS`. `by_default`: one run without `--requests`, which
    sends what each key allows in three windows, and what no key pays for.
    """

    keys: int = 6
    requests: int = 3000
    window: float = 5.0
    at: tuple[int, ...] = ()
    by_default: bool = False

    @property
    def marks(self) -> tuple[int, ...]:
        """The numbers of requests of successive runs."""
        if self.by_default:
            return (WINDOWS * LIMIT * self.keys,)
        return tuple(sorted(self.at)) or tuple(mark for mark in MARKS if mark <= self.requests)


class LiveBench:
    """A mock with `--real-time --control`, and keys of a live target."""

    def __init__(self, target: Target, seed: int, live: Live) -> None:
        self._contract, self._seed, self._live = load_contract(), seed, live
        self._control = ControlPlane(target.control_url, target.control_token)
        self._target = replace(target, keys=self._keys(target), control_url="", control_token="")
        self._pristine = self._control.snapshot()

    def close(self) -> None:
        """Close the connection."""
        self._control.close()

    def look(self, fault: Fault, variants: Sequence[Variant] = ()) -> MutantOutcome:
        """Plant a fault, and find the number of requests that a live run needs to find it, by larger and larger runs.

        On a mock without a fault all runs are made, and `judged` is the fewest requests that each rule was judged with.
        """
        clock = SystemClock()
        began, spent = clock.monotonic(), clock.spent()
        judged: dict[str, int] = {}
        for most in self._live.marks:
            outcome = self._run(fault, variants, most)
            judged = dict.fromkeys(outcome.judged, most) | judged
            if outcome.at or (not fault.rules and outcome.status not in GOOD):
                break
        seconds, cpu = clock.monotonic() - began, clock.spent() - spent
        return replace(outcome, judged=judged, seconds=round(seconds, 2), cpu=round(cpu, 2))

    def _run(self, fault: Fault, variants: Sequence[Variant], most: int) -> MutantOutcome:
        """One live run of so many requests."""
        with self._lying([*(variant.id for variant in variants), fault.id]):
            collector, troubles = self._judged(fault, most)
        found = list(dict.fromkeys(key[0] for key in collector.findings))
        return MutantOutcome(
            fault=fault.id,
            status=mutant_status(fault, found, troubles),
            kills=tuple(rule for rule in fault.rules if rule in found),
            others=tuple(rule for rule in found if rule not in fault.rules),
            requests=collector.requests,
            tests=len(collector.tests),
            troubles=tuple(troubles),
            seed=self._seed,
            variants=tuple(variant.id for variant in variants),
            at=most if shown_by(collector, fault, math.inf if self._live.by_default else most) else 0,
            judged=dict.fromkeys(judged_rules(collector), most),
        )

    def _keys(self, target: Target) -> tuple[Identity, ...]:
        """The keys of the run, the main workspace's first."""
        known = {key.label: key for key in target.keys}
        whole = known["full"].scopes
        scopes = {"some": whole & _SOME, "others": whole - _SOME}
        labels = [*KEYS[self._live.keys], *([_REVOKED] if self._live.keys > 1 else [])]
        if self._live.keys > len(KEYS[self._live.keys]):
            labels += [label for label in known if label.startswith(_SINGLE)]
        return tuple(known.get(label) or self._issued(known["full"], label, scopes) for label in labels)

    def _issued(self, full: Identity, label: str, scopes: Mapping[str, frozenset[str]]) -> Identity:
        """Another key in the main workspace, with the scopes of the first unless the label names others."""
        wanted = scopes.get(label, full.scopes)
        secret = self._control.issue(full.workspace, sorted(wanted), label)
        return replace(full, label=label, scopes=wanted, secret=secret, env=f"KEY_{label.upper()}")

    @contextmanager
    def _lying(self, planted: Sequence[str]) -> Iterator[None]:
        self._control.restore(self._pristine)
        try:
            for ident in planted:
                self._control.fault(ident, on=True)
            yield
        finally:
            for ident in planted:
                self._control.fault(ident, on=False)

    def _judged(self, fault: Fault, most: int) -> tuple[Collector, list[str]]:
        """The findings of a run of so many requests, until it found the fault; and what kept it from judging."""
        target = replace(self._target, given=self._control.landmarks())
        requests = 0 if self._live.by_default else most
        options, answers = GateOptions(seed=self._seed, profile="live", requests=requests), KeyAnswers()
        course = RunDeadline()
        with ExitStack() as stack:
            try:
                session = open_target(target, options, stack, self._contract, course, answers)
                usable_target(session, skip=True)
                stop = self._stop(fault, target, answers, most)
                nobody = make_selection(self._contract, (), ())
                collector, _ = run_contract_tests(session, nobody, options, None, stop, "power", answers)
            except NhqError as problem:
                return Collector(target), [str(problem)]
        return collector, [f"{trouble.where}: {trouble.cause}" for trouble in collector.troubles]

    def _stop(self, fault: Fault, target: Target, answers: KeyAnswers, most: int) -> Stop:
        """Stop once the fault was found, beyond doubt about the target file, or everything was sent."""

        def enough(collector: Collector) -> str:
            if collector.requests >= most and not self._live.by_default:
                return collector.end("its requests are spent")
            seen = wanted_findings(collector, fault)
            doubted = excusable(collector, target, self._contract, answers) if seen else set()
            return collector.end("the fault was seen" if set(seen) - doubted else "")

        return enough


def wanted_findings(collector: Collector, fault: Fault) -> list[FindingKey]:
    """The findings that name a rule which the fault breaks."""
    return [key for key in collector.findings if key[0] in fault.rules]


def shown_by(collector: Collector, fault: Fault, most: float) -> bool:
    """Was such a finding proven by the first `most` requests? The last test of a run may send a few more."""
    proofs = [collector.findings[key].finding.exchanges for key in wanted_findings(collector, fault)]
    return any(max(numbers, default=collector.requests) <= most for numbers in proofs)


def judged_rules(collector: Collector) -> list[str]:
    """The rules that were judged on some operation."""
    verdicts = [(rule, cell.verdict) for (rule, _), cell in collector.cells.items()]
    return list(dict.fromkeys(rule for rule, verdict in verdicts if verdict is not Verdict.UNKNOWN))
