"""`nhq gate --contract`, as a user runs it: narrow runs against the bundled mock of the same contract."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest


def gate(edit: Any, folder: Path, *narrow: str) -> tuple[int, dict[str, Any], str]:
    """Exit code, record and what the terminal shows."""
    document = folder / "new.json"
    document.write_text(json.dumps(edit.document()), encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "nhq", "gate", "--contract", str(document), "--out", str(folder / "out"), *narrow],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return ran.returncode, json.loads((folder / "out" / "results.json").read_text("utf-8")), ran.stdout


def test_a_new_operation_is_judged_and_warns(edits: Mapping[str, Any], tmp_path: Path) -> None:
    """Exit 0; its pages, keys and schema were exercised, by the document alone."""
    code, record, shown = gate(edits["list-added"], tmp_path, "--rule", "PAGE-TERMINATES", "--operation", "get_tags")
    assert (code, record["findings"], record["troubles"]) == (0, [], [])
    rule = next(row for row in record["rules"] if row["id"] == "PAGE-TERMINATES")
    assert rule["cells"]["get_tags"]["verdict"] == "holds"
    assert "operation-added at /paths/~1tags/get" in shown


@pytest.mark.parametrize(("name", "code"), [("limit-raised", 1), ("field-described", 0)])
def test_what_we_judge_by_fails_and_the_rest_goes_on(
    edits: Mapping[str, Any], tmp_path: Path, name: str, code: int
) -> None:
    """A rule whose sentence went is unknown, and says so; another one of the same subject is kept."""
    narrow = ("--rule", "RL-EXCEEDED", "--rule", "RL-LIMIT-ADMITTED")
    ended, record, _ = gate(edits[name], tmp_path, *narrow)
    rules = {row["id"]: (row["verdict"], row["cause"]) for row in record["rules"]}
    assert (ended, record["troubles"], record["findings"]) == (code, [], [])
    assert rules["RL-EXCEEDED"][0] == "holds"
    assert rules["RL-LIMIT-ADMITTED"] == (("unknown", "its sentence was changed") if code else ("holds", ""))
    assert any(change["kind"] == ("quote-gone" if code else "added") for change in record["contract"]["changes"])


def test_an_approved_change_passes_until_its_last_day(edits: Mapping[str, Any], tmp_path: Path) -> None:
    """The stanzas that a red run prints make it green; expired ones don't."""
    narrow = ("--rule", "AUTH-ABSENT", "--operation", "list_linkedin_accounts")
    code, record, shown = gate(edits["limit-raised"], tmp_path, *narrow)
    stanzas = [change["stanza"] for change in record["contract"]["changes"] if change["stanza"]]
    assert code == 1
    assert all(line in shown for stanza in stanzas for line in stanza.splitlines())
    approvals = tmp_path / "approvals.toml"
    approvals.write_text("\n\n".join(stanzas).replace('= ""', '= "agreed"'), "utf-8")
    code, record, shown = gate(edits["limit-raised"], tmp_path, *narrow, "--approvals", str(approvals))
    assert code == 0
    assert "(approved)" in shown
    approvals.write_text(re.sub(r"expires = .*", "expires = 2020-01-01", approvals.read_text("utf-8")), "utf-8")
    assert gate(edits["limit-raised"], tmp_path, *narrow, "--approvals", str(approvals))[0] == 1
