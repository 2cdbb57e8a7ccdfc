"""Write a target file for the mock, and the keys that it names."""

import os
from pathlib import Path
from typing import Any

import tomli_w

from nhq.errors import ConfigError
from nhq.mock.app import App

CONTROL_ENV = "NHQ_MOCK_CONTROL_TOKEN"
EFFECTS = ("read", "write", "send", "spend")


def key_env(label: str) -> str:
    """The environment variable that holds the key of this label."""
    return f"NHQ_MOCK_KEY_{label.upper()}"


def write_target_folder(folder: Path, origin: str, app: App) -> None:
    """Write `target.toml` and, readable by the owner only, `keys.env`, which a shell reads (`. keys.env`).

    Raises ConfigError when it cannot. `origin` is where the app listens: `http://127.0.0.1:4010`.
    """
    keys = app.engine.ring.by_secret.values()
    secrets = {key_env(key.label): key.secret for key in keys}
    if app.control is not None:
        secrets[CONTROL_ENV] = app.control.token
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "target.toml").write_text(target_file(origin, app), encoding="utf-8")
        _write_private(folder / "keys.env", "".join(f"export {name}={value}\n" for name, value in secrets.items()))
    except OSError as problem:
        raise ConfigError(f"cannot write the target files to {folder}: {problem.strerror}") from None


def target_file(origin: str, app: App) -> str:
    """The target file of this mock: its address, permitted effects, landmarks, and keys by variable name."""
    limiter = app.engine.limiter
    top: dict[str, Any] = {"base_url": origin + app.base_path}
    if app.control is not None:
        top |= {"control_url": f"{origin}/__control", "control_env": CONTROL_ENV}
    top |= {"allow": list(EFFECTS), "limit": limiter.limit, "window": limiter.window}
    rows = []
    for key in app.engine.ring.by_secret.values():
        shown = {"label": key.label, "env": key_env(key.label), "workspace": key.workspace}
        rows.append({**shown, "scopes": sorted(key.scopes), "revoked": key.revoked})
    return tomli_w.dumps({**top, "given": dict(app.engine.spelt(app.landmarks)), "key": rows})


def _write_private(file: Path, text: str) -> None:
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
