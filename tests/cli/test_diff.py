"""`nhq diff` on the command line: exit codes, approvals, formats, traffic."""

import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from nhq.cli.diff_command import command
from nhq.errors import ConfigError

BASE = {
    "openapi": "3.1.0",
    "paths": {
        "/things": {
            "post": {
                "requestBody": {"content": {"application/json": {"schema": {"type": "string", "maxLength": 9}}}},
                "responses": {"201": {"description": "made"}},
            }
        }
    },
}


def with_length(most: int) -> str:
    return json.dumps(BASE).replace('"maxLength": 9', f'"maxLength": {most}')


def diff(*words: str, stdin: str | None = None) -> Result:
    """The command as its group calls it: an error of ours is raised, a code is returned."""
    return CliRunner().invoke(command, list(words), input=stdin, standalone_mode=False)


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str, str]:
    """The base, a head that breaks a client, a head that doesn't."""
    named = {"base.json": with_length(9), "narrow.json": with_length(3), "wide.json": with_length(12)}
    for name, text in named.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    base, narrow, wide = (str(tmp_path / name) for name in named)
    return base, narrow, wide


def test_a_break_exits_1_with_a_witness_and_a_stanza(files: tuple[str, str, str]) -> None:
    """And what only accepts more exits 0."""
    base, narrow, wide = files
    broken = diff(base, narrow)
    assert broken.return_value == 1
    assert 'witness: "aaaa"' in broken.output
    assert "[[approval]]" in broken.output
    assert diff(base, wide).return_value == 0


def test_an_approved_break_exits_0_and_an_expired_approval_1(files: tuple[str, str, str], tmp_path: Path) -> None:
    """The stanza that the command prints is the one that approves."""
    base, narrow, _ = files
    printed = diff(base, narrow).output
    stanza = printed[printed.index("[[approval]]") :].partition("\n\n")[0]
    approved = stanza.replace('reason = ""', 'reason = "agreed"').replace('owner = ""', 'owner = "api"')
    file = tmp_path / "approvals.toml"
    file.write_text(approved, encoding="utf-8")
    settled = diff(base, narrow, "--approvals", str(file))
    assert settled.return_value == 0
    assert "approved by api" in settled.output
    lines = [line for line in approved.splitlines() if not line.startswith("expires")]
    file.write_text("\n".join([*lines, "expires = 2026-01-01"]), encoding="utf-8")
    expired = diff(base, narrow, "--approvals", str(file))
    assert expired.return_value == 1
    assert "expired on 2026-01-01" in expired.output


def test_the_formats_tell_the_same_change(files: tuple[str, str, str], tmp_path: Path) -> None:
    """JSON for machines, a page for people, Markdown for a pull request, GitHub's commands for its log."""
    base, narrow, _ = files
    formats = [word for name in ("json", "markdown", "github", "html") for word in ("--format", name)]
    diff(base, narrow, *formats, "--out", str(tmp_path / "out"))
    told = json.loads((tmp_path / "out" / "diff.json").read_text(encoding="utf-8"))
    assert told["exit_code"] == 1
    assert told["changes"][0]["rule"] == "request-max-length"
    assert told["changes"][0]["witness"]["value"] == "aaaa"
    assert "#### breaking (1)" in (tmp_path / "out" / "diff.md").read_text(encoding="utf-8")
    page = (tmp_path / "out" / "diff.html").read_text(encoding="utf-8")
    assert all(word in page for word in ("request-max-length", "POST /things", "&#34;aaaa&#34;", "[[approval]]"))
    assert (tmp_path / "out" / "diff.github.txt").read_text(encoding="utf-8").startswith("::error file=narrow.json,")


def test_traffic_says_how_often_a_change_shows(files: tuple[str, str, str], tmp_path: Path) -> None:
    """A recorded request that the head would refuse counts; one that it would take doesn't."""
    entries = [
        {
            "request": {"method": "POST", "url": "https://api.example/things", "postData": {"text": json.dumps(text)}},
            "response": {"status": 201},
        }
        for text in ("ab", "abcdef")
    ]
    har = tmp_path / "recorded.har"
    har.write_text(json.dumps({"log": {"entries": entries}}), encoding="utf-8")
    assert "seen in 1 of 2 recorded interactions" in diff(files[0], files[1], "--traffic", str(har)).output


def test_a_history_tells_operations_and_statuses_alone(tmp_path: Path) -> None:
    """How often a removed status was seen is told; what only a body shows is not, and why is said."""
    head = json.loads(with_length(3))
    head["paths"]["/things"]["post"]["responses"] = {"204": {"description": "done"}}
    for name, text in {"base.json": json.dumps(BASE), "head.json": json.dumps(head)}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    rows = [f"{n}.0,{n}.1,{status},POST /things" for n, status in enumerate((201, 201, 204, 500))]
    history = tmp_path / "history.csv"
    history.write_text("\n".join(["sent,received,status,operation", *rows]) + "\n", encoding="utf-8")
    told = diff(*(str(tmp_path / name) for name in ("base.json", "head.json")), "--traffic", str(history)).output
    assert "seen in 2 of 4 recorded interactions" in told
    assert "of 0 recorded" not in told
    assert "note: 4 of the interactions are histories" in told


def test_a_document_comes_from_git_or_the_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`REV:path` and `-`, as a pull request has them."""
    monkeypatch.chdir(tmp_path)
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@example.com")
    (tmp_path / "api.json").write_text(with_length(9), encoding="utf-8")
    for words in (("init", "-q"), ("add", "api.json"), ("commit", "-qm", "first")):
        subprocess.run([*git, *words], check=True)
    assert diff("HEAD:api.json", "-", stdin=with_length(3)).return_value == 1
    with pytest.raises(ConfigError, match=r"HEAD:other\.json: "):
        command.main(["HEAD:other.json", "api.json"], standalone_mode=False)


def test_a_document_that_cannot_be_read_is_our_trouble(files: tuple[str, str, str], tmp_path: Path) -> None:
    """One line with its name, which the group exits with 2 for."""
    (tmp_path / "none.json").write_text("{", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"none\.json: not JSON"):
        command.main([files[0], str(tmp_path / "none.json")], standalone_mode=False)


def test_what_leads_out_of_a_document_is_said_not_to_be_compared(tmp_path: Path) -> None:
    """A path that stands in another file is neither the same nor changed: nobody has looked."""
    file = tmp_path / "split.json"
    file.write_text(json.dumps({"openapi": "3.1.0", "paths": {"/a": {"$ref": "./a.yaml"}}}))
    result = diff(str(file), str(file))
    assert result.exit_code == 0
    assert "nothing here is at ./a.yaml, which was not compared" in result.output
