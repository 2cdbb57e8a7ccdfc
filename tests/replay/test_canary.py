"""Canaries: what is secret or personal on a target is found in nothing that a run leaves behind or says."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
import requests

from nhq import paths
from nhq.client.mock_process import handed_over

FIRST, LAST, COMPANY = "Zyxofiel", "Žykanárov", "Quuxbrandt Holding"
EMAIL, URL = "zyxofiel.kanar@quuxbrandt.test", "https://www.linkedin.com/in/zyxofiel-kanarov-81"
TEXT = "Wyvernmoot at seven, bring the zibeline papers"
LIST = "Xanthorhoe prospects"
# Each word of them by itself would tell as much.
PLANTED = {FIRST, LAST, EMAIL, URL, TEXT, LIST, "Quuxbrandt", "kanar", "zibeline", "Wyvernmoot", "Xanthorhoe"}
GATE = ("SEARCH-FIELDS", "SEARCH-AND", "IMPORT-FIELDS-KEPT", "LIST-NAME-KEPT", "SEND-APPENDS")
TESTS = ("test_search.py::test_each_field", "test_search.py::test_every_term", "test_lists.py", "test_accounts.py")
TESTS += ("test_conversations.py::test_sending_appends_once", "test_import.py::test_fields_kept")


@dataclass(frozen=True, slots=True)
class Trail:
    """What the commands left and said, by where it stands, and what must not be in it."""

    texts: dict[str, str]
    secrets: list[str]
    outcomes: dict[str, int]
    ids: list[str]


@pytest.fixture(scope="module")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A mock that lies about one thing, so that findings with their evidence are written too; its handoff folder."""
    folder = tmp_path_factory.mktemp("handoff")
    command = [sys.executable, "-m", "nhq", "mock", "--port", "0", "--control", "--write-target", str(folder)]
    with subprocess.Popen([*command, "--fault", "matches-any-term"], stdout=subprocess.PIPE, text=True) as mock:
        assert mock.stdout is not None
        assert "ready" in mock.stdout.readline()
        yield folder
        mock.terminate()


@pytest.fixture(scope="module")
def trail(mock: Path, tmp_path_factory: pytest.TempPathFactory) -> Trail:
    """Plant the canaries through the API, then gate, record and replay."""
    ids = plant(mock)
    folder = tmp_path_factory.mktemp("run")
    target, cassettes = str(mock / "target.toml"), str(folder / "cassettes")
    keys = dict(
        line.removeprefix("export ").split("=", 1) for line in (mock / "keys.env").read_text("utf-8").splitlines()
    )
    commands = {
        "gate": ["--target", target, "--out", str(folder / "gate"), *(w for rule in GATE for w in ("--rule", rule))],
        "record": ["--target", target, "--out", cassettes, *(w for test in TESTS for w in ("--test", test))],
        "replay": ["--cassettes", cassettes, "--out", str(folder / "replay")],
        "replay --contract": [
            "--cassettes",
            cassettes,
            "--contract",
            str(changed(folder)),
            "--out",
            str(folder / "new"),
        ],
    }
    texts, outcomes = {}, {}
    for name, arguments in commands.items():
        ran = subprocess.run(
            [sys.executable, "-m", "nhq", *name.split()[:1], *arguments],
            capture_output=True, text=True, check=False, timeout=300, env={**os.environ, **keys},
        )  # fmt: skip
        outcomes[name] = ran.returncode
        texts |= {f"{name}: stdout": ran.stdout, f"{name}: stderr": ran.stderr}
    files = [file for file in folder.rglob("*") if file.is_file() and file.name != "changed.json"]
    texts |= {str(file.relative_to(folder)): file.read_text("utf-8") for file in files}
    return Trail(texts, list(keys.values()), outcomes, ids)


def plant(mock: Path) -> list[str]:
    """A list, a lead in it, and a message, each with canaries; the ids of what holds them."""
    target = handed_over(mock)
    headers = {"Authorization": f"Bearer {target.keys[0].secret}"}

    def post(path: str, body: object) -> Any:
        answer = requests.post(target.base_url + path, json=body, headers=headers, timeout=10)
        assert answer.ok, answer.text
        return answer.json()

    made = post("/lead_lists", {"lead_lists": [{"name": LIST, "description": TEXT}]})["data"][0]["id"]
    person = {"first_name": FIRST, "last_name": LAST, "email": EMAIL, "linkedin_url": URL, "company": COMPANY}
    lead = post(f"/lead_lists/{made}/leads", person)["data"]["id"]
    post(f"/conversations/{target.given['conversation']}/messages", {"content": TEXT})
    return [made, lead, target.given["conversation"]]


def changed(folder: Path) -> Path:
    """A contract that refuses what was recorded."""
    document = json.loads(paths.openapi_file().read_text("utf-8"))
    document["components"]["schemas"]["Lead"]["properties"]["first_name"] = {"enum": ["nobody"]}
    file = folder / "changed.json"
    file.write_text(json.dumps(document), "utf-8")
    return file


def spelled(word: str) -> set[str]:
    """A word as files may hold it: plain, in JSON, in YAML, in a URL, whatever its case."""
    plain, escaped = word.casefold(), json.dumps(word)[1:-1].casefold()
    yaml = "".join(c if c.isascii() else f"\\x{ord(c):x}" if ord(c) < 256 else f"\\u{ord(c):04x}" for c in word)
    return {plain, escaped, yaml.casefold(), quote(word).casefold(), quote_plus(word).casefold()}


def found(trail: Trail, words: set[str]) -> list[str]:
    """Where any of the words stands."""
    forms = {form: word for word in words for form in spelled(word)}
    return [
        f"{where}: {word}"
        for where, text in trail.texts.items()
        for form, word in forms.items()
        if form in text.casefold()
    ]


def test_the_run_had_something_to_leak(trail: Trail) -> None:
    """Findings were told, cassettes written and played, and a change broke some: nothing passed for want of data."""
    assert trail.outcomes == {"gate": 1, "record": 0, "replay": 0, "replay --contract": 1}, trail.texts
    assert any(name.startswith("cassettes/search/") for name in trail.texts)
    assert any(name.startswith("cassettes/import/") for name in trail.texts)
    recorded = "".join(text for name, text in trail.texts.items() if name.startswith("cassettes/"))
    assert [ident for ident in trail.ids if ident not in recorded] == []


def test_no_person_is_told(trail: Trail) -> None:
    """Names, addresses, companies, list names and message texts of the target stand nowhere."""
    assert found(trail, PLANTED) == []


def test_no_key_is_told(trail: Trail) -> None:
    """Keys and the control plane's token stand nowhere, nor a half of one."""
    assert found(trail, {*trail.secrets, *(secret[-20:] for secret in trail.secrets)}) == []
