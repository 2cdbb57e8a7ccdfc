"""Prepare Locust's processes: a target file without secrets, and the keys in their environment."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import tomli_w

from nhq.client.connection import Connection
from nhq.client.control_plane import ControlPlane
from nhq.client.target import Target
from nhq.errors import ConfigError
from nhq.load.locust_arguments import usable_keys
from nhq.model import Identity


def enough_keys(target: Target, scopes: set[str], wanted: int) -> list[Identity]:
    """So many keys of the target; a mock issues the missing ones. Raises ConfigError when there are too few."""
    keys = usable_keys(target, scopes)[:wanted]
    if len(keys) < wanted and target.exclusive_keys:
        control = ControlPlane(target.control_url, target.control_token)
        try:
            every = sorted(frozenset().union(*(key.scopes for key in target.keys)))
            for number in range(len(keys) + 1, wanted + 1):
                label = f"load_{number}"
                secret = control.issue(target.workspace, every, label)
                keys.append(Identity(label, target.workspace, frozenset(every), secret))
        finally:
            control.close()
    refuse_too_few(target, scopes, len(keys), wanted)
    return keys


def refuse_too_few(target: Target, scopes: set[str], have: int, wanted: int) -> None:
    """Raises ConfigError where a target has fewer keys with these scopes than are wanted."""
    if have < wanted:
        raise ConfigError(
            f"{target.name}: {wanted} keys with {', '.join(sorted(scopes))} are needed in workspace "
            f"{target.workspace}, there are {have}"
        )


def write_target_for_locust(folder: Path, target: Target, keys: Sequence[Identity]) -> tuple[Path, dict[str, str]]:
    """Write target.toml for these keys; returns it, and the environment that holds them."""
    environ: dict[str, str] = {}
    top: dict[str, Any] = {"base_url": target.base_url, "allow": sorted(target.allow)}
    top |= {"limit": target.limit, "window": target.window, **_connection(target.connection, environ)}
    rows = []
    for number, key in enumerate(keys, 1):
        environ[f"NHQ_LOAD_KEY_{number}"] = key.secret
        shown = {"label": key.label, "env": f"NHQ_LOAD_KEY_{number}", "workspace": key.workspace}
        rows.append({**shown, "scopes": sorted(key.scopes)})
    tables = {"headers": _headers(target.connection, environ), "key": rows}
    path = folder / "target.toml"
    path.write_text(tomli_w.dumps({**top, **{name: table for name, table in tables.items() if table}}), "utf-8")
    return path, environ


def _connection(there: Connection, environ: dict[str, str]) -> dict[str, str]:
    """How the target is reached; a proxy's password goes into the environment."""
    fields = {name: getattr(there, name) for name in ("ca_file", "client_cert", "client_key", "proxy")}
    parts = urlsplit(there.proxy)
    if parts.password:
        environ["NHQ_LOAD_PROXY_PASSWORD"] = unquote(parts.password)
        place = f"{parts.username}:${{NHQ_LOAD_PROXY_PASSWORD}}@{parts.netloc.rpartition('@')[2]}"
        fields["proxy"] = parts._replace(netloc=place).geturl()
    return {name: value for name, value in fields.items() if value}


def _headers(there: Connection, environ: dict[str, str]) -> dict[str, str]:
    """The table of headers, by variables that are put into the environment."""
    rows = {}
    for number, (name, value) in enumerate(there.headers.items(), 1):
        variable = f"NHQ_LOAD_HEADER_{number}"
        environ[variable] = value
        rows[name] = variable
    return rows
