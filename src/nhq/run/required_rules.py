"""`--require`: how much a run must judge, so that a run that judged little isn't green."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nhq.contract import Contract
from nhq.errors import ConfigError, did_you_mean
from nhq.model import Verdict
from nhq.record.judged_rows import RuleRow
from nhq.record.run_record import RequiredRow
from nhq.run.selection import Selection

_SHARE = re.compile(r"(\d+(?:\.\d+)?)%")
_FORMS = "give a number of rules, a share such as 90%, or ids of rules"


@dataclass(frozen=True, slots=True)
class Required:
    """What must be judged: at least `least` rules, and those in `rules`. `asked` is the text as written."""

    asked: str
    least: int = 0
    rules: frozenset[str] = frozenset()


def read_required(asked: Sequence[str], contract: Contract, selection: Selection) -> Required | None:
    """What was asked for, each text a list of numbers, shares and rules with commas between; None where nothing was.

    Raises ConfigError for what is neither, for an unknown rule, and for what the run can't come to.
    """
    words = [word.strip() for text in asked for word in text.split(",")]
    if not words:
        return None
    there = [rule.id for rule in contract.rules.values() if _selected(rule.id, contract, selection)]
    counts = [_count(word, len(there)) for word in words if word[:1].isdigit()]
    if len(counts) > 1:
        raise ConfigError(f"--require {','.join(words)}: give one number or share only")
    rules = [_known(word, contract, there) for word in words if not word[:1].isdigit()]
    return Required(",".join(words), counts[0] if counts else 0, frozenset(rules))


def _selected(rule: str, contract: Contract, selection: Selection) -> bool:
    covered = any(selection.covers(operation) for operation in contract.applies(contract.rules[rule]))
    return selection.judges(rule) and covered


def _count(word: str, there: int) -> int:
    """How many of the rules that are there; a share is rounded up."""
    share = _SHARE.fullmatch(word)
    if share is None and not word.isdecimal():
        raise ConfigError(f"--require {word}: {_FORMS}")
    least = math.ceil(round(float(share[1]) * there / 100, 6)) if share is not None else int(word)
    if least > there:
        raise ConfigError(f"--require {word}: there are {there} rules to judge in this run")
    if least < 1:
        raise ConfigError(f"--require {word}: {_FORMS}, at least 1")
    return least


def _known(word: str, contract: Contract, there: Sequence[str]) -> str:
    rule = contract.rule_id(word)
    if rule is None:
        near = did_you_mean(word.upper(), contract.rules).replace("; near it:", "; did you mean")
        raise ConfigError(f"--require {word!r}: no such rule{near + '?' if near else ''}; or {_FORMS}")
    if rule not in there:
        raise ConfigError(f"--require {word}: --rule and --operation leave it out of this run")
    return rule


def is_judged(rule: RuleRow) -> bool:
    """Was a rule of a record judged, that is on at least one operation?"""
    verdicts = [rule.verdict, *(cell.verdict for cell in rule.cells.values())]
    return any(verdict is not Verdict.UNKNOWN for verdict in verdicts)


def required_outcome(required: Required | None, rules: Mapping[str, bool]) -> RequiredRow | None:
    """What came of it, for the record: `rules` has the selected ones, each with whether it was judged.

    `lacking` are the rules that were not judged where that is too few.
    """
    if required is None:
        return None
    missing = [rule for rule, was_judged in rules.items() if not was_judged]
    count = len(rules) - len(missing)
    lacking = missing if count < required.least else [rule for rule in missing if rule in required.rules]
    return RequiredRow(
        asked=required.asked, least=required.least, judged=count, lacking=tuple(lacking), met=not lacking
    )
