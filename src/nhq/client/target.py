"""The target: a TOML file with keys from the environment, checked before anything is sent."""

import os
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from string import whitespace
from typing import Any
from urllib.parse import urlsplit

from nhq.client.address import clean_url
from nhq.client.connection import FIELDS, Connection, read_connection
from nhq.contract.public_words import is_too_plain
from nhq.errors import ConfigError
from nhq.masking import learn_secrets, mark_unmaskable
from nhq.model import Effect, Identity

_BOM = "\ufeff"
_TOKEN = re.compile(r"[\x21-\x7e]+")  # what a header holds and no blank ends
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
    "show": list,
    "new_operations": list,
    "exhaust": str,
    "require": (int, str, list),
    "key": list,
    "gate": dict,  # defaults of options, which the command line reads (nhq.cli.target_defaults)
    "load": dict,
    **FIELDS,
}
#: What a target file may let through that is hidden otherwise.
SHOWABLE = ("messages",)
_KEY_FIELDS: dict[str, type | tuple[type, ...]] = {
    "label": str,
    "env": str,
    "workspace": str,
    "scopes": list,
    "revoked": bool,
}


@dataclass(frozen=True, slots=True)
class Target:
    """The server to judge, with what its owner permits and says about it.

    `limit` requests per `window` seconds and key are what it is held to; `given` names things that cannot be
    found by reading (a draft campaign that lacks only its schedule, say). `show` names what reports may hold though it
    could be personal: "messages" are the texts of errors. The first key's workspace is the main one, every other is
    foreign. `new_operations` of a changed contract may be sent though nobody has written of them. `withheld` effects
    stand in the file, but nobody asked for them on the command line. `require` is how much a run must judge, as
    `--require` takes it. `refused` are keys of the file that the server doesn't know, left out of `keys`.
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
    show: frozenset[str] = frozenset()
    connection: Connection = field(default_factory=Connection)
    new_operations: frozenset[str] = frozenset()
    shared: bool = False  # others act there, although it has a control plane
    require: tuple[str, ...] = ()
    refused: tuple[Identity, ...] = ()
    exhaust: str = ""

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret that a run against this target knows: keys, the control token, headers, a proxy's password."""
        known = (*(key.secret for key in (*self.keys, *self.refused)), self.control_token, *self.connection.secrets)
        return tuple(dict.fromkeys(secret for secret in known if secret))

    @property
    def controlled(self) -> bool:
        """Is it our own mock? Then it has a control plane and no gateway."""
        return bool(self.control_url)

    @property
    def restorable(self) -> bool:
        """Can its state be restored? Then every test starts from the same snapshot."""
        return self.controlled

    @property
    def exclusive_keys(self) -> bool:
        """Does no other client use its keys? So it is with keys that a control plane issues."""
        return self.controlled

    @property
    def undisturbed(self) -> bool:
        """Does nobody else change its data? Then the server or we made every change between two requests."""
        return self.controlled and not self.shared

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
    def own_keys(self) -> list[Identity]:
        """Usable keys of the main workspace, in the file's order."""
        return [key for key in self.keys if not key.revoked and key.workspace == self.workspace]

    @property
    def widest(self) -> list[Identity]:
        """Usable keys of the main workspace with the most scopes, in the file's order."""
        usable = self.own_keys
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


def permit_effects(target: Target, asked: frozenset[Effect]) -> Target:
    """Off loopback, sending and spending must also be permitted on the command line (`asked`)."""
    withheld = (target.allow & _GRAVE) - asked
    if target.loopback or not withheld:
        return target
    return replace(target, allow=target.allow - withheld, withheld=withheld)


def target_for_run(path: Path, asked: frozenset[Effect], scopes: Collection[str]) -> Target:
    """A target as a run may use it: read, permitted what was `asked` for, its scopes among those of the contract."""
    target = permit_effects(load_target(path), asked)
    check_scopes(target, scopes)
    return target


def check_scopes(target: Target, scopes: Collection[str]) -> None:
    """Raises ConfigError, with the nearest one that there is, for a scope of a key that the contract doesn't know."""
    for key in target.keys:
        for scope in sorted(key.scopes - set(scopes)):
            near = get_close_matches(scope, scopes, 1, 0.0)
            raise ConfigError(
                f"{target.name}: key {key.label} has the scope {scope!r}, which the contract doesn't know; "
                f"the nearest is {near[0]!r}"
            )


