"""The text of a document, JSON or YAML, made into values."""

import json
from typing import Any

import yaml

from nhq.diff.records import Document
from nhq.errors import ConfigError

_NODES_AT_MOST = 3_000_000
_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BOOL, _TIME = "tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp"


def _resolvers() -> dict[str, list[Any]]:
    """YAML 1.1 reads `no` as false and 2026-01-01 as a date; OpenAPI asks for YAML 1.2's JSON types."""
    kept = {c: [r for r in rows if r[0] not in (_BOOL, _TIME)] for c, rows in _BASE.yaml_implicit_resolvers.items()}
    for name in ("true", "false"):
        for spelling in (name, name.capitalize(), name.upper()):
            kept.setdefault(spelling[0], [])
    return kept


def read_document(raw: bytes, name: str) -> Document:
    """The document that some bytes hold; `name` stands for it in messages.

    Raises ConfigError, with one line, for what is neither JSON nor YAML, or no OpenAPI 3 document.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise ConfigError(f"{name}: not UTF-8 ({problem.reason} at byte {problem.start})") from None
    content = _parsed(text, name)
    if not isinstance(content, dict) or not isinstance(content.get("openapi"), str):
        said = "Swagger 2.0" if isinstance(content, dict) and "swagger" in content else "no OpenAPI document"
        raise ConfigError(f"{name}: {said}; `openapi: 3.x` is read")
    if not content["openapi"].startswith("3."):
        raise ConfigError(f"{name}: OpenAPI {content['openapi']}; 3.0 and 3.1 are read")
    if not isinstance(content.get("paths", {}), dict):
        raise ConfigError(f"{name}: `paths` is no object")
    return Document(name, content)


def _parsed(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as problem:
        if text.lstrip()[:1] in ("{", "["):
            raise ConfigError(f"{name}: not JSON ({problem})") from None
    except RecursionError:
        raise ConfigError(f"{name}: nested too deeply to be read") from None
    try:
        return _plain(yaml.load(text, Loader=_loader()), [0], name)
    except (yaml.YAMLError, ValueError) as problem:
        raise ConfigError(f"{name}: neither JSON nor YAML ({' '.join(str(problem).split())})") from None
    except RecursionError:
        raise ConfigError(f"{name}: nested too deeply to be read") from None


def _loader() -> Any:
    import re

    loader = type("_Loader", (_BASE,), {"yaml_implicit_resolvers": _resolvers()})
    loader.add_implicit_resolver(_BOOL, re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))  # type: ignore[attr-defined]
    return loader


def _plain(value: Any, count: list[int], name: str) -> Any:
    """JSON's types alone: keys as text (`200:` is a status). Counts, because aliases can multiply without end."""
    count[0] += 1
    if count[0] > _NODES_AT_MOST:
        raise ConfigError(f"{name}: more than {_NODES_AT_MOST} values")
    if isinstance(value, dict):
        return {_key(key): _plain(inner, count, name) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner, count, name) for inner in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _key(key: Any) -> str:
    return json.dumps(key) if isinstance(key, bool) or key is None else str(key)
