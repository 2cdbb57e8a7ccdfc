"""Files and answers of a broken shape are one clear line of their own, exit 2, and never a traceback."""

import copy
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from nhq import paths
from nhq.cli import main

DOCUMENT = json.loads(paths.openapi_file().read_text("utf-8"))
ANSWER = ("paths", "/leads", "get", "responses", "200", "content", "application/json")


def changed(*path: str, to: Any) -> str:
    """The contract with one part replaced."""
    document = copy.deepcopy(DOCUMENT)
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return json.dumps(document)


CONTRACTS = {
    "a dangling $ref": (
        changed(*ANSWER, "schema", to={"$ref": "#/components/schemas/Nobody"}),
        "'/components/schemas/Nobody' does not exist",
    ),
    "an unknown type": (changed(*ANSWER, "schema", to={"type": "objekt"}), "/schema/type"),
    "a bad pattern": (changed(*ANSWER, "schema", to={"properties": {"data": {"pattern": "("}}}), "/data/pattern"),
    "schema: null": (changed(*ANSWER, "schema", to=None), "neither an object nor a boolean"),
    "an answer that is null": (changed(*ANSWER[:5], to=None), "is not as OpenAPI has it"),
    "parameters that are none": (changed(*ANSWER[:3], "parameters", to=7), "is not as OpenAPI has it"),
    "no info": (changed("info", to=None), "is not as OpenAPI has it"),
    "very deep JSON": ('{"openapi": "3.1.0", "paths": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested too deeply"),
    "half a surrogate pair": (changed("x-note", to="\ud800"), "is not as OpenAPI has it"),
}


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The one line of a command that could not judge."""
    with pytest.raises(SystemExit) as exited:
        main(list(words))
    assert exited.value.code == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    return lines[0]


@pytest.fixture
def cassettes(tmp_path: Path) -> Path:
    """A shelf with one cassette that answers `/leads`, so that its schema is asked for."""
    kept = tmp_path / "cassettes"
    kept.mkdir()
    (kept / "discovery.yaml").write_bytes((paths.data_root() / "cassettes" / "discovery.yaml").read_bytes())
    return kept


@pytest.mark.parametrize("name", CONTRACTS)
def test_a_changed_contract_that_can_not_be_read(capsys, tmp_path, cassettes, name):
    """The file is named, and the place in it."""
    text, line = CONTRACTS[name]
    (tmp_path / "new.json").write_text(text, "utf-8")
    told = said(capsys, "replay", "--cassettes", str(cassettes), "--contract", str(tmp_path / "new.json"))
    assert told.startswith("nhq: new.json: ")
    assert line in told


@pytest.fixture
def control(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """Makes a target file whose control plane answers everything with one body."""
    servers = []

    def answering(body: bytes) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET  # noqa: N815

            def log_message(self, *args: object) -> None:
                pass

        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=servers[-1].serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setenv("NHQ_TEST_KEY", "k")
        url = f"http://127.0.0.1:{servers[-1].server_address[1]}"
        key = '[[key]]\nenv = "NHQ_TEST_KEY"\nworkspace = "a"\nscopes = ["leads:read"]\n'
        file = tmp_path / "target.toml"
        file.write_text(f'base_url = "{url}"\ncontrol_url = "{url}"\ncontrol_env = "NHQ_TEST_KEY"\n{key}', "utf-8")
        return str(file)

    yield answering
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (b"[]", "with JSON that is no object"),
        (b"null", "with JSON that is no object"),
        (b'{"now": "noon", "mode": "still"}', "without the number 'now'"),
        (b"<html>", "the control plane did not answer"),
    ],
)
def test_a_control_plane_that_is_none(capsys, control, tmp_path, body, line):
    """The line says what answered there, and which field may be wrong."""
    assert line in said(capsys, "gate", "--target", control(body), "--out", str(tmp_path / "out"))


def test_a_selection_that_never_meets_keeps_the_last_report(capsys, tmp_path):
    """`--rule` and `--operation` without anything in common are a slip, and nothing is written over."""
    for name in ("results.json", "journal.jsonl"):
        (tmp_path / name).write_text("of the last run", "utf-8")
    words = ("gate", "--rule", "SEND-TEXT", "--operation", "list_leads", "--out", str(tmp_path))
    assert "--rule SEND-TEXT is not judged on --operation list_leads; it is on send_message" in said(capsys, *words)
    assert {file.read_text("utf-8") for file in tmp_path.iterdir()} == {"of the last run"}


@pytest.mark.parametrize(
    ("words", "near"),
    [
        (("gate", "--rule", "page-no-gap"), "near it: PAGE-NO-GAPS"),
        (("gate", "--operation", "list_lead"), "near it: list_leads"),
        (("explain", "--operation", "list_lead"), "near it: list_leads"),
        (("explain", "--area", "scope"), "near it: scopes"),
        (("mutation", "--fault", "pauses-draft"), "near it: pauses-drafts"),
        (("mutation", "--family", "header"), "near it: headers"),
        (("mutation", "--variant", "rounds-reset"), "near it: rounds-reset-down"),
        (("load", "mixd"), "near it: mixed"),
        (("gat",), "near it: gate"),
    ],
)
def test_a_name_that_is_nearly_right(capsys, words, near):
    """The line offers what was probably meant."""
    assert near in said(capsys, *words)


def test_a_mock_of_a_document_that_is_nested_too_deeply(capsys, tmp_path):
    """It is the document's trouble, named; no fault of ours."""
    (tmp_path / "deep.json").write_text('{"paths": ' + "[" * 100_000 + "]" * 100_000 + "}", "utf-8")
    told = said(capsys, "mock", "--port", "0", "--contract", str(tmp_path / "deep.json"))
    assert told.endswith("deep.json: nested too deeply to be read")
