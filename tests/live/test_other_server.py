"""A server of other choices, that nobody here controls, is accused of nothing."""

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

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
limit = 150
window = 8

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


@pytest.fixture(scope="module")
def judged(tmp_path_factory) -> tuple[int, dict[str, Any], str]:
    """One live run: exit code, record, and what was printed."""
    folder = tmp_path_factory.mktemp("live")
    environ = {**os.environ, **{f"KEY_{label}": f"k-{secrets.token_hex(12)}" for label in LABELS}}
    command = [sys.executable, str(HERE / "other_server.py"), "0", "150", "8"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ)
    try:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        (folder / "target.toml").write_text(TARGET % (port, given(port, environ["KEY_FULL"])), "utf-8")
        gate = [
            sys.executable,
            "-m",
            "nhq",
            "gate",
            "--target",
            str(folder / "target.toml"),
            "--out",
            str(folder / "out"),
        ]
        done = subprocess.run(gate, capture_output=True, text=True, env=environ, check=False)
        assert (folder / "out" / "results.json").exists(), done.stderr
        return (
            done.returncode,
            json.loads((folder / "out" / "results.json").read_text("utf-8")),
            done.stdout + done.stderr,
        )
    finally:
        server.terminate()
        server.wait(5)
        server.stdout.close()


def given(port: int, key: str) -> str:
    """What the owner of this server would name: two drafts that may be started, a thread that may be written to."""
    import requests

    def rows(path: str) -> list[dict[str, Any]]:
        answer = requests.get(f"http://127.0.0.1:{port}/{path}", headers={"Authorization": f"Bearer {key}"}, timeout=5)
        listed: list[dict[str, Any]] = answer.json()["data"]
        return listed

    drafts = [row["id"] for row in rows("campaigns") if row["status"] == "draft" and row["leadList"]]
    names = {f"campaign_startable{'' if n == 0 else f'_{n + 1}'}": number for n, number in enumerate(drafts)}
    names["conversation"] = rows("conversations")[0]["id"]
    return "".join(f'{name} = "{value}"\n' for name, value in names.items())


def test_it_is_accused_of_nothing(judged):
    """Other ids, cursors, anchor, orders and forms are choices, not findings."""
    _, record, _ = judged
    assert [(f["rule"], f["operation"], f["expected"], f["actual"]) for f in record["findings"]] == []


def test_nothing_of_ours_broke(judged):
    """No trouble, no unplanned 429, exit code 0."""
    code, record, _ = judged
    assert record["troubles"] == []
    assert record["requests"]["unplanned_429"] == 0
    assert code == 0


def test_most_of_the_contract_is_judged_all_the_same(judged):
    """What can't be judged here is named; the greater part is."""
    _, record, _ = judged
    held = [rule["id"] for rule in record["rules"] if rule["verdict"] == "holds"]
    unknown = {rule["id"]: rule["cause"] for rule in record["rules"] if rule["verdict"] == "unknown"}
    assert all(unknown.values())
    assert len(held) >= 140, unknown


def test_what_the_run_wrote_is_listed(judged):
    """Whoever owns the server can clean up."""
    _, record, _ = judged
    assert any(line.startswith("lead list ") for line in record["written"])
    assert any(line.startswith("message sent in conversation ") for line in record["written"])
