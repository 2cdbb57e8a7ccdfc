"""The live corpus: the fewest generated requests that show as much of the contract as all of them.

Every request of the coverage phase is sent once to a mock in one and the same state. What it shows is (operation,
status, keyword of a schema, kept or broken), and the rules judged by it; a greedy cover keeps requests until nothing
shown is missing. Ids are placeholders, filled from discovery. `nhq live-corpus --write` makes the file anew.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from nhq import paths
from nhq.checks.request_validity import BATCHES
from nhq.contract import Contract, Operation
from nhq.errors import ConfigError
from nhq.generate.generated_cases import GeneratedKind, Generator, Sending
from nhq.record.case_row import GeneratedRow

FORMAT = "nhq-corpus/1"
BATCH_MOST = 100  # entries that every batch operation takes
_FEW = 10  # a longer batch is about its length
FILTERS = ("list_ids", "linkedin_account_id", "query")
BODY_MOST = 20_000  # characters of a body that a record keeps
Shown = frozenset[tuple[str, int, str, bool]]  # operation, status, keyword's place, kept


def corpus_path() -> Path:
    """Where the corpus lies."""
    return paths.fixtures_folder() / "corpus.json"


@dataclass(frozen=True, slots=True)
class Corpus:
    """Requests by operation, in the order of sending, and the digest of the contract they were made for."""

    digest: str
    requests: Mapping[str, tuple[Sending, ...]]

    def sendings(self, row: Operation, ids: Mapping[str, str], filters: Mapping[str, str], seed: int) -> list[Sending]:
        """The requests of one operation, with ids that exist; one whose filter has no value is left out."""
        made = (fill_placeholders(sending, ids, filters) for sending in self.requests.get(row.id, ()))
        return [sending for sending in made if sending is not None]


def coverage_requests(generator: Generator, row: Operation) -> list[Sending]:
    """All requests that coverage makes of an operation, with placeholders where ids and filters go."""
    ids = {name: "{" + name + "}" for name in row.path_parameters}
    made = generator.gate(row, ids, {name: "{" + name + "}" for name in FILTERS})
    sendings = [replace(s, path=s.path.replace("%7B", "{").replace("%7D", "}")) for s in made]
    return [*gather_batches(row, sendings), *sendings]


def gather_batches(row: Operation, sendings: Sequence[Sending]) -> list[Sending]:
    """One batch of the entries of all broken batches, if there is room: each is judged by itself."""
    member = BATCHES.get(row.id, "")
    batches = [
        (s, entries) for s in sendings if s.negative and (entries := _entries(s, member)) and len(entries) < _FEW
    ]
    whole = [entry for _, entries in batches for entry in entries]
    distinct = list({json.dumps(entry, sort_keys=True): entry for entry in whole}.values())
    if len(batches) < 2 or len(distinct) > BATCH_MOST:
        return []
    return [replace(batches[0][0], body=json.dumps({member: distinct}).encode(), negative=True)]


def _entries(sending: Sending, member: str) -> list[Any]:
    """The entries of a batch that is nothing but a batch."""
    try:
        body = json.loads(sending.body or b"null")
    except (ValueError, RecursionError):
        return []
    alone = isinstance(body, dict) and list(body) == [member] and isinstance(body[member], list)
    return body[member] if alone and sending.kind is GeneratedKind.ORDINARY else []


def fill_placeholders(sending: Sending, ids: Mapping[str, str], filters: Mapping[str, str]) -> Sending | None:
    """A request with its placeholders filled; None where nothing is known to fill one with."""
    path = sending.path
    for name, value in ids.items():
        path = path.replace("{" + name + "}", quote(value, safe=""))
    marks = {"{" + name + "}": filters.get(name) for name in FILTERS}
    query = tuple((name, marks.get(value, value)) for name, value in sending.query)
    if any(value is None for _, value in query):
        return None
    return replace(sending, path=path, query=tuple((name, str(value)) for name, value in query))


def with_placeholders(sending: Sending, ids: Mapping[str, str], filters: Mapping[str, str]) -> Sending:
    """A request with placeholders where ids and filters of one target stand: what `fill_placeholders` undoes."""
    marks = {value: "{" + name + "}" for name, value in ids.items()}
    path = "/".join(marks.get(unquote(step), step) for step in sending.path.split("/"))  # quoted in one way or another
    named = {(name, value): "{" + name + "}" for name, value in filters.items() if name in FILTERS}
    return replace(sending, path=path, query=tuple((name, named.get((name, v), v)) for name, v in sending.query))


def generated_row(sending: Sending) -> GeneratedRow | None:
    """A request as records hold it; None for one whose body is no text, or a very long one."""
    try:
        body = sending.body.decode("utf-8", "surrogatepass") if sending.body is not None else None
    except UnicodeDecodeError:
        return None
    if body is not None and len(body) > BODY_MOST:
        return None
    return GeneratedRow(
        method=sending.method,
        path=sending.path,
        query=sending.query,
        body=body,
        media_type=sending.media_type,
        kind=sending.kind.value,
        negative=sending.negative,
    )


def sending_of(row: GeneratedRow) -> Sending:
    """The request that a row tells of. Raises ConfigError for a kind that nobody knows."""
    if row.kind not in set(GeneratedKind):
        raise ConfigError(f"request.kind {row.kind!r}; known are {', '.join(GeneratedKind)}")
    body = row.body.encode("utf-8", "surrogatepass") if row.body is not None else None
    kind = GeneratedKind(row.kind)
    return Sending(row.method, row.path, row.query, body, row.media_type, kind, row.negative)


def greedy_cover(shown: Sequence[Shown], weights: Sequence[int]) -> list[int]:
    """Which of several sets to keep so that their union stays whole: greedily, the lighter first, in given order."""
    missing = frozenset().union(*shown) if shown else frozenset()
    kept: list[int] = []
    while missing:
        best = max(range(len(shown)), key=lambda n: (len(shown[n] & missing), -weights[n], -n))
        missing -= shown[best]
        kept.append(best)
    return sorted(kept)


def load_corpus(contract: Contract, file: Path | None = None) -> Corpus:
    """The stored corpus. Raises ConfigError where it can't be read, or was made for another contract."""
    where = file or corpus_path()
    try:
        raw = json.loads(where.read_text("utf-8"))
        corpus = Corpus(str(raw["contract"]), {name: _read(rows) for name, rows in raw["requests"].items()})
    except OSError as problem:
        raise ConfigError(f"{where.name}: cannot be read ({problem.strerror})") from None
    except (ValueError, LookupError, TypeError, AttributeError):
        raise ConfigError(f"{where.name}: not a corpus; make one with `nhq live-corpus --write`") from None
    if corpus.digest != (contract.former or contract).digest:
        raise ConfigError(f"{where.name}: made for another contract; rebuild it with `nhq live-corpus --write`")
    return corpus


