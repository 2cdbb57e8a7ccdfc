"""Observations under a changed contract: rules without their sentence aren't judged, and our own lag is no finding."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from nhq import paths
from nhq.checks.exchange import MODULES
from nhq.client.target import Target
from nhq.contract import Contract, load_contract
from nhq.contract.alignment import align_documents
from nhq.contract.bindings import rule_bindings
from nhq.contract.contract_changes import ChangeKind
from nhq.contract.document_comparison import document_differences
from nhq.contract.rate_limit_numbers import rate_of
from nhq.contract.revision import load_revision
from nhq.model import Exchange, Observation, Verdict, unknown
from nhq.run.collector import Collector
from nhq.scenarios import areas, modules_by_name

MARK = "x-nhq-mock"
USUAL = (60, 60.0)  # what a target file that names no rate is read as
BEHIND = "the mock is behind the contract"
Find = Callable[[int], Exchange | None]


def contract_of(document: Path | None) -> Contract:
    """Our contract, or another document beside what we wrote for ours. Raises ContractError for what is none."""
    return load_contract() if document is None else load_revision(document)


def held_to(contract: Contract, target: Target) -> Target:
    """A target that names no rate of its own is held to the contract's, whatever that is by now."""
    now = rate_of(contract.document)
    return replace(target, limit=now[0], window=now[1]) if now and (target.limit, target.window) == USUAL else target


def collector_for(target: Target, contract: Contract) -> Collector:
    """Where a run is folded; of a contract that moved, only what may be said of it."""
    partly = contract.former is not None or contract.unjudged or any(r.derived for r in contract.operations.values())
    return Collector(target, ObservationReviser(contract, target, rule_bindings()) if partly else None)


class ObservationReviser:
    """Turns each observation into what may be said of it while rules and mock are behind the contract."""

    def __init__(self, contract: Contract, target: Target, bound: Mapping[str, Sequence[str]]) -> None:
        self._contract, self._ours = contract, target.controlled
        self._doubts = doubtful_rules(contract, bound)

    def __call__(self, observation: Observation, find: Find) -> Observation:
        """The observation, or `unknown` with the cause; `find` gives the exchange of a number."""
        rule, operation = observation.rule, observation.operation
        cause = self._contract.unjudged.get((rule, "")) or self._contract.unjudged.get((rule, operation or ""), "")
        row = self._contract.operations.get(operation or "")
        if row is not None and row.derived and operation not in self._contract.rules[rule].operations:
            cause = cause or "nobody has confirmed yet that this rule applies here"
        if not cause and observation.verdict is Verdict.VIOLATED:
            cause = self._behind(observation, find) or self._doubts.get(rule, "")
        return unknown(rule, operation, cause) if cause else observation

    def _behind(self, observation: Observation, find: Find) -> str:
        """Does the proof rest on an answer of our mock that it could not make as the changed contract has it?"""
        proof = observation.finding.exchanges if observation.finding is not None else ()
        for number in proof if self._ours else ():
            exchange = find(number)
            told = exchange.headers.get(MARK, "") if exchange is not None else ""
            row = self._contract.operations.get(exchange.operation or "") if exchange is not None else None
            if told == "behind" or (told and row is not None and not row.derived):
                return BEHIND
        return ""


def doubtful_rules(contract: Contract, bound: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Rules whose checks or scenarios name something that the document names no more, each with the cause.

    They may still be seen to hold; that they were broken isn't said before somebody has looked.
    """
    gone = _names_gone(contract)
    if not gone:
        return {}
    texts = dict(_sources())
    found: dict[str, str] = {}
    for rule, judges in bound.items():
        text = "".join(texts.get(judge.partition("::")[0], "") for judge in judges)
        named = [name for name in gone if re.search(rf"\b{re.escape(name)}\b", text)]
        if named and rule not in _BY_SCHEMA:
            found[rule] = f"its check or scenario names {named[0]}, which the contract changed"
    return found


#: Judged by the document's own schemas and statuses, whatever these are.
_BY_SCHEMA = frozenset(
    {"SCHEMA-BODY", "SCHEMA-DATE-TIME", "ERROR-BODY", "STATUS-DOCUMENTED", "MEDIA-TYPE", "RL-HEADERS", "RL-VALUES"}
)
_GONE = (ChangeKind.REMOVED, ChangeKind.CHANGED, ChangeKind.NUMBER_CHANGED)


def _names_gone(contract: Contract) -> list[str]:
    """Fields, values and numbers of the former document that the present one has no more, or has otherwise."""
    former = contract.former
    if former is None:
        return []
    found: dict[str, None] = {}
    for one in document_differences(align_documents(former.document, contract.document)):
        if one.kind in _GONE:
            names = [str(step) for before, step in zip(one.path, one.path[1:], strict=False) if before == "properties"]
            plain = one.before.strip('"')
            names += re.findall(r'^\{"name": "(\w+)"', one.before)
            found |= dict.fromkeys([*names[-1:], *([plain] if re.fullmatch(r"\w{2,40}", plain) else [])])
    return list(found)


def _sources() -> Iterable[tuple[str, str]]:
    checks = Path(MODULES[0].__file__ or "").parent
    for file in sorted(checks.glob("*.py")):
        yield file.name, file.read_text(encoding="utf-8")
    for file in sorted(paths.contracts_folder().glob("test_*.py")):
        text = file.read_text(encoding="utf-8")
        yield file.name, text + "".join(_texts_of_areas(text))


def _texts_of_areas(scenario: str) -> Iterable[str]:
    """The modules of nhq.scenarios.areas that a scenario's text names something of: they judge with it."""
    words = set(re.findall(r"\w+", scenario))
    used = {module for name, module in modules_by_name().items() if name in words}
    for file in sorted(Path(areas.__file__).parent.glob("*.py")):
        if f"{areas.__name__}.{file.stem}" in used:
            yield file.read_text(encoding="utf-8")
