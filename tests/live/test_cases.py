"""What a night finds comes back by its case: for a fault of each family, by scenario, generated request and machine."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click import UsageError
from controlled_mock import ControlledMock, controlled_mock

from nhq.cli.command_line import group
from nhq.errors import ConfigError
from nhq.mutation.faults.catalogue import find_fault
from nhq.record.case_file import FORMAT, Case, cases_of
from nhq.record.case_row import CaseRow
from nhq.run.case_run import judge_case
from nhq.run.gate import judge_target
from nhq.run.gate_options import GateOptions

MOST = 10
#: Those of a kind each that every run of the tests plays; `make proofs` plays all.
ALWAYS = {"drops-emoji", "recognises-leads-within-their-list-only", "takes-a-limit-of-501", "fails-on-long-cursors"}
#: A fault of each family, a scenario that sees it, and which part of the scenario its case is.
SEEN = (
    ("accepts-revoked-keys", "auth/revoked-key-is-refused[create_lead_lists]", "scenario"),
    ("answers-404-without-the-scope", "scopes/forbidden-request-changes-nothing[create_lead_lists]", "scenario"),
    ("lists-everybodys-lists", "workflows/links", "sequence"),
    ("reads-one-lead-without-its-lists", "workflows/lists-and-imports", "sequence"),
    ("takes-a-limit-of-501", "operations/queries[list_campaign_leads]", "request"),
    ("lists-accounts-oldest-first", "(discovery)", "discovery"),
    ("finds-nothing-for-blanks", "search/blank-query", "scenario"),
    ("refuses-accounts-as-a-filter", "operations/queries[list_conversations]", "request"),
    ("prefixes-colliding-names", "workflows/lists-and-imports", "sequence"),
    ("gives-all-lists-the-first-description", "lists/creation", "scenario"),
    ("calls-existing-leads-new", "import/batch", "scenario"),
    ("recognises-leads-within-their-list-only", "workflows/lists-and-imports", "sequence"),
    ("refuses-leads-with-a-birthday", "operations/bodies[import_leads]", "request"),
    ("refuses-to-resume", "lifecycle/resume-under-way", "scenario"),
    ("answers-404-for-a-wrong-state", "workflows/lifecycle", "sequence"),
    ("takes-eleven-overrides", "operations/bodies[save_message_overrides]", "request"),
    ("says-that-it-charged-again", "operations/bare[enrich_lead]", "request"),
    ("drops-emoji", "conversations/text-is-kept", "scenario"),
    ("calls-everything-pending", "operations/bodies[send_message]", "request"),
    ("sends-numbers", "errors/types[send_message]", "scenario"),
    ("hides-a-404-behind-a-200", "workspaces/unknown-id-is-not-found[get_lead_list]", "variant"),
    ("fails-on-a-number-for-an-action", "operations/bodies[run_campaign_action]", "request"),
    ("leaves-the-pagination-out", "(discovery)", "discovery"),
    ("has-null-for-not-the-default", "(discovery)", "discovery"),
    ("tells-reset-as-a-date", "(discovery)", "discovery"),
    ("gives-back-what-was-forbidden", "scopes/nothing-but-403-is-learned[create_lead_lists]", "scenario"),
    ("names-two-lists-alike-at-one-instant", "concurrency/lists-of-one-name", "scenario"),
    ("sends-two-answers-in-one", "operations/bare[get_lead]", "request"),
    ("loses-lists-later", "later/lists-stand", "scenario"),
    ("fails-on-long-cursors", "pagination/unknown-cursor-breaks-nothing[list_campaigns]", "variant"),
    ("wants-a-limit-of-list-campaigns", "pagination/default-limit[list_campaigns]", "scenario"),
    ("opens-run-campaign-action-to-everyone", "auth/absent-key-is-refused[run_campaign_action]", "scenario"),
)


@pytest.fixture(scope="module")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlledMock]:
    """One server for all."""
    with controlled_mock(tmp_path_factory.mktemp("cases")) as mock:
        yield mock


def whole(scenario: str) -> Case:
    """A case that a scenario's whole run is, and that nothing ends."""
    told = {"rule": "ERROR-BODY", "operation": None, "code": "", "where": "", "expected": "", "actual": ""}
    part = CaseRow(scenario=scenario, seed=1, depth="gate")
    return Case(
        format=FORMAT, fingerprint="0" * 64, contract="", kind="scenario", part=part, nonce="", requests=(), **told
    )


def found(options: GateOptions, fault: str, scenario: str) -> Case:
    """The case of what the scenario finds of a fault."""
    record = judge_target(replace(options, case=whole(scenario)))
    rules = find_fault(fault).rules
    return next(case for case in cases_of(record) if case.rule in rules)


def marked(fault: str, *what: str) -> object:
    return pytest.param(fault, *what, id=fault, marks=[] if fault in ALWAYS else [pytest.mark.proof])


@pytest.mark.parametrize(("fault", "scenario", "kind"), [marked(*row) for row in SEEN])
def test_it_comes_back_in_at_most_ten_requests(mock: ControlledMock, fault: str, scenario: str, kind: str) -> None:
    """What was found in a scenario is found by its case, with its own set-up."""
    options = GateOptions(mock.file)
    with mock.lying(fault):
        case = found(options, fault, scenario)
        again = judge_case(case, options)
    assert (again.seen, again.exit_code) == (True, 1), again.record.troubles
    assert again.requests <= MOST
    assert case.kind == kind


def test_an_honest_server_shows_no_case(mock: ControlledMock) -> None:
    """Where the fault is gone the rule held: exit code 0, on another server than it was found on too."""
    with mock.lying("drops-emoji"):
        case = found(GateOptions(mock.file), "drops-emoji", "conversations/text-is-kept")
    again = judge_case(case, GateOptions(seed=2))
    assert (again.seen, again.exit_code, again.record.troubles) == (False, 0, ())
    assert again.words.endswith(f"not reproduced, the rule held, {again.requests} requests")


def nhq(*words: str) -> int:
    """The exit code of a command."""
    return int(group.main(list(words), standalone_mode=False))


def test_the_command_plays_a_file(mock: ControlledMock, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`nhq gate` leaves a case beside its reports, and with --case plays it alone: exit code 1, and it says so."""
    where = ["gate", "--target", str(mock.file), "--out", str(tmp_path)]
    with mock.lying("drops-emoji"):
        assert nhq(*where, "--rule", "SEND-TEXT") == 1
        file, *_ = (tmp_path / "cases").glob("*.json")
        assert nhq(*where, "--case", str(file)) == 1
    assert "reproduced, after" in capsys.readouterr().out.splitlines()[-1]
    with pytest.raises(UsageError, match="leave --rule"):
        nhq(*where, "--case", str(file), "--rule", "SEND-TEXT")


def test_a_file_that_is_no_case_is_one_clear_line(tmp_path: Path) -> None:
    """It names the file, and says what is wrong with it."""
    file = tmp_path / "case.json"
    file.write_text('{"format": "nhq-case/1"}', "utf-8")
    with pytest.raises(ConfigError, match=r"case\.json: holds no case"):
        nhq("gate", "--case", str(file))