def dump_corpus(contract: Contract, requests: Mapping[str, Sequence[Sending]], whole: int, shown: int) -> str:
    """The corpus as text: one request a line, so that a change shows which."""
    lines = [f'  "format": "{FORMAT}",', f'  "contract": "{contract.digest}",']
    lines += [f'  "made_of": {whole},', f'  "shows": {shown},', '  "requests": {']
    blocks = []
    for name, sendings in requests.items():
        rows = ",\n".join("      " + json.dumps(_row(sending), sort_keys=True) for sending in sendings)
        blocks.append(f'    "{name}": [\n{rows}\n    ]')
    return "\n".join(["{", *lines, ",\n".join(blocks), "  }", "}", ""])


def _row(sending: Sending) -> dict[str, Any]:
    row: dict[str, Any] = {"method": sending.method, "path": sending.path}
    if sending.query:
        row["query"] = [list(pair) for pair in sending.query]
    if sending.body is not None:
        row |= {"body": sending.body.decode("utf-8", "surrogatepass"), "media_type": sending.media_type}
    if sending.kind is not GeneratedKind.ORDINARY:
        row["kind"] = sending.kind.value
    return row | ({"negative": True} if sending.negative else {})


def _read(rows: Sequence[Mapping[str, Any]]) -> tuple[Sending, ...]:
    def one(row: Mapping[str, Any]) -> Iterator[Sending]:
        body = row["body"].encode("utf-8", "surrogatepass") if "body" in row else None
        query = tuple((str(name), str(value)) for name, value in row.get("query", ()))
        kind, negative = GeneratedKind(row.get("kind", GeneratedKind.ORDINARY)), bool(row.get("negative", False))
        yield Sending(row["method"], row["path"], query, body, row.get("media_type", ""), kind, negative)

    return tuple(sending for row in rows for sending in one(row))
