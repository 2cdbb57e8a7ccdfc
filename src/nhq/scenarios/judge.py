"""How a scenario reports what it saw. It doesn't raise: one test may show several things."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from nhq.contract import Contract
from nhq.fingerprints import Breach
from nhq.model import Exchange, Finding, Observation, holds, unknown, violated

_LONG_NUMBER = re.compile(r"\d{25,}")
_REFUSAL = re.compile(r"\b4\d\d\b")


class Broken(AssertionError):
    """A broken promise in a state machine: Hypothesis shrinks a sequence only by an exception."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(f"{finding.rule}: expected {finding.expected}; got {finding.actual}")
        self.finding = finding


@dataclass(frozen=True, slots=True)
class Suspect:
    """A violation that one attempt shows, and the ids of changed things, if it is about things."""

    observation: Observation
    about: frozenset[str] = frozenset()


class Observer(Protocol):
    """What receives a judge's observations."""

    def observe(self, observations: Iterable[Observation]) -> None:
        """Fold observations in."""

    def recall(self, proof: Iterable[Exchange]) -> None:
        """Keep exchanges of earlier tests that this one uses as evidence."""

    def choose(self, ambiguity: str, choice: str) -> None:
        """Record which option the target chose where the contract leaves it open."""


class Judge:
    """Call it with a rule, whether it held, and what to tell the reader if it didn't.

    Only the rules named in the test's mark may be judged; anything else is a mistake of ours (ValueError).
    """

    def __init__(self, contract: Contract, observer: Observer, rules: Iterable[str], doubts: bool = False) -> None:
        """`doubts`: others may have done what a look shows, so that it becomes a suspect, and is told after more looks.

        `held` are pairs of rule and operation that held in the present attempt.
        """
        self._contract, self._observer, self.doubts = contract, observer, doubts
        self.rules = frozenset(rules)
        self.findings: list[Finding] = []
        self.suspects: list[Suspect] = []
        self.held: set[tuple[str, str | None]] = set()
        self.seen = 0

    def __call__(
        self,
        rule: str,
        ok: bool,
        proof: Exchange | Iterable[Exchange],
        *,
        expected: str,
        actual: str = "",
        where: str = "",
        operation: str | None = None,
        about: Iterable[str] = (),
        code: str = Breach.BROKEN,
    ) -> bool:
        """Record one look at a rule and return `ok`.

        `proof`: the exchange(s) that show it, in order; the last one's operation is the one judged unless
        `operation` says otherwise. `expected` and `actual` are short and hold no personal data (counts, ids,
        statuses, field names, never texts); `actual` is omitted where only success is reported. `about` names the
        changed things: where others act, several attempts must show the same ones. `code` distinguishes several ways
        to break the rule at one place.
        """
        observation = self._observation(rule, ok, proof, expected, actual, where, operation, code)
        if observation.finding is not None and self.doubts:
            self.suspect(observation, about)
        else:
            self.tell([observation])
        return ok

    def suspect(self, observation: Observation, about: Iterable[str] = ()) -> None:
        """Another client may have caused what this shows."""
        self.suspects.append(Suspect(observation, frozenset(about)))

    def take_look(self) -> tuple[list[Suspect], set[tuple[str, str | None]]]:
        """Take the suspects and the rules that held in this attempt; another attempt begins."""
        look = self.suspects, self.held
        self.suspects, self.held = [], set()
        return look

    def tell(self, observations: Iterable[Observation]) -> None:
        """Report suspects as observations, without further doubt."""
        for observation in observations:
            self._observer.observe([observation])
            if observation.finding is not None:
                self.findings.append(observation.finding)

    def must(
        self,
        rule: str,
        ok: bool,
        proof: Exchange | Iterable[Exchange],
        *,
        expected: str,
        actual: str = "",
        where: str = "",
        operation: str | None = None,
        code: str = Breach.BROKEN,
    ) -> None:
        """Like a call, but a broken promise raises Broken: for state machines, which shrink by exception."""
        observation = self._observation(rule, ok, proof, expected, actual, where, operation, code)
        if observation.finding is not None:
            raise Broken(observation.finding)
        self._observer.observe([observation])

    def unknown(self, rule: str, cause: str, operation: str | None = None) -> None:
        """The rule could not be judged here, and why (empty data, one page, nothing in that state …)."""
        self._known(rule)
        self._observer.observe([unknown(rule, operation, cause)])

    def chose(self, ambiguity: str, choice: str) -> None:
        """Record the target's choice where the contract leaves it open."""
        if ambiguity not in self._contract.ambiguities:
            raise ValueError(f"no ambiguity {ambiguity} in ambiguities.toml")
        self._observer.choose(ambiguity, choice)

    def _known(self, rule: str) -> None:
        if rule not in self.rules:
            raise ValueError(f"the test judges {rule} without naming it in its mark")

    def _unread(self, rule: str, shown: Sequence[Exchange], expected: str) -> str:
        """Why an attempt shows nothing: it depends on a success without its JSON, which is a finding already.

        Judgements of statuses and headers don't need the JSON.
        """
        if self._contract.rules[rule].area == "ratelimit" or _REFUSAL.search(expected):
            return ""
        return next((cause for cause in (exchange.unreadable for exchange in shown) if cause), "")

    def _observation(
        self,
        rule: str,
        ok: bool,
        proof: Exchange | Iterable[Exchange],
        expected: str,
        actual: str,
        where: str,
        operation: str | None,
        code: str,
    ) -> Observation:
        self._known(rule)
        self.seen += 1
        shown = [proof] if isinstance(proof, Exchange) else list(proof)
        if not shown:
            raise ValueError(f"{rule} is judged without an exchange as proof")
        self._observer.recall(shown)
        judged = operation or shown[-1].operation
        if ok:
            self.held.add((rule, judged))
            return holds(rule, judged, shown[-1].id)
        if cause := self._unread(rule, shown, expected):
            return unknown(rule, judged, cause)
        return violated(Finding(rule, judged, expected, _short(actual), where, tuple(e.id for e in shown), code))


def _short(actual: object) -> str:
    """A value as readable text: a server may have sent a number of any length."""
    return _LONG_NUMBER.sub(lambda match: f"{match[0][:9]}… ({len(match[0])} digits)", str(actual))
