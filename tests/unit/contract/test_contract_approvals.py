"""Approvals: one file for the diff and the gate."""

import datetime
from dataclasses import replace
from pathlib import Path

import pytest

from nhq.contract.approvals import Command, Subject, approval_stanza, load_approvals, settle_approvals
from nhq.contract.change_approvals import present_approvals
from nhq.errors import ConfigError

TODAY = datetime.date(2026, 11, 28)
CHANGE = Subject(Command.DIFF, "request-enum", ("GET /a",), ("/p", '["a"]', 'b "c"\n'))
FINDING = Subject(Command.GATE, "RL-LIMIT", ("list_leads",), ("limit-wrong", "X-RateLimit-Limit"))


def written(tmp_path: Path, subject: Subject, expires: datetime.date) -> Path:
    text = (
        approval_stanza(subject, expires)
        .replace('reason = ""', 'reason = "agreed"')
        .replace('owner = ""', 'owner = "api"')
    )
    file = tmp_path / "approvals.toml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize("subject", [CHANGE, FINDING])
def test_a_proposed_stanza_approves_what_it_was_proposed_for(tmp_path: Path, subject: Subject) -> None:
    """Once reason and owner are written, whatever characters the values have."""
    approvals = load_approvals(written(tmp_path, subject, TODAY))
    settled = settle_approvals(subject.command, [subject], approvals, TODAY, lambda _: True)
    assert list(settled.approved) == [0]
    assert settled.problems == ()


def test_an_expired_stanza_approves_nothing_and_fails(tmp_path: Path) -> None:
    """Its last day is still good, the next is not."""
    approvals = load_approvals(written(tmp_path, CHANGE, TODAY))
    settled = settle_approvals(Command.DIFF, [CHANGE], approvals, TODAY + datetime.timedelta(1), lambda _: True)
    assert settled.approved == {}
    assert "expired on 2026-11-28" in settled.problems[0]


def test_a_stanza_is_unused_only_where_its_operation_was_judged(tmp_path: Path) -> None:
    """An operation that the run didn't look at says nothing of its approvals."""
    approvals = load_approvals(written(tmp_path, CHANGE, TODAY))
    assert (
        "approves nothing"
        in settle_approvals(Command.DIFF, [], approvals, TODAY, lambda one: one == CHANGE).problems[0]
    )
    assert settle_approvals(Command.DIFF, [], approvals, TODAY, lambda _: False).problems == ()
    assert settle_approvals(Command.GATE, [], approvals, TODAY, lambda _: True).problems == ()


def test_a_change_that_reaches_further_is_not_approved(tmp_path: Path) -> None:
    """The stanza names the operations that somebody looked at."""
    approvals = load_approvals(written(tmp_path, CHANGE, TODAY))
    further = Subject(CHANGE.command, CHANGE.rule, ("GET /a", "GET /b"), CHANGE.parts)
    assert settle_approvals(Command.DIFF, [further], approvals, TODAY, lambda _: False).approved == {}


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ('command = "check"', "command check"),
        ('code = "x"', "no code"),
        ("expires = 3", "expires"),
        ('owner = ""', "owner"),
    ],
)
def test_a_malformed_stanza_names_its_field(tmp_path: Path, line: str, named: str) -> None:
    """One line, with the field to change."""
    file = written(tmp_path, CHANGE, TODAY)
    key = line.partition(" ")[0]
    lines = [one for one in file.read_text(encoding="utf-8").splitlines() if not one.startswith(f"{key} ")]
    file.write_text("\n".join([*lines, line]), encoding="utf-8")
    with pytest.raises(ConfigError, match=named):
        load_approvals(file)


def test_a_stanza_that_names_a_former_id_approves_the_renamed_rule(tmp_path: Path) -> None:
    """Renaming a rule takes back no approval."""
    former, now = replace(FINDING, rule="PAGE-ENDS"), replace(FINDING, rule="PAGE-TERMINATES")
    present = present_approvals(written(tmp_path, former, datetime.date.max))
    settled = settle_approvals(Command.GATE, [now], present.approvals, TODAY, lambda _: True)
    assert list(settled.approved) == [0]