def load_target(path: Path, environ: Mapping[str, str] | None = None) -> Target:
    """Read a target file. Raises ConfigError with one line for anything unclear, before a byte is sent.

    From now on nothing that the process shows holds one of the secrets (`nhq.masking.learn`).
    """
    environ = os.environ if environ is None else environ
    try:
        raw = tomllib.loads(path.read_text("utf-8-sig"))  # some editors begin a file with a BOM
    except OSError as problem:
        raise ConfigError(f"{path}: cannot be read ({problem.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise ConfigError(f"{path}: is not TOML ({problem})") from None
    _check_fields(path, raw, _FIELDS, "")
    keys = tuple(_identity(path, row, number, environ) for number, row in enumerate(raw.get("key", []), 1))
    if not keys:
        raise ConfigError(f"{path}: needs at least one [[key]]")
    _check_alike(path, keys)
    target = Target(
        base_url=clean_url(f"{path}: base_url", raw.get("base_url", "")),
        keys=keys,
        control_url=clean_url(f"{path}: control_url", raw["control_url"]) if "control_url" in raw else "",
        control_token=_secret(path, raw["control_env"], environ) if "control_env" in raw else "",
        allow=_effects(path, raw.get("allow", ["read"])),
        limit=_positive(path, raw, "limit", 60),
        window=float(_positive(path, raw, "window", 60)),
        given={str(name): str(value) for name, value in raw.get("given", {}).items()},
        name=path.stem,
        show=_shown(path, raw.get("show", [])),
        connection=read_connection(path, raw, environ),
        new_operations=frozenset(map(str, raw.get("new_operations", ()))),
        require=_texts(raw.get("require", ())),
        exhaust=_workspace(path, raw.get("exhaust", ""), keys),
    )
    learn_secrets(secret for secret in target.secrets if not is_too_plain(secret))
    mark_unmaskable(key.env for key in keys if is_too_plain(key.secret))
    return target


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
    """A key from the environment. A BOM that came with it from a file, before its name or the value, is none of it."""
    value = (environ.get(name) or environ.get(f"{_BOM}{name}") or "").strip(f"{_BOM}{whitespace}")
    if not value:
        raise ConfigError(f"{path}: the environment has no {name}; set it to the key's value")
    if not _TOKEN.fullmatch(value):
        raise ConfigError(f"{path}: {name} has a blank, a line end or a character that an Authorization can't hold")
    return value


def _check_alike(path: Path, keys: tuple[Identity, ...]) -> None:
    """Two keys of one label would share one allowance; two variables with one value are a slip of whoever set them."""
    for number, key in enumerate(keys):
        for other in keys[:number]:
            if key.label == other.label:
                raise ConfigError(f"{path}: two keys have the label {key.label!r}")
            if key.secret == other.secret:
                raise ConfigError(f"{path}: {other.env} and {key.env} hold the same key; each [[key]] needs its own")


def _effects(path: Path, names: list[Any]) -> frozenset[Effect]:
    unclear = [str(name) for name in names if name not in set(Effect)]
    if unclear:
        raise ConfigError(f"{path}: allow has {unclear[0]!r}; known are {', '.join(Effect)}")
    return frozenset(map(Effect, names)) | {Effect.READ}


def _shown(path: Path, names: list[Any]) -> frozenset[str]:
    unclear = [str(name) for name in names if name not in SHOWABLE]
    if unclear:
        raise ConfigError(f"{path}: show has {unclear[0]!r}; known are {', '.join(SHOWABLE)}")
    return frozenset(names)


def _workspace(path: Path, name: str, keys: tuple[Identity, ...]) -> str:
    """A workspace that one of the keys is of, or none."""
    known = dict.fromkeys(key.workspace for key in keys)
    if name and name not in known:
        raise ConfigError(
            f"{path}: exhaust names workspace {name!r}, but no [[key]] belongs to it; known: {', '.join(known)}"
        )
    return name


def _texts(value: Any) -> tuple[str, ...]:
    """One value or several, as texts."""
    return tuple(map(str, value)) if isinstance(value, list | tuple) else (str(value),)


def _positive(path: Path, raw: Mapping[str, Any], name: str, default: int) -> Any:
    value = raw.get(name, default)
    if value <= 0:
        raise ConfigError(f"{path}: {name} must be more than 0")
    return value
