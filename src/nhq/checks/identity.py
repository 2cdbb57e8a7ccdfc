"""The one thing that an answer is about, for checks that compare it with the path."""

from collections.abc import Iterator
from typing import Any

from nhq.checks.context import CheckContext
from nhq.model import Observation


def returned_object(seen: CheckContext) -> dict[str, Any]:
    """The object under `data` of a successful answer; {} where there is none."""
    data = seen.body.get("data") if seen.exchange.ok and isinstance(seen.body, dict) else None
    return data if isinstance(data, dict) else {}


def same_id(found: Any, asked: str) -> bool:
    """Is this the id asked for? Case and surrounding blanks don't count: hexadecimal digits mean the same in both."""
    return isinstance(found, str) and found.strip().casefold() == asked.strip().casefold()


def has_requested_id(seen: CheckContext, rule: str, parameter: str) -> Iterator[Observation]:
    """A single thing, fetched by the id in the path, has that id."""
    data = returned_object(seen)
    if "id" in data:
        ok = same_id(data["id"], seen.path[parameter])
        yield seen.judged(rule, ok, f"the {parameter} of the path", "another id", "/data/id")


def all_name(seen: CheckContext, rule: str, rows: list[Any], member: str, parameter: str) -> Iterator[Observation]:
    """Every row names what the path named. Without rows nothing is observed."""
    named = [row[member] for row in rows if isinstance(row, dict) and member in row]
    wrong = sum(not same_id(name, seen.path[parameter]) for name in named)
    if named:
        actual = f"another one in {wrong} of {len(named)} rows"
        yield seen.judged(rule, not wrong, f"the {parameter} of the path in every row", actual, f"/data/*/{member}")
