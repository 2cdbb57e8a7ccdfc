"""A live server of many other choices, whose clock is five minutes ahead, is accused of nothing.

`make proofs` runs it; `make test` runs test_other_server.py, a live server that somebody else wrote.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from nhq.mutation.variants.catalogue import combine_variants

pytestmark = pytest.mark.proof
SEED, AHEAD = 1, 300  # its windows begin with a first request: what is left of one on a clock is too short to be filled


@pytest.fixture(scope="module")
def judged(tmp_path_factory) -> tuple[int, dict[str, Any]]:
    """One live run: exit code and record."""
    folder = tmp_path_factory.mktemp("free")
    command = [sys.executable, str(Path(__file__).parent / "free_mock.py"), str(folder), str(SEED), str(AHEAD)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        keys = (folder / "keys.env").read_text("utf-8").splitlines()
        environ = {**os.environ, **dict(line.removeprefix("export ").split("=", 1) for line in keys)}
        gate = ["gate", "--target", str(folder / "target.toml"), "--out", str(folder / "out"), "--requests", "1500"]
        done = subprocess.run([sys.executable, "-m", "nhq", *gate], capture_output=True, env=environ, check=False)
        return done.returncode, json.loads((folder / "out" / "results.json").read_text("utf-8"))
    finally:
        server.terminate()
        server.wait(5)
        server.stdout.close()


def test_it_is_accused_of_nothing(judged):
    """On a live target, too, what is permitted is no finding, and a wrong clock is none either."""
    _, record = judged
    announced = {rule for variant in combine_variants(SEED) for rule in variant.warns}
    found = [(f["rule"], f["operation"], f["expected"], f["actual"]) for f in record["findings"]]
    assert [finding for finding in found if finding[0] not in announced] == []


def test_nothing_of_ours_broke(judged):
    """No trouble, no unplanned 429, exit code 0."""
    code, record = judged
    assert record["troubles"] == []
    assert record["requests"]["unplanned_429"] == 0
    assert code == 0


def test_most_of_the_contract_is_judged_all_the_same(judged):
    """What a choice keeps us from judging is named; the greater part is judged."""
    _, record = judged
    unknown = {rule["id"]: rule["cause"] for rule in record["rules"] if rule["verdict"] == "unknown"}
    assert all(unknown.values())
    assert len(unknown) <= 40, unknown
