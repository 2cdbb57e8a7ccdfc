"""A run that loads a server elsewhere beyond its allowance stops by itself when that server fails."""

import json
import os
import subprocess
import sys
from pathlib import Path

from failing_server import LIMIT, WINDOW, failing

TARGET = """
base_url = "{url}"
limit = {limit}
window = {window}
[[key]]
label = "one"
env = "NHQ_TEST_ONE"
workspace = "a"
scopes = ["leads:read"]
[[key]]
label = "two"
env = "NHQ_TEST_TWO"
workspace = "a"
scopes = ["leads:read"]
"""
KEYS = {"NHQ_TEST_ONE": "a-key-of-ours-1f7c", "NHQ_TEST_TWO": "a-key-of-ours-9b2e"}


def test_a_failing_server_ends_the_run(tmp_path: Path) -> None:
    """Told beforehand, counted over two workers; what was proven stays violated, the rest is open with that cause."""
    file, out = tmp_path / "afar.toml", tmp_path / "out"
    with failing(told=LIMIT + 1) as server:
        file.write_text(TARGET.format(url=server.url, limit=LIMIT, window=WINDOW), "utf-8")
        words = ["saturate", "--target", str(file), "--keys", "2", "--workers", "2", "--allow-load", "--out", str(out)]
        ended = subprocess.run(
            [sys.executable, "-m", "nhq", "load", *words, "--duration", "40"],
            env={**os.environ, **KEYS}, capture_output=True, text=True, timeout=100, check=False,
        )  # fmt: skip
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert f"{server.url} will be sent up to 32 requests a second; the run stops by itself when more" in ended.stderr
    record = json.loads((out / "results.json").read_text("utf-8"))
    (trouble,) = record["troubles"]
    assert trouble["cause"].startswith("stopped by itself: ")
    assert record["load"]["seconds"] < 40
    verdicts = {row["aspect"]: (row["verdict"], row["cause"]) for row in record["load"]["verdicts"]}
    assert verdicts.pop("headers") == ("violated", "limit wrong (2 keys)")
    assert set(verdicts.values()) == {("unknown", trouble["cause"])}
    assert {row["name"] for row in record["load"]["budget"] if row["verdict"] == "holds"} == set()
