"""`nhq load` and `nhq record` reach a target as the gate does: CA, client certificate, gateway's header, proxy."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from forward import Forward
from gateway import Gateway
from proxy import Proxy
from tls import Tls, certificates

from nhq.cli import main
from nhq.client.mock_process import mock_target, write_live
from nhq.client.target import Target

HIDDEN, SECRET = "hidden-gateway-value", "pr0xy-s3cret"


@pytest.fixture(scope="module")
def mock() -> Iterator[Target]:
    """A mock with short windows, in real time."""
    with mock_target(seed=1, options=["--real-time", "--window", "2", "--limit", "20"]) as target:
        yield target


@pytest.fixture
def file(mock: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Its target file, without a control plane; the keys are in the environment."""
    path, environ = write_live(mock, tmp_path)
    for name, value in environ.items():
        if name.startswith("NHQ_LIVE_KEY"):
            monkeypatch.setenv(name, value)
    return path


def at(path: Path, url: str, top: str = "", tail: str = "") -> None:
    """Move the target of a file to another address, with more lines at its beginning and end."""
    text = re.sub(r"^base_url = .*$", lambda _: f'base_url = "{url}"\n{top}', path.read_text("utf-8"), flags=re.M)
    path.write_text(text + tail, "utf-8")


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    return int(str(ended.value.code))


def port_of(target: Target) -> int:
    return int(target.base_url.rpartition(":")[2])


def only(path: Path, label: str) -> None:
    """Leave one key in a target file."""
    head, *rows = path.read_text("utf-8").split("[[key]]")
    row = next(row for row in rows if f'label = "{label}"\n' in row)
    path.write_text(f"{head}[[key]]{row}", "utf-8")


def test_gate_and_load_get_through_proxy_tls_and_gateway(mock, file, tmp_path, monkeypatch, capfd):
    """All of it stands in the target file, values that are secret in the environment; they come into no file.

    A load run asks before for what its profile sends, so that a key which opens nothing else is enough.
    """
    monkeypatch.setenv("GATEWAY_KEY", HIDDEN)
    monkeypatch.setenv("PROXY_PASSWORD", SECRET)
    ca, asked, out = certificates(tmp_path), list[str](), tmp_path / "out"
    with (
        Proxy(port_of(mock), lambda answer: (asked.append(answer.asked.path), answer)[1]) as behind,
        Gateway(behind.port, ("x-api-gateway-key", HIDDEN)) as gateway,
        Tls(gateway.port, ca / "server.pem", ca / "ca.pem") as server,
        Forward("me", SECRET) as forward,
    ):
        only(file, "only_leads_read")
        own = 'ca_file = "ca.pem"\nclient_cert = "client.pem"\nclient_key = "client.key"\n'
        own += f'proxy = "http://me:$PROXY_PASSWORD@127.0.0.1:{forward.port}"\n'
        at(file, server.url, own, '\n[headers]\nX-Api-Gateway-Key = "GATEWAY_KEY"\n')
        few = ("--operation", "list_leads", "--rule", "STATUS-DOCUMENTED")
        codes = [run("gate", "--target", str(file), "--out", str(out / "gate"), *few)]
        assert "/leads" in asked
        asked.clear()
        codes.append(
            run(
                "load", "boundary", "--keys", "1", "--target", str(file), "--exclusive-keys", "--out", str(out / "load")
            )
        )
        assert {first.partition(" ")[0] for first in forward.seen} == {"CONNECT"}
    said = capfd.readouterr()
    assert codes == [0, 0], said.out + said.err
    assert set(asked) == {"/leads"}
    for word in (HIDDEN, SECRET):
        assert word not in said.out + said.err
        assert not [path for path in out.rglob("*") if path.is_file() and word.encode() in path.read_bytes()]


def test_a_proxy_that_lets_nobody_through_is_named(mock, file, monkeypatch, capfd, tmp_path):
    """By its field in the target file, for http and https alike; nothing of its address is shown."""
    for scheme in ("http", "https"):
        with Forward("me", SECRET) as forward:
            at(file, f"{scheme}://localhost:{port_of(mock)}", f'proxy = "http://me:w0rd@127.0.0.1:{forward.port}"\n')
            code = run("gate", "--target", str(file), "--out", str(tmp_path / "out"))
        said = capfd.readouterr().err
        assert code == 2
        assert "proxy" in said
        assert "w0rd" not in said
        at(file, mock.base_url)
        file.write_text(re.sub(r"^proxy = .*\n", "", file.read_text("utf-8"), flags=re.M), "utf-8")


def test_a_wrong_key_stops_a_load_run(mock, file, tmp_path, monkeypatch, capfd):
    """Before anything is recorded, in one line that names its variable."""
    monkeypatch.setenv("NHQ_LIVE_KEY_FULL", "wrong")
    code = run("load", "boundary", "--target", str(file), "--out", str(tmp_path / "out"))
    assert code == 2
    assert "key refused (401 twice): full (NHQ_LIVE_KEY_FULL)" in capfd.readouterr().err


def test_a_recording_gets_through_a_gateway_and_holds_nothing_of_it(mock, file, tmp_path, monkeypatch, capfd):
    """The header goes out behind the tape."""
    monkeypatch.setenv("GATEWAY_KEY", HIDDEN)
    with Gateway(port_of(mock), ("x-api-gateway-key", HIDDEN)) as gateway:
        at(file, gateway.url, tail='\n[headers]\nX-Api-Gateway-Key = "GATEWAY_KEY"\n')
        words = ("--target", str(file), "--out", str(tmp_path / "tapes"), "--test", "test_accounts.py::")
        code = run("record", *words)
    said = capfd.readouterr()
    assert code == 0, said.out + said.err
    tapes = list((tmp_path / "tapes").rglob("*.yaml"))
    assert tapes
    assert not any(HIDDEN in tape.read_text("utf-8") or "gateway" in tape.read_text("utf-8").lower() for tape in tapes)
