"""The handoff: a target file that can be read, keys that only their owner reads."""

import stat
import subprocess
import tomllib
from pathlib import Path

import pytest

from nhq.errors import ConfigError
from nhq.mock.target_writer import write_target_folder


def test_target_and_keys(mock, tmp_path: Path) -> None:
    """The target file names everything but the secrets, which stand in keys.env for the owner alone."""
    folder = tmp_path / "new" / "folder"
    write_target_folder(folder, "http://127.0.0.1:9", mock.app)
    text = (folder / "target.toml").read_text(encoding="utf-8")
    target = tomllib.loads(text)
    lines = (folder / "keys.env").read_text(encoding="utf-8").splitlines()
    secrets = dict(line.removeprefix("export ").split("=", 1) for line in lines)
    assert target["base_url"] == "http://127.0.0.1:9"
    assert target["control_url"] == "http://127.0.0.1:9/__control"
    assert target["allow"] == ["read", "write", "send", "spend"]
    assert target["given"] == mock.given
    assert secrets[target["control_env"]] == mock.app.control.token
    assert {key["label"]: secrets[key["env"]] for key in target["key"]} == mock.secrets
    assert not any(secret in text for secret in secrets.values())
    assert stat.S_IMODE((folder / "keys.env").stat().st_mode) == 0o600


def test_a_shell_exports_what_it_reads(mock, tmp_path: Path) -> None:
    """`. keys.env && nhq gate …`: a program that the shell starts has the keys."""
    write_target_folder(tmp_path, "http://127.0.0.1:9", mock.app)
    label, secret = next(iter(mock.secrets.items()))
    script = f'. "{tmp_path}/keys.env" && env'
    told = subprocess.run(
        ["sh", "-c", script], capture_output=True, text=True, check=True, env={"PATH": "/usr/bin:/bin"}
    )
    assert f"NHQ_MOCK_KEY_{label.upper()}={secret}" in told.stdout.splitlines()


def test_labels(mock, tmp_path: Path) -> None:
    """There are three full keys, one without scopes, a revoked one, one for each scope, and one next door."""
    write_target_folder(tmp_path, "http://127.0.0.1:9", mock.app)
    keys = {key["label"]: key for key in tomllib.loads((tmp_path / "target.toml").read_text("utf-8"))["key"]}
    assert {label for label, key in keys.items() if len(key["scopes"]) == 1} == {
        label for label in keys if label.startswith("only_")
    }
    assert len(keys) == 15
    assert [label for label, key in keys.items() if key["revoked"]] == ["revoked"]
    assert keys["none"]["scopes"] == []
    assert [label for label, key in keys.items() if key["workspace"] == "beta"] == ["beta_full"]


def test_a_folder_that_cannot_be_written(mock, tmp_path: Path) -> None:
    """A handoff that cannot be written is one clear line."""
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(ConfigError, match="cannot write the target files"):
        write_target_folder(file / "x", "http://127.0.0.1:9", mock.app)
