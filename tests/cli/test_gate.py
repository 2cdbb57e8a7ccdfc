"""Bad input to `nhq gate` is one clear line and exit 2, before anything is judged."""

import json
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nhq import paths
from nhq.cli import main

TARGET = """
base_url = "{url}"
[[key]]
env = "NHQ_TEST_KEY"
workspace = "a"
scopes = ["campaigns:read"]
"""


Gate = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Gate:
    """Runs the command to its end in this process, which has loaded what a new one takes half a second for."""

    def run(*arguments: str, **environ: str) -> "subprocess.CompletedProcess[str]":
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit) as ended:
            main(["gate", *arguments])
        return subprocess.CompletedProcess(arguments, int(str(ended.value.code)), *capfd.readouterr())

    return run


def refused(result: "subprocess.CompletedProcess[str]", says: str) -> None:
    """Exit 2, one line on stderr that says it, nothing on stdout."""
    assert result.returncode == 2
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("nhq: ")
    assert says in lines[0]
    assert result.stdout == ""


@pytest.fixture
def target_file(tmp_path: Path):
    """Writes a target file for a URL."""

    def write(url: str, extra: str = "") -> str:
        path = tmp_path / "target.toml"
        path.write_text(extra + TARGET.format(url=url), "utf-8")
        return str(path)

    return write


@pytest.fixture
def port() -> Iterator[int]:
    """A port that nothing listens on."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@pytest.fixture
def babbler() -> Iterator[int]:
    """A server that answers every connection with something that is no HTTP."""
    server = socket.create_server(("127.0.0.1", 0))

    def babble() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                connection.recv(1024)
                connection.sendall(b"SSH-2.0-babble\r\n")

    thread = threading.Thread(target=babble, daemon=True)
    thread.start()
    yield server.getsockname()[1]
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(5)


def test_no_server_at_the_url(gate, target_file, port):
    """A refused connection is said so."""
    refused(gate("--target", target_file(f"http://127.0.0.1:{port}"), NHQ_TEST_KEY="k"), "no server answers there")


def test_a_server_that_is_no_http_server(gate, target_file, babbler):
    """Something that speaks another protocol is said so."""
    refused(gate("--target", target_file(f"http://127.0.0.1:{babbler}"), NHQ_TEST_KEY="k"), "not in HTTP")


def test_keys_not_in_the_environment(gate, target_file, port):
    """The variable to set is named."""
    refused(gate("--target", target_file(f"http://127.0.0.1:{port}"), NHQ_TEST_KEY=""), "no NHQ_TEST_KEY")


def test_a_target_file_with_an_unknown_field(gate, target_file, port):
    """The field is named, and the known ones."""
    file = target_file(f"http://127.0.0.1:{port}", extra='base_ulr = "x"\n')
    refused(gate("--target", file, NHQ_TEST_KEY="k"), "unknown field 'base_ulr'")


def test_a_rule_that_does_not_exist(gate):
    """The rule is named, and where to find the right one."""
    refused(gate("--rule", "NO-SUCH-RULE"), "no rule NO-SUCH-RULE")


def test_an_operation_that_does_not_exist(gate):
    """The operation is named, and the known ones."""
    refused(gate("--operation", "delete_everything"), "no operation delete_everything")


def test_an_option_that_does_not_exist(gate):
    """A slip on the command line is one line too."""
    refused(gate("--sed", "1"), "--sed")


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the contract's files, to be spoilt."""
    shutil.copy(paths.openapi_file(), tmp_path / "openapi.json")
    shutil.copytree(paths.contracts_folder(), tmp_path / "contracts", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


@pytest.fixture
def spoilt(gate: Gate, copied: Path) -> Callable[[], "subprocess.CompletedProcess[str]"]:
    """A gate over the copied contract."""
    return lambda: gate(NHQ_ROOT=str(copied))


def test_a_contract_that_is_not_json(copied, spoilt):
    """The file is named."""
    (copied / "openapi.json").write_text('{"openapi": ', "utf-8")
    refused(spoilt(), "openapi.json: not JSON")


def test_an_overlay_that_matches_nothing(copied, spoilt):
    """A stale overlay is an error, where the standard lets it pass in silence."""
    overlay = copied / "contracts" / "promised.overlay.yaml"
    overlay.write_text(overlay.read_text("utf-8").replace("['/lead_lists'].post", "['/lead_lost'].post"), "utf-8")
    refused(spoilt(), "matches nothing")


def test_a_rule_whose_quote_has_gone(copied, spoilt):
    """A changed sentence fails its rule before any server is called."""
    path = copied / "openapi.json"
    document = json.loads(path.read_text("utf-8"))
    text = document["info"]["description"]
    document["info"]["description"] = text.replace("exceeding the limit returns 429", "exceeding the limit returns 420")
    path.write_text(json.dumps(document), "utf-8")
    refused(spoilt(), "RL-EXCEEDED")
