"""load/locustfile.py works as Locust users expect: by itself, with variables, and in the web UI."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from nhq import paths
from nhq.client.mock_process import mock_target
from nhq.client.target import Target
from nhq.ratelimit.checker.check import check_history
from nhq.ratelimit.history.read_history import read_histories

LIMIT, WINDOW = 20, 3.0
LOCUST = [sys.executable, "-m", "locust", "-f", str(paths.load_folder() / "locustfile.py")]


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    """A mock in real time."""
    with mock_target(seed=1, options=["--real-time", "--limit", str(LIMIT), "--window", str(WINDOW)]) as started:
        yield started


def environ(target: Target, out: Path) -> dict[str, str]:
    """Settings by variables, as for a container."""
    keys = ",".join(key.secret for key in target.keys if key.label.startswith("full"))
    told = {"NHQ_API_KEYS": keys, "NHQ_OUT": str(out), "NHQ_LIMIT": str(LIMIT), "NHQ_WINDOW": str(WINDOW)}
    return {**os.environ, **told}


def judged(folder: Path, events: int) -> None:
    """The histories in a folder hold so many requests at least, and no finding."""
    history = read_histories(sorted(folder.glob("*/*.arrows")))
    assert len(history) >= events
    assert check_history(history, LIMIT, WINDOW).findings == ()


def test_locust_alone_runs_a_profile_and_ends(target, tmp_path):
    """Host by Locust's own option, keys and profile by variables; the run ends by itself, and is recorded."""
    run = subprocess.run(
        [*LOCUST, "--headless", "--only-summary", "-u", "2", "-r", "2", "--host", target.base_url],
        env={**environ(target, tmp_path), "NHQ_PROFILE": "recovery", "NHQ_DURATION": "4"},
        capture_output=True, text=True, timeout=60, cwd=tmp_path, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert "list_leads" in run.stderr + run.stdout
    assert "admissions: holds" in run.stderr
    judged(tmp_path, 2 * (1 + LIMIT))


@pytest.fixture
def port() -> int:
    """A free port."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        return int(held.getsockname()[1])


def ask(url: str, **form: object) -> str:
    """GET, or POST a form."""
    data = urllib.parse.urlencode(form).encode() if form else None
    with urllib.request.urlopen(url, data, timeout=10) as answer:  # loopback, our own Locust
        return str(answer.read().decode())


def patiently(look: Callable[[], Any]) -> Any:
    """What `look` finds, as soon as there is something; at most some 20 seconds later."""
    for _ in range(400):
        with contextlib.suppress(OSError):
            if found := look():
                return found
        threading.Event().wait(0.05)
    return None


def test_the_web_ui_starts_and_stops_a_test(target, tmp_path, port):
    """Profile and keys can be chosen in the browser; after Stop the history is complete, though requests were open."""
    process = subprocess.Popen(
        [*LOCUST, "--web-port", str(port), "--host", target.base_url],
        env=environ(target, tmp_path), stderr=subprocess.PIPE, text=True, cwd=tmp_path,
    )  # fmt: skip
    try:
        assert process.stderr is not None
        begun = next(line for line in process.stderr if "Starting web interface" in line)
        assert f"http://127.0.0.1:{port}" in begun  # for this machine alone, unless told otherwise
        base = f"http://127.0.0.1:{port}"
        page = patiently(lambda: ask(base))
        assert "nhq_profile" in page
        assert "saturate" in page
        form = {"user_count": 2, "spawn_rate": 2, "host": target.base_url, "nhq_profile": "saturate", "nhq_keys": 2}
        assert json.loads(ask(f"{base}/swarm", **form))["success"]
        assert any("All users spawned" in line for line in process.stderr)
        assert patiently(lambda: json.loads(ask(f"{base}/stats/requests"))["total_rps"])
        ask(f"{base}/stop", now=1)
        judged(tmp_path, 2)
        assert not list(tmp_path.glob("*/*.sent"))
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


def test_what_cannot_be_done_is_one_line(target, tmp_path):
    """More keys than there are: Locust ends with 2 and says why."""
    run = subprocess.run(
        [*LOCUST, "--headless", "-u", "9", "--host", target.base_url, "--nhq-keys", "9"],
        env=environ(target, tmp_path), capture_output=True, text=True, timeout=60, cwd=tmp_path, check=False,
    )  # fmt: skip
    assert run.returncode == 2
    assert len(re.findall("nhq: ", run.stderr)) == 1
    assert "needs 9 keys" in run.stderr
