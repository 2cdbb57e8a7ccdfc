"""A document's bytes, JSON or YAML, made into JSON's values."""

import json
import re
from typing import Any

import yaml

from nhq.errors import ConfigError

_NODES_AT_MOST = 3_000_000
_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BOOL, _INT, _FLOAT = (f"tag:yaml.org,2002:{name}" for name in ("bool", "int", "float"))
_REPLACED = {_BOOL, _INT, _FLOAT, "tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:value"}


def decode_document(raw: bytes, name: str) -> Any:
    """The value that JSON or YAML holds; `name` stands for it in messages.

    Raises ConfigError, with one line, for what is neither, or nested or multiplied beyond reading.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise ConfigError(f"{name}: not UTF-8 ({problem.reason} at byte {problem.start})") from None
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


def _resolvers() -> dict[str, list[Any]]:
    """YAML 1.1 reads `no` as false, 010 as 8, 12:30 as 750 and 2026-01-01 as a date; OpenAPI asks for YAML 1.2."""
    return {c: [r for r in rows if r[0] not in _REPLACED] for c, rows in _BASE.yaml_implicit_resolvers.items()}


def _loader() -> Any:
    """A loader of YAML 1.2's core schema (section 10.3), whose mappings have no key twice (section 3.2.1.3)."""
    own = {"yaml_implicit_resolvers": _resolvers(), "flatten_mapping": _flattened}
    loader: Any = type("Loader", (_BASE,), own)
    loader.add_implicit_resolver(_BOOL, re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))
    loader.add_implicit_resolver(_INT, re.compile(r"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$"), list("-+0123456789"))
    number = r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$"
    loader.add_implicit_resolver(_FLOAT, re.compile(number), list("-+.0123456789"))
    loader.add_constructor(_INT, lambda made, node: _whole(made.construct_scalar(node)))
    loader.add_constructor(_FLOAT, lambda made, node: float(made.construct_scalar(node)))
    return loader


def _whole(text: str) -> int:
    return int(text, 0 if text[:2] in ("0o", "0x") else 10)


def _flattened(loader: Any, node: Any) -> None:
    """Refuse a key that is there twice, before what `<<` brings is added; a key of that name overrides it."""
    seen: set[str] = set()
    for key, _ in node.value:
        if isinstance(key, yaml.ScalarNode) and key.tag != "tag:yaml.org,2002:merge":
            if key.value in seen:  # 200 and "200" too: as JSON has keys, they are one
                raise yaml.constructor.ConstructorError(problem=f"key {key.value} twice", problem_mark=key.start_mark)
            seen.add(key.value)
    _BASE.flatten_mapping(loader, node)


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
