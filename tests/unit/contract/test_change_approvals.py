"""Which changes of a contract a stanza of the approvals file accepts."""

import datetime
from dataclasses import replace
from pathlib import Path

import pytest

from nhq.contract.approvals import load_approvals
from nhq.contract.change_approvals import PROPOSED_DAYS, ChangeApprovals
from nhq.contract.contract_changes import ChangeKind, ContractChange

CHANGE = ContractChange(
    ChangeKind.NUMBER_CHANGED, "/info/description", "60", "120", "adopt it", ("RL-LIMIT",), "list_leads"
)
TODAY = datetime.date(2026, 11, 28)


def approved(tmp_path: Path, change: ContractChange, today: datetime.date = TODAY) -> ChangeApprovals:
    """The approvals of a file that holds the stanza proposed for a change."""
    file = tmp_path / "approvals.toml"
    file.write_text(ChangeApprovals((), TODAY).propose(change).replace('= ""', '= "x"'), "utf-8")
    return ChangeApprovals(load_approvals(file), today)


def test_a_proposed_stanza_approves_its_change(tmp_path: Path) -> None:
    """Once reason and owner are written, the change passes."""
    assert not ChangeApprovals((), TODAY).accept(CHANGE)
    assert approved(tmp_path, CHANGE).accept(CHANGE)


@pytest.mark.parametrize(
    "other",
    [
        {"after": "240"},
        {"pointer": "/info/title"},
        {"kind": ChangeKind.QUOTE_GONE},
        {"operation": "get_lead"},
        {"rules": ("RL-LIMIT-ADMITTED",)},
    ],
)
def test_another_change_is_not_approved_with_it(tmp_path: Path, other: dict[str, object]) -> None:
    """Other words, another place, kind, operation or rule is another change."""
    assert not approved(tmp_path, CHANGE).accept(replace(CHANGE, **other))


def test_an_approval_ends_with_its_last_day(tmp_path: Path) -> None:
    """The day it names still counts, the next doesn't."""
    last = TODAY + datetime.timedelta(days=PROPOSED_DAYS)
    assert approved(tmp_path, CHANGE, last).accept(CHANGE)
    assert not approved(tmp_path, CHANGE, last + datetime.timedelta(days=1)).accept(CHANGE)
