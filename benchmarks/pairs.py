"""Labelled pairs of documents and schemas through the diff: `python -m benchmarks.pairs FOLDER`.

Reads `pairs.jsonl` (documents with a label: breaking, at-least-risky, not, unclear) and `schemas.jsonl` (does `big`
cover `small`?) from a folder that is not ours, and prints how often the diff agrees. Nothing is written; `--show` names
the pairs where it decides otherwise. Where it does in the public suites that it was tried on, it is for these reasons:

- A parameter that was a number, or one of several scalars, and is any text now: on the wire every request is still one.
- An operation's only security scheme became another type: whoever had the old credentials is refused, so it breaks.
- A text without `""` against the pattern `.+` (or of two characters against `.{2,}`): a dot matches no line break, so
  a line break is a witness, on which both validators agree.
"""

import datetime
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nhq.diff import validators, witness_search
from nhq.diff.change_records import ChangeLevel, ComparedDocument, Side
from nhq.diff.compare_documents import Comparison, compare_documents
from nhq.diff.containment import schema_covers
from nhq.diff.json_schema import bare_schema, normalized_schema
from nhq.diff.references import Node
from nhq.diff.schema_comparer import Comparer

TODAY = datetime.date(2026, 11, 28)
_RED = {ChangeLevel.BREAKING, ChangeLevel.REVIEW}
_BAD = {ChangeLevel.BREAKING, ChangeLevel.RISKY}
_SCHEMA_RULES = ("request-", "response-")
_NO_VALUE = ("media-type", "body-", "success", "header", "status", "redirect", "removed")


def rows(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines)


def compared(pair: dict[str, Any], comparer: Comparer) -> Comparison:
    return compare_documents(
        ComparedDocument("base", pair["base"]), ComparedDocument("head", pair["rev"]), TODAY, comparer
    )


def documents(folder: Path, shown: bool) -> None:
    """Print how often labels and levels agree."""
    count, comparer = Counter[str](), Comparer()
    began = time.process_time()
    for pair in rows(folder / "pairs.jsonl"):
        found = compared(pair, comparer).changes
        levels = {change.level for change in found}
        label = pair["label"]
        count[label] += 1
        count[f"{label} breaking"] += ChangeLevel.BREAKING in levels
        count[f"{label} risky"] += bool(levels & _BAD)
        count[f"{label} red"] += bool(levels & _RED)
        for change in found:
            count["without witness"] += (
                change.level is ChangeLevel.BREAKING and _needs_witness(change.rule) and not change.witness
            )
        count["self"] += bool(
            compare_documents(
                ComparedDocument("base", pair["base"]), ComparedDocument("head", pair["base"]), TODAY
            ).changes
        )
        wrong = (
            (label == "breaking" and ChangeLevel.BREAKING not in levels)
            or (label == "not" and levels & _RED)
            or (label == "at-least-risky" and not levels & _BAD)
        )
        if shown and wrong:
            told = [f"{c.level} {c.rule} {c.pointer}" for c in found if c.level in _BAD | _RED]
            print(f"  {pair['id']} {label}: {'; '.join(told) or 'nothing'}")
    print(f"breaking reported breaking  {count['breaking breaking']} of {count['breaking']}")
    print(f"not reported breaking       {count['not breaking']} of {count['not']}")
    print(f"not exiting 1               {count['not red']} of {count['not']}")
    print(f"at least risky reported so  {count['at-least-risky risky']} of {count['at-least-risky']}")
    print(f"schema comparisons          {comparer.compared}, undecided {comparer.undecided}")
    print(f"schema breaks, no witness   {count['without witness']}")
    print(f"base against itself         {count['self']} with changes")
    print(f"CPU seconds                 {time.process_time() - began:.1f}")


def _needs_witness(rule: str) -> bool:
    return rule.startswith(_SCHEMA_RULES) and not any(word in rule for word in _NO_VALUE)


def schemas(folder: Path, shown: bool) -> None:
    """Print how often containment and label agree."""
    count: Counter[str] = Counter()
    for row in rows(folder / "schemas.jsonl"):
        big, small = _plain(row["big"]), _plain(row["small"])
        answer = (
            "yes" if schema_covers(big, small) else "no" if witness_search.find_witness(small, big) else "undecided"
        )
        agreed = row["covers"] == answer
        contradicts = row["covers"] != "unclear" and answer != "undecided" and not agreed
        count["agreed"] += agreed
        count["undecided"] += answer == "undecided"
        count["contradicted"] += contradicts
        count["pairs"] += 1
        if shown and contradicts:
            value = (witness_search.find_witness(small, big) or ("",))[0]
            opinion = validators.second_opinion(big, value)
            print(f"  {row['id']} labelled {row['covers']}, found {answer}: {value!r} {opinion}")
    told = f"{count['agreed']} agreed, {count['undecided']} undecided, {count['contradicted']} contradicted"
    print(f"containment pairs           {count['pairs']}: {told}")


def _plain(schema: Any) -> Any:
    """A schema of the old drafts, read as OpenAPI 3.0 reads schemas."""
    content = {"openapi": "3.0.3", **(schema if isinstance(schema, dict) else {})}
    return bare_schema(normalized_schema(ComparedDocument("schema", content), Node(schema, ""), Side.REQUEST))


if __name__ == "__main__":
    place = Path(sys.argv[1])
    documents(place, "--show" in sys.argv)
    schemas(place, "--show" in sys.argv)
