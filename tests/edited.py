"""The edits of fixtures/edits.toml, done to our contract."""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nhq import paths
from nhq.contract.pointers import child_value, pointer_tokens


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: what is done, what must be named, how a clean run ends, and what the mock can't follow."""

    id: str
    title: str
    steps: tuple[tuple[str, ...], ...]
    names: tuple[str, ...]
    exit: int
    mock: str

    def document(self) -> dict[str, Any]:
        """Our contract with the edit done."""
        document: dict[str, Any] = json.loads(paths.openapi_file().read_text("utf-8"))
        for word, *parts in self.steps:
            if word == "replace":
                document = json.loads(json.dumps(document, ensure_ascii=False).replace(*parts))
            elif word == "numbers":
                _numbers(document, *parts)
            else:
                _step(document, word, *parts)
        return document


def edits() -> Iterator[Edit]:
    """All of them, in order."""
    for row in tomllib.loads((paths.fixtures_folder() / "edits.toml").read_text("utf-8"))["edit"]:
        steps = tuple(tuple(map(str, step)) for step in row.pop("steps"))
        yield Edit(steps=steps, **{**row, "names": tuple(row["names"])})


def _step(document: Any, word: str, place: str, *rest: str) -> None:
    *path, last = pointer_tokens(place)
    holder = document
    for token in path:
        holder = child_value(holder, token) if word not in ("set", "copy") else _entered(holder, token)
    if word == "text":
        before, after = rest
        assert before in holder[last], f"{place} has no {before!r}"
        holder[last] = holder[last].replace(before, after)
    elif word == "remove":
        del holder[int(last) if isinstance(holder, list) else last]
    elif word == "rename":
        renamed = {rest[0] if key == last else key: value for key, value in holder.items()}
        holder.clear()
        holder.update(renamed)
    elif word == "copy":
        _step(document, "set", rest[0], json.dumps(child_value(holder, last)))
    else:
        _set(holder, last, json.loads(rest[0]))


def _entered(holder: Any, token: str) -> Any:
    if isinstance(holder, dict):
        return holder.setdefault(token, {})
    return child_value(holder, token)


def _set(holder: Any, last: str, value: Any) -> None:
    if isinstance(holder, dict):
        holder[last] = value
    elif last == "-":
        holder.append(value)
    elif last.endswith("+"):
        holder.insert(int(last[:-1]), value)
    else:
        holder[int(last)] = value


def _numbers(value: Any, name: str, before: str, after: str) -> None:
    """Change a keyword's number wherever it stands."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == name and inner == int(before):
                value[key] = int(after)
            else:
                _numbers(inner, name, before, after)
    elif isinstance(value, list):
        for inner in value:
            _numbers(inner, name, before, after)
