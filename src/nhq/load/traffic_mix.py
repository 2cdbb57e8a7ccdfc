"""The requests of a profile's mix: operations by id, paths filled with listed ids, small valid bodies."""

import json
import os
import random
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nhq import paths
from nhq.errors import ConfigError
from nhq.model import Effect
from nhq.scenarios.payloads import path_parameters, unique_word, valid_body

if TYPE_CHECKING:
    from nhq.contract import Contract

#: The variable that names the operations of a changed contract.
ROWS = "NHQ_OPERATIONS"
#: Which list shows the ids that a path parameter needs.
SHOWN_BY = {
    "campaign_id": "list_campaigns",
    "lead_list_id": "list_lead_lists",
    "lead_id": "list_leads",
    "conversation_id": "list_conversations",
}
_SHOWS = {operation: name for name, operation in SHOWN_BY.items()}
_KEPT = 20
_PAGE = "?limit=10"


@dataclass(frozen=True, slots=True)
class MixRow:
    """One operation: how it is called, what it needs and does."""

    id: str
    method: str
    path: str
    scope: str
    effect: Effect

    @property
    def needs(self) -> list[str]:
        """The lists to read before its path can be filled."""
        return [SHOWN_BY[name] for name in path_parameters(self.path)]


@dataclass(frozen=True, slots=True)
class MixCall:
    """One request to send, without its key."""

    operation: str
    method: str
    path: str
    body: str = ""


@dataclass(slots=True)
class Ids:
    """Listed ids, by path parameter."""

    known: dict[str, list[str]] = field(default_factory=dict)

    def learn(self, operation: str, answer: bytes) -> None:
        """Keep the ids of a list's first page; anything else is left alone."""
        name = _SHOWS.get(operation)
        if name is None or name in self.known:
            return
        try:
            rows = json.loads(answer)["data"]
            self.known[name] = [str(row["id"]) for row in rows][:_KEPT]
        except (ValueError, KeyError, TypeError):
            return


def mix_operations(file: Path | None = None) -> dict[str, MixRow]:
    """The operations of the contract by id, in its order; of a changed one, as whoever started this run wrote them."""
    moved = os.environ.get(ROWS)
    path = file or (Path(moved) if moved else paths.contracts_folder() / "operations.toml")
    table = tomllib.loads(path.read_text("utf-8"))["operation"]
    return {
        row["id"]: MixRow(row["id"], row["method"], row["path"], row.get("scope", ""), Effect(row["effect"]))
        for row in table
    }


def write_operations(folder: Path, contract: "Contract") -> Path:
    """The operations of a changed contract, for the processes of a run."""
    path = folder / "operations.toml"
    fields = ("id", "method", "path", "scope", "effect")
    tables = [
        "[[operation]]\n" + "".join(f"{name} = {json.dumps(str(getattr(row, name)))}\n" for name in fields)
        for row in contract.operations.values()
    ]
    path.write_text("\n".join(tables), "utf-8")
    return path


def permitted_mix(
    mix: Mapping[str, int], allow: Iterable[Effect], file: Path | None = None
) -> tuple[dict[str, int], list[str]]:
    """The part of a mix that a target allows, and the operations left out; so are those that a changed contract lost.

    Raises ConfigError for an operation that doesn't exist, and when nothing is left.
    """
    rows, allowed = mix_operations(file), set(allow)
    strange = [name for name in mix if name not in rows]
    if file is not None or os.environ.get(ROWS):
        mix = {name: weight for name, weight in mix.items() if name in rows}
    elif strange:
        raise ConfigError(f"the mix names {strange[0]}, which is not an operation; known are {', '.join(rows)}")
    kept = {name: weight for name, weight in mix.items() if rows[name].effect in allowed and weight > 0}
    if not kept:
        raise ConfigError(f"the target allows no operation of the mix: {', '.join(mix)}")
    return kept, [*strange, *(name for name in mix if name not in kept)]


def to_learn(mix: Mapping[str, int], rows: Mapping[str, MixRow]) -> list[str]:
    """The lists to read once before this mix can be sent; at least one request, to see the key's window."""
    reads = [name for name in mix if rows[name].effect is Effect.READ and not rows[name].needs]
    return _needed(mix, rows) or reads[:1] or ["list_leads"]


def scopes_of(mix: Iterable[str], rows: Mapping[str, MixRow]) -> set[str]:
    """The scopes that a key needs to send a mix, and to read the lists for it."""
    return {rows[name].scope for name in (*mix, *_needed(mix, rows))}


def _needed(mix: Iterable[str], rows: Mapping[str, MixRow]) -> list[str]:
    """The lists whose ids a mix can't do without."""
    return list(dict.fromkeys(listed for name in mix for listed in rows[name].needs))


def make_call(row: MixRow, ids: Ids, rng: random.Random) -> MixCall:
    """A request for one operation, ids taken at random from those known; an unknown one names nothing."""
    path = row.path
    for name in path_parameters(row.path):
        path = path.replace(f"{{{name}}}", rng.choice(ids.known.get(name) or ["unknown"]))
    content: Any = valid_body(row.id, unique_word(rng)) if row.method != "GET" else None
    paged = _PAGE if row.method == "GET" and row.id.startswith("list_") and row.id != "list_linkedin_accounts" else ""
    return MixCall(row.id, row.method, path + paged, "" if content is None else json.dumps(content))


class Mix:
    """An endless stream of calls, weighed, the same for the same seed."""

    def __init__(self, weights: Mapping[str, int], rows: Mapping[str, MixRow], ids: Ids, rng: random.Random) -> None:
        self._names: Sequence[str] = list(weights)
        self._weights = list(weights.values())
        self._rows, self._ids, self._rng = rows, ids, rng

    def next(self) -> MixCall:
        """The next call."""
        name = self._rng.choices(self._names, self._weights)[0] if len(self._names) > 1 else self._names[0]
        return make_call(self._rows[name], self._ids, self._rng)
