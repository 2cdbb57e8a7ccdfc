"""The second server of the contract as a live target: started, and described by a target file with its keys."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

HERE = Path(__file__).parent
LABELS = ("FULL", "SECOND", "READER", "NONE", "SOUTH", "GONE")
SCOPES = ", ".join(
    f'"{scope}"'
    for scope in (
        "campaigns:read", "campaigns:write", "linkedin_accounts:read", "lead_lists:read", "lead_lists:write",
        "leads:read", "leads:write", "conversations:read", "conversations:write",
    )
)  # fmt: skip
TARGET = f"""
base_url = "http://127.0.0.1:%d"
allow = ["read", "write", "send", "spend"]
limit = %d
window = %g

[given]
%s
[[key]]
label = "full"
env = "KEY_FULL"
workspace = "north"
scopes = [{SCOPES}]
[[key]]
label = "second"
env = "KEY_SECOND"
workspace = "north"
scopes = [{SCOPES}]
[[key]]
label = "reader"
env = "KEY_READER"
workspace = "north"
scopes = ["leads:read"]
[[key]]
label = "none"
env = "KEY_NONE"
workspace = "north"
scopes = []
[[key]]
label = "gone"
env = "KEY_GONE"
workspace = "north"
scopes = []
revoked = true
[[key]]
label = "south"
env = "KEY_SOUTH"
workspace = "south"
scopes = [{SCOPES}]
"""


@contextmanager
def serving(
    folder: Path, limit: int = 150, window: float = 8, drafts: int = 9
) -> Iterator[tuple[Path, dict[str, str]]]:
    """The server on a free port: its target file, in `folder`, and the environment with its keys.

    The file names that many of its drafts at the most.
    """
    environ = {**os.environ, **{f"KEY_{label}": f"k-{secrets.token_hex(12)}" for label in LABELS}}
    command = [sys.executable, str(HERE / "other_server.py"), "0", str(limit), str(window)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ)
    try:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        named = given(port, environ["KEY_FULL"], drafts)
        (folder / "target.toml").write_text(TARGET % (port, limit, window, named), "utf-8")
        yield folder / "target.toml", environ
    finally:
        server.terminate()
        server.wait(5)
        server.stdout.close()


def given(port: int, key: str, drafts: int) -> str:
    """What the owner of this server would name: drafts that may be started, a thread that may be written to."""

    def rows(path: str) -> list[dict[str, Any]]:
        answer = requests.get(f"http://127.0.0.1:{port}/{path}", headers={"Authorization": f"Bearer {key}"}, timeout=5)
        listed: list[dict[str, Any]] = answer.json()["data"]
        return listed

    ready = [row["id"] for row in rows("campaigns") if row["status"] == "draft" and row["leadList"]][:drafts]
    names = {f"campaign_startable{'' if n == 0 else f'_{n + 1}'}": number for n, number in enumerate(ready)}
    names["conversation"] = rows("conversations")[0]["id"]
    return "".join(f'{name} = "{value}"\n' for name, value in names.items())
