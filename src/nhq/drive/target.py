"""Who is judged: a target file in TOML, its keys taken from the environment, checked before anything is sent."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from nhq.errors import ConfigError
from nhq.model import Effect, Identity

_GRAVE = frozenset({Effect.SEND, Effect.SPEND})
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_FIELDS: dict[str, type | tuple[type, ...]] = {
    "base_url": str,
    "control_url": str,
    "control_env": str,
    "allow": list,
    "limit": int,
    "window": (int, float),
    "given": dict,
    "new_operations": list,
    "key": list,
}
_KEY_FIELDS: dict[str, type | tuple[type, ...]] = {
    "label": str,
    "env": str,
    "workspace": str,
    "scopes": list,
    "revoked": bool,
}


@dataclass(frozen=True, slots=True)
class Target:
    """A server with what its owner allows and says of it.

    `limit` requests per `window` seconds and key are what it is held to; `given` names things that cannot be
    found by reading (a draft campaign that lacks only its schedule, say). The first key's workspace is the main
    one, every other is foreign. `new_operations` of a changed contract may be sent though nobody has written of them.
    `withheld` effects stand in the file, but nobody asked for them on the command line.
    """

    base_url: str
    keys: tuple[Identity, ...]
    control_url: str = ""
    control_token: str = field(default="", repr=False)
    allow: frozenset[Effect] = frozenset({Effect.READ})
    limit: int = 60
    window: float = 60.0
    given: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    withheld: frozenset[Effect] = frozenset()
    new_operations: frozenset[str] = frozenset()

    @property
    def loopback(self) -> bool:
        """Is the server on this machine?"""
        return urlsplit(self.base_url).hostname in _LOOPBACK

    @property
    def workspace(self) -> str:
        """The main workspace: that of the first key."""
        return self.keys[0].workspace

    def by_secret(self, secret: str) -> Identity | None:
        """The identity a bearer token belongs to."""
        return next((key for key in self.keys if key.secret == secret), None)

    @property
    def widest(self) -> list[Identity]:
        """Usable keys of the main workspace with the most scopes, in the file's order."""
        usable = [key for key in self.keys if not key.revoked and key.workspace == self.workspace]
        most = max((len(key.scopes) for key in usable), default=0)
        return [key for key in usable if len(key.scopes) == most]

    def holders(self, scope: str, workspace: str | None = None) -> list[Identity]:
        """Usable keys with that scope in a workspace (the main one unless told), widest scopes first."""
        wanted = self.workspace if workspace is None else workspace
        usable = [k for k in self.keys if not k.revoked and k.workspace == wanted and (scope in k.scopes or not scope)]
        return sorted(usable, key=lambda k: -len(k.scopes))

    @property
    def foreign(self) -> list[Identity]:
        """Usable keys of other workspaces."""
        return [k for k in self.keys if not k.revoked and k.workspace != self.workspace]


def permit(target: Target, asked: frozenset[Effect]) -> Target:
    """Off loopback, what reaches people or costs credits needs its word on the command line too (`asked`)."""
    withheld = (target.allow & _GRAVE) - asked
    if target.loopback or not withheld:
        return target
    return replace(target, allow=target.allow - withheld, withheld=withheld)


def load_target(path: Path, environ: Mapping[str, str] | None = None) -> Target:
    """Read a target file. Raises ConfigError with one line for anything unclear, before a byte is sent."""
    environ = os.environ if environ is None else environ
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except OSError as problem:
        raise ConfigError(f"{path}: cannot be read ({problem.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise ConfigError(f"{path}: is not TOML ({problem})") from None
    _check_fields(path, raw, _FIELDS, "")
    keys = tuple(_identity(path, row, number, environ) for number, row in enumerate(raw.get("key", []), 1))
    if not keys:
        raise ConfigError(f"{path}: has no [[key]]; at least one is needed")
    return Target(
        base_url=_url(path, "base_url", raw.get("base_url", "")),
        keys=keys,
        control_url=_url(path, "control_url", raw["control_url"]) if "control_url" in raw else "",
        control_token=_secret(path, raw["control_env"], environ) if "control_env" in raw else "",
        allow=_effects(path, raw.get("allow", ["read"])),
        limit=_positive(path, raw, "limit", 60),
        window=float(_positive(path, raw, "window", 60)),
        given={str(name): str(value) for name, value in raw.get("given", {}).items()},
        name=path.stem,
        new_operations=frozenset(map(str, raw.get("new_operations", ()))),
    )


def _check_fields(path: Path, row: Mapping[str, Any], known: Mapping[str, Any], where: str) -> None:
    for name, value in row.items():
        if name not in known:
            raise ConfigError(f"{path}: unknown field {where}{name!r}; known are {', '.join(known)}")
        if not isinstance(value, known[name]) or (isinstance(value, bool) and known[name] is not bool):
            raise ConfigError(f"{path}: {where}{name} has the wrong type")


def _identity(path: Path, row: Any, number: int, environ: Mapping[str, str]) -> Identity:
    if not isinstance(row, dict):
        raise ConfigError(f"{path}: key {number} is not a table")
    _check_fields(path, row, _KEY_FIELDS, f"key {number} ")
    missing = [name for name in ("env", "workspace", "scopes") if name not in row]
    if missing:
        raise ConfigError(f"{path}: key {number} lacks {', '.join(missing)}")
    return Identity(
        label=row.get("label", row["env"].lower()),
        workspace=row["workspace"],
        scopes=frozenset(map(str, row["scopes"])),
        secret=_secret(path, row["env"], environ),
        revoked=row.get("revoked", False),
        env=row["env"],
    )


def _secret(path: Path, name: str, environ: Mapping[str, str]) -> str:
    value = environ.get(name, "").strip()
    if not value:
        raise ConfigError(f"{path}: the environment has no {name}; set it to the key's value")
    return value


def _url(path: Path, name: str, value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ConfigError(f"{path}: {name} must be an http or https URL")
    return value.rstrip("/")


def _effects(path: Path, names: list[Any]) -> frozenset[Effect]:
    unclear = [str(name) for name in names if name not in set(Effect)]
    if unclear:
        raise ConfigError(f"{path}: allow has {unclear[0]!r}; known are {', '.join(Effect)}")
    return frozenset(map(Effect, names)) | {Effect.READ}


def _positive(path: Path, raw: Mapping[str, Any], name: str, default: int) -> Any:
    value = raw.get(name, default)
    if value <= 0:
        raise ConfigError(f"{path}: {name} must be more than 0")
    return value
