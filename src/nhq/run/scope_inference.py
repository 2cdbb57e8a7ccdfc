"""Is the target file right about a key's scopes? Inferred from answers that the run gets anyway.

A key that every operation answers as if it had other scopes, while other keys with the same ones are answered as they
should be, is a slip of the file. Where the answers fit some way to judge scopes as well, it is the server's doing.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median

from nhq.client.target import Target
from nhq.contract import Contract
from nhq.model import Exchange, Identity

Place = tuple[str, str]  # a key's label, an operation
_SILENT = {401, 429}  # say nothing of a scope
_LEAST = 2  # operations that must disagree with the file before it is doubted


@dataclass(slots=True)
class KeyAnswers:
    """What the keys of a run were answered, by their labels.

    By label and operation: let in (2xx), kept out (403), or neither, because other refusals may come before a scope is
    looked at. `tests` has of these answers those of each test, `latency` the seconds that each answer took which came
    before the first test.
    """

    requests: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    let_in: set[Place] = field(default_factory=set)
    kept_out: set[Place] = field(default_factory=set)
    neither: set[Place] = field(default_factory=set)
    tests: dict[str, set[Place]] = field(default_factory=dict)
    latency: list[float] = field(default_factory=list)

    @property
    def usual_latency(self) -> float:
        """The median of the seconds from sending to receiving; 0 before the first answer."""
        return median(self.latency) if self.latency else 0.0

    def hear(self, exchange: Exchange) -> None:
        """One more exchange."""
        label = exchange.identity.label if exchange.identity is not None else ""
        if not exchange.test and exchange.status is not None:
            self.latency.append(max(0.0, exchange.received - exchange.sent))
        self.requests[label] += 1
        self.unknown[label] += exchange.status == 401
        status = exchange.status or 0
        if not label or exchange.operation is None or status in _SILENT or not 200 <= status < 500:
            return
        place = label, exchange.operation
        (self.let_in if exchange.ok else self.kept_out if status == 403 else self.neither).add(place)
        if exchange.test:
            self.tests.setdefault(exchange.test, set()).add(place)

    def known(self, label: str) -> bool:
        """Was a key ever answered otherwise than 401?"""
        return self.requests[label] > self.unknown[label]


@dataclass(frozen=True, slots=True)
class ScopeFit:
    """What a key's answers say of its scopes: those that opened everything asked, and those that opened nothing.

    `mixed`: some scope or operation did now this, now that; then no set of scopes explains the answers.
    """

    key: Identity
    opened: frozenset[str]
    closed: frozenset[str]
    mixed: bool
    operations: Mapping[str, int]

    @property
    def lacking(self) -> frozenset[str]:
        """Scopes that the file gives the key, and the server doesn't."""
        return self.closed & self.key.scopes

    @property
    def surplus(self) -> frozenset[str]:
        """Scopes that the server gives the key, and the file doesn't."""
        return self.opened - self.key.scopes

    @property
    def misfit(self) -> frozenset[str]:
        """All in which file and server disagree."""
        return self.lacking | self.surplus


def wrong_key_lines(target: Target, contract: Contract, answers: KeyAnswers) -> dict[str, frozenset[str]]:
    """Labels of the keys that the file is wrong about, each with the scopes in question; none on a mock of ours."""
    if target.controlled:
        return {}
    fits = [fit_of(key, contract, answers) for key in target.keys if not key.revoked]
    odd = [fit for fit in fits if fit.misfit or fit.mixed]
    if _swapped(odd) and all(_shown(fit, fits) for fit in odd):
        return {fit.key.label: fit.misfit for fit in odd}
    doubted = [fit for fit in odd if not fit.mixed and sum(fit.operations[s] for s in fit.misfit) >= _LEAST]
    alone = len(odd) == 1
    return {fit.key.label: fit.misfit for fit in doubted if _framed(fit, fits) or (alone and _shown(fit, fits))}


def fit_of(key: Identity, contract: Contract, answers: KeyAnswers) -> ScopeFit:
    """What the answers to a key's requests say of its scopes.

    An operation that never kept the key out speaks against a scope that others kept it out for.
    """
    opened, closed, passed, asked = set[str](), set[str](), set[str](), Counter[str]()
    for row in contract.operations.values():
        place = (key.label, row.id)
        if place in answers.kept_out:
            closed.add(row.scope)
        elif place in answers.let_in or place in answers.neither:
            passed.add(row.scope)
        if place in answers.let_in:
            opened.add(row.scope)
        asked[row.scope] += place in answers.let_in | answers.kept_out | answers.neither
    mixed = bool(closed & (opened | passed))
    return ScopeFit(key, frozenset(opened - closed), frozenset(closed - opened - passed), mixed, asked)


def _framed(fit: ScopeFit, fits: list[ScopeFit]) -> bool:
    """Do keys with as many scopes and more, and with as many and fewer, show for each scope how this one should be?

    Then no rule by which more scopes open more, nor one by which they open less, explains the answers.
    """
    mine = fit.key.scopes
    return all(
        any(other.key.scopes >= mine for other in good) and any(other.key.scopes <= mine for other in good)
        for good in _behaving(fit, fits)
    )


def _shown(fit: ScopeFit, fits: list[ScopeFit]) -> bool:
    """Do other keys behave in each of the scopes that the one key at odds lacks or has too many?

    A key without any scopes is never doubted for what it opens: that none of them means all is a server's mistake.
    """
    others = [other for other in fits if other is not fit and not other.mixed]
    for scope in fit.misfit:
        holders = [other.key.scopes for other in others if scope in other.key.scopes & other.opened]
        if scope in fit.lacking and not any(scopes >= fit.key.scopes for scopes in holders):
            return False
        if scope in fit.surplus and not (fit.key.scopes and holders):
            return False
    return True


def _swapped(odd: list[ScopeFit]) -> bool:
    """Do two keys behave as if each were the other? Two variables were exchanged, then."""
    return len(odd) == 2 and _as_if(odd[0], odd[1].key) and _as_if(odd[1], odd[0].key)


def _as_if(fit: ScopeFit, key: Identity) -> bool:
    return not fit.mixed and fit.opened <= key.scopes and not fit.closed & key.scopes


def _behaving(fit: ScopeFit, fits: list[ScopeFit]) -> Iterator[list[ScopeFit]]:
    """For each scope in question, the other keys of which file and server agree about it."""
    others = [other for other in fits if other is not fit and not other.mixed]
    for scope in fit.misfit:
        if scope in fit.lacking:
            yield [other for other in others if scope in other.key.scopes & other.opened]
        else:
            yield [other for other in others if scope in other.closed - other.key.scopes]
