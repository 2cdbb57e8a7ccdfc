"""A server that says keys and people wherever it can: no command leaves one of them in a file or says it."""

import json
import os
import re
import subprocess
import sys
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from nhq.record.record_json import record_of
from nhq.report import FORMATS, render_report

HERE = Path(__file__).parent
# As the server's own list says, and not read from there: what a search looks for is not the searched one's to say.
CANARIES = ("Zyxofiel", "kanar", "quuxbrandt", "4915123456789", "Wyvernmoot", "zibeline")
_NAMED = re.compile(r'"(conv|list)_([0-9a-f]{20})"')


@dataclass(frozen=True, slots=True)
class Trail:
    """What each command left and said, by where it stands; how it ended; and the secrets."""

    texts: dict[str, str]
    ended: dict[str, int]
    secrets: list[str]


class Stage:
    """Runs commands in a folder and keeps what they say."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.said, self.ended = folder, dict[str, str](), dict[str, int]()

    def run(self, name: str, *words: str, keys: dict[str, str]) -> None:
        """One nhq command."""
        ran = subprocess.run(
            [sys.executable, "-m", "nhq", *words],
            capture_output=True, text=True, check=False, timeout=300, cwd=self.folder, env={**os.environ, **keys},
        )  # fmt: skip
        self.ended[name] = ran.returncode
        self.said |= {f"{name}: stdout": ran.stdout, f"{name}: stderr": ran.stderr}


@contextmanager
def echoing(folder: Path, mode: str, *options: str) -> Iterator[dict[str, str]]:
    """An echoing server before a mock; leaves its target file in the folder, and gives its keys."""
    handoff = folder / f"handoff-{mode}"
    command = [
        sys.executable,
        "-m",
        "nhq",
        "mock",
        "--port",
        "0",
        "--control",
        "--write-target",
        str(handoff),
        *options,
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as mock:
        assert mock.stdout is not None
        port = re.search(r":(\d+) ", mock.stdout.readline())
        assert port is not None
        script = [sys.executable, str(HERE / "echoing_server.py"), port[1], mode]
        with subprocess.Popen(script, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as echo:
            assert echo.stdout is not None
            base = f"http://127.0.0.1:{int(echo.stdout.readline())}"
            text = re.sub('base_url = "[^"]*"', f'base_url = "{base}"', (handoff / "target.toml").read_text("utf-8"))
            named = _NAMED.sub(r'"\1.zyxofiel.kanar@quuxbrandt.test.\2"', text)
            (folder / f"{mode}.toml").write_text(named, "utf-8")
            lines = (handoff / "keys.env").read_text("utf-8").splitlines()
            yield dict(line.removeprefix("export ").split("=", 1) for line in lines)
            echo.terminate()
        mock.terminate()


@pytest.fixture(scope="module")
def trail(tmp_path_factory: pytest.TempPathFactory) -> Trail:
    """Every command that talks to a server, or reads what such a one wrote."""
    given, stage = tmp_path_factory.mktemp("given"), Stage(tmp_path_factory.mktemp("run"))
    few = ("--rule", "ERROR-BODY", "--rule", "SCHEMA-BODY", "--rule", "RL-VALUES", "--rule", "PAGE-FULL")
    with echoing(given, "rude") as keys:
        target = ("--target", str(given / "rude.toml"))
        stage.run("gate", "gate", *target, "--out", "gate", "--traceback", *few, keys=keys)
    with echoing(given, "polite") as keys:
        target = ("--target", str(given / "polite.toml"))
        tests = ("test_wrong_queries", "test_absent_key_is_refused", "test_accounts", "test_sending_appends_once")
        stage.run("record", "record", *target, "--out", "tapes", *(w for t in tests for w in ("--test", t)), keys=keys)
        once = ("--profile", "nightly", "--operation", "send_message", "--rule", "REQUEST-VALID")
        stage.run("nightly", "gate", *target, "--out", "nightly", *once, keys=keys)
        stage.run("replay", "replay", "--cassettes", "tapes", "--out", "replay", keys={})
    with echoing(given, "rude", "--real-time", "--limit", "5", "--window", "1") as keys:
        target = ("--target", str(given / "rude.toml"), "--limit", "5", "--window", "1")
        stage.run("load", "load", "boundary", *target, "--keys", "1", "--duration", "2", "--out", "load", keys=keys)
    stage.run("check", "check", *map(str, stage.folder.rglob("*.arrows")), keys={})
    stage.run("power", "mutation", "--fault", "echoes-a-revoked-key", "--workers", "1", "--out", "power", keys={})
    record = json.loads((stage.folder / "gate" / "results.json").read_text("utf-8"))
    files = [file for file in stage.folder.rglob("*") if file.is_file()]
    texts = {str(file.relative_to(stage.folder)): file.read_bytes().decode("utf-8", "replace") for file in files}
    texts |= {f"as {name}": render_report(record_of(record), name) for name in FORMATS} | stage.said
    return Trail(texts, stage.ended, list(keys.values()))


def spelt(word: str) -> set[str]:
    """A word as it may be written, in small letters."""
    raw = word.encode()
    forms = {word, json.dumps(word)[1:-1], quote(word, safe=""), quote_plus(word), raw.hex()}
    forms |= {"".join(f"%{byte:02x}" for byte in raw), "".join(f"\\u{byte:04x}" for byte in raw)}
    for before, spoilt in ((b"", 0), (b"a", 2), (b"ab", 3)):
        whole = (len(before) + len(raw)) * 8 // 6
        packed = (b64encode(before + raw), urlsafe_b64encode(before + raw))
        forms |= {part for text in packed if len(part := text.decode()[spoilt:whole]) >= 8}
    return {form.casefold() for form in forms}


def found(trail: Trail, words: list[str]) -> list[str]:
    """Where any of the words stands; lines that YAML folds are put together."""
    forms = {form: word for word in words for form in spelt(word)}
    places = []
    for where, text in trail.texts.items():
        low = text.casefold()
        both = low + re.sub(r"\\?\n\s*\\?", "", low)
        places += [f"{where}: {word}" for form, word in forms.items() if form in both]
    return places


def test_every_command_had_something_to_tell(trail: Trail) -> None:
    """Findings were made, cassettes written and played, requests recorded: nothing passed for want of data."""
    assert trail.ended == {
        "gate": 1, "record": 0, "nightly": 0, "replay": 0, "load": 1, "check": 1, "power": 0,
    }, trail.texts  # fmt: skip
    findings = json.loads(trail.texts["gate/results.json"])["findings"]
    assert {finding["rule"] for finding in findings} >= {"PAGE-FULL", "SCHEMA-BODY"}
    assert any(name.endswith(".arrows") for name in trail.texts)
    assert any(name.startswith("tapes/conversations/") for name in trail.texts)


def test_no_secret_is_told(trail: Trail) -> None:
    """Keys and the control plane's token, in any spelling, nor a half of one."""
    assert found(trail, [*trail.secrets, *(secret[-20:] for secret in trail.secrets)]) == []


def test_no_person_is_told(trail: Trail) -> None:
    """Names, addresses, telephones and texts, wherever the server put them."""
    assert found(trail, list(CANARIES)) == []


def test_every_command_of_a_finding_runs(trail: Trail) -> None:
    """A shell can read it, and nothing in it is a shape."""
    for finding in json.loads(trail.texts["gate/results.json"])["findings"]:
        assert "‹" not in finding["curl"]
        assert subprocess.run(["sh", "-n", "-c", finding["curl"]], check=False).returncode == 0, finding["curl"]
