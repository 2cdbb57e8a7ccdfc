"""Our labelled pairs: openapi.json, and what an edit of a few lines makes of it."""

import json
from typing import Any

from nhq import paths
from nhq.contract.pointers import pointer_tokens


def pairs() -> list[dict[str, Any]]:
    lines = (paths.fixtures_folder() / "specs" / "pairs.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def published() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(paths.openapi_file().read_bytes())
    return content


def edited(edits: list[list[Any]]) -> dict[str, Any]:
    """openapi.json with edits done in order."""
    document = published()
    for verb, *rest in edits:
        document = _DONE[verb](document, *rest)
    return document


def _holder(document: Any, pointer: str) -> tuple[Any, Any]:
    *way, last = pointer_tokens(pointer)
    for token in way:
        document = document[int(token)] if isinstance(document, list) else document[token]
    return document, int(last) if isinstance(document, list) else last


def _get(document: Any, pointer: str) -> Any:
    holder, key = _holder(document, pointer)
    return holder[key]


def _set(document: Any, pointer: str, value: Any) -> Any:
    holder, key = _holder(document, pointer)
    holder[key] = value
    return document


def _remove(document: Any, pointer: str) -> Any:
    holder, key = _holder(document, pointer)
    del holder[key]
    return document


def _append(document: Any, pointer: str, value: Any) -> Any:
    _get(document, pointer).append(value)
    return document


def _move(document: Any, old: str, new: str) -> Any:
    value = _get(document, old)
    return _set(_remove(document, old), new, value)


def _inline(document: Any, schema: str, pointer: str) -> Any:
    return _set(document, pointer, _get(document, schema))


def _words(document: Any, pointer: str, old: str, new: str) -> Any:
    text = _get(document, pointer)
    assert old in text
    return _set(document, pointer, text.replace(old, new))


def _rename_everywhere(document: Any, old: str, new: str) -> Any:
    return json.loads(json.dumps(document, ensure_ascii=False).replace(old, new))


_DONE = {
    "append": _append,
    "inline": _inline,
    "move": _move,
    "remove": _remove,
    "rename-everywhere": _rename_everywhere,
    "set": _set,
    "words": _words,
}
