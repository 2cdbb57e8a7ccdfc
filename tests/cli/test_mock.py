"""`nhq mock` as a process: one line when ready, a clean end, one clear line for what cannot be done."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import tomllib
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts mocks on free ports, and ends those that a test leaves running."""
    started: list[subprocess.Popen[str]] = []

    def run(*options: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "nhq", "mock", "--port", "0", *options]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path)
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


def ready(process: subprocess.Popen[str]) -> tuple[str, Path]:
    """URL and handoff folder out of the one line."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("nhq mock ready: http://127.0.0.1:"), line
    url, _, folder = line.removeprefix("nhq mock ready: ").strip().partition(" (target files: ")
    return url, Path(folder.removesuffix(")"))


def call(url: str, headers: dict[str, str], body: Any = None) -> Any:
    """A request and its decoded answer."""
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=10) as answer:
        return json.loads(answer.read())


def secrets(folder: Path) -> dict[str, str]:
    """The variables of keys.env."""
    lines = (folder / "keys.env").read_text(encoding="utf-8").splitlines()
    return dict(line.removeprefix("export ").split("=", 1) for line in lines)


def test_serves_by_its_handoff(start: Start, tmp_path: Path) -> None:
    """With the target file and the keys of the handoff the mock can be called and controlled."""
    url, folder = ready(start("--control", "--write-target", str(tmp_path / "out"), "--limit", "5", "--window", "7"))
    assert folder == tmp_path / "out"
    target = tomllib.loads((folder / "target.toml").read_text(encoding="utf-8"))
    keys = secrets(folder)
    assert (target["base_url"], target["limit"], target["window"]) == (url, 5, 7)
    full = next(key for key in target["key"] if key["label"] == "full")
    assert call(f"{url}/campaigns", {"Authorization": f"Bearer {keys[full['env']]}"})["data"]
    control = {"X-Control-Token": keys[target["control_env"]]}
    assert call(f"{target['control_url']}/clock", control)["mode"] == "still"
    assert call(f"{target['control_url']}/landmarks", control) == target["given"]


def test_base_path(start: Start) -> None:
    """With --base-path the ready line and the target file name the path, and the control plane is beside it."""
    url, folder = ready(start("--control", "--base-path", "/api/v1/"))
    target = tomllib.loads((folder / "target.toml").read_text(encoding="utf-8"))
    assert url.endswith("/api/v1")
    assert (target["base_url"], target["control_url"]) == (url, url.removesuffix("/api/v1") + "/__control")
    assert call(f"{url}/leads", {"Authorization": f"Bearer {secrets(folder)['NHQ_MOCK_KEY_FULL']}"})["data"]


def test_real_time_control(start: Start) -> None:
    """With --real-time the clock runs although there is a control plane."""
    url, folder = ready(start("--control", "--real-time"))
    control = {"X-Control-Token": secrets(folder)["NHQ_MOCK_CONTROL_TOKEN"]}
    assert call(f"{url}/__control/clock", control)["mode"] == "real"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_signals_end_it_cleanly(start: Start, number: signal.Signals, code: int) -> None:
    """SIGTERM ends with 0, SIGINT with 130; the private handoff folder is gone, and nothing was complained about."""
    process = start()
    _, folder = ready(process)
    assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700
    process.send_signal(number)
    _, errors = process.communicate(timeout=10)
    assert process.returncode == code
    assert errors.strip() == ("" if code == 0 else "nhq: interrupted")
    assert not folder.exists()


def test_ends_with_open_connections(start: Start) -> None:
    """A client that keeps its connection open doesn't keep the mock from ending."""
    process = start()
    url, folder = ready(process)
    port = int(url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(b"GET /campaigns HTTP/1.1\r\nhost: x\r\n\r\n")
        assert client.recv(1000).startswith(b"HTTP/1.1 401")
        process.terminate()
        process.communicate(timeout=10)
    assert process.returncode == 0
    assert not folder.exists()


def test_not_http(start: Start) -> None:
    """What is no HTTP request gets a 400 with the envelope and the three headers, and leaves the mock well."""
    process = start()
    url, _ = ready(process)
    with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=10) as client:
        client.sendall(b"this is not http\r\n\r\n")
        answer = b"".join(iter(lambda: client.recv(1000), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert head.count(b"x-ratelimit-") == 3
    assert json.loads(body)["error"]["code"] == "bad_request"
    process.terminate()
    process.communicate(timeout=10)
    assert process.returncode == 0


def complaint(*options: str) -> tuple[int, str]:
    """Exit code and standard error of a mock that cannot start."""
    done = subprocess.run(
        [sys.executable, "-m", "nhq", "mock", *options], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.stdout == ""
    return done.returncode, done.stderr


def test_taken_port() -> None:
    """A taken port is one clear line and exit 2."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, errors = complaint("--port", str(port))
    assert code == 2
    assert errors == f"nhq: port {port} on 127.0.0.1 cannot be used: Address already in use\n"


@pytest.mark.parametrize(
    "options",
    [
        ("--port", "70000"),
        ("--port", "many"),
        ("--limit", "0"),
        ("--window", "0"),
        ("--window", "nan"),
        ("--anchor", "last"),
        ("--base-path", "api/v1"),
        ("--base-path", "/a b"),
        ("--base-path", "/__control"),
        ("--sed", "1"),
        ("--seed", "x"),
        ("--write-target", __file__),
        ("extra",),
    ],
)
def test_bad_option(options: tuple[str, ...]) -> None:
    """An option that cannot be used is one clear line and exit 2."""
    code, errors = complaint("--port", "0", *options)
    assert code == 2
    assert errors.startswith("nhq: ")
    assert errors.count("\n") == 1
