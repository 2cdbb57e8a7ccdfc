"""The kill matrix as data, as text and as a page."""

from dataclasses import replace

import pytest
from known_contract import CONTRACT
from msgspec import structs

from nhq.mutation.faults.catalogue import find_fault
from nhq.mutation.kill_matrix import kill_matrix_text, mutation_data
from nhq.mutation.mutant_status import MutantOutcome
from nhq.mutation.mutation_page import page_lines, renew_page
from nhq.mutation.mutation_run import mutation_judgement
from nhq.record.mutation_rows import MutantStatus, MutationRecord
from tests.made_records import made_record

SEEN = MutantOutcome("pauses-drafts", MutantStatus.KILLED, ("CAMP-PAUSE-ONLY-STARTED",), ("CAMP-PAUSE",), 20, 2, 0.5)
CLEAN = MutantOutcome("noop", MutantStatus.CLEAN, requests=3000, tests=400, whole=True)
FAULTS = [find_fault("pauses-drafts"), find_fault("noop")]


def data(*outcomes: MutantOutcome) -> MutationRecord:
    return mutation_data(FAULTS, outcomes, CONTRACT)


def test_each_fault_and_each_rule_has_a_row() -> None:
    """What was planted against a rule, and what it was seen to fail on, can be read from either side."""
    power = data(SEEN, CLEAN)
    assert [row.id for row in power.faults] == ["pauses-drafts", "noop"]
    rules = {row.id: row for row in power.rules}
    assert set(rules) == set(CONTRACT.rules)
    broken = rules["CAMP-PAUSE-ONLY-STARTED"]
    assert (broken.planted, broken.seen) == (("pauses-drafts",), ("pauses-drafts",))
    assert (rules["CAMP-PAUSE"].planted, rules["CAMP-PAUSE"].seen) == ((), ("pauses-drafts",))
    assert power.summary.killed == power.summary.clean == 1
    assert power.summary.requests == 3020


@pytest.mark.parametrize(
    ("status", "verdict", "code"),
    [
        (MutantStatus.KILLED, "holds", 0),
        (MutantStatus.SURVIVED, "violated", 1),
        (MutantStatus.ELSEWHERE, "violated", 1),
        (MutantStatus.TROUBLE, "unknown", 2),
    ],
)
def test_one_survivor_spoils_the_run(status: MutantStatus, verdict: str, code: int) -> None:
    """All killed is 0, a survivor 1, and a gate that could not judge 2."""
    assert mutation_judgement(data(replace(SEEN, status=status), CLEAN)) == (verdict, code)


def test_the_text_begins_with_what_is_wrong() -> None:
    """Survivors stand first, with their sentence and what was found instead; killed faults are only counted."""
    fine = kill_matrix_text(data(SEEN, CLEAN))
    assert "pauses-drafts" not in fine
    assert "1 killed, 1 clean" in fine
    missed = replace(SEEN, status=MutantStatus.ELSEWHERE, kills=())
    assert kill_matrix_text(data(missed, CLEAN)).splitlines()[1].strip() == (
        "pauses-drafts [CAMP-PAUSE-ONLY-STARTED]: pause turns a draft into a paused campaign.; found CAMP-PAUSE"
    )


def test_a_rule_that_nothing_made_fail_spoils_the_run() -> None:
    """All faults against it were planted and killed, each by another rule: such a rule was never seen to fail."""
    faults = [find_fault("accepts-revoked-keys-for-one-lead"), find_fault("noop")]
    power = structs.replace(mutation_data(faults, [SEEN, CLEAN], CONTRACT), unseen=("RL-RESET",))
    assert mutation_judgement(structs.replace(power, unseen=())) == ("holds", 0)
    assert mutation_judgement(power) == ("violated", 1)
    assert "planted against, and never seen to fail: RL-RESET" in kill_matrix_text(power)


def test_an_honest_mock_that_is_accused_spoils_the_run() -> None:
    """A finding on a mock that doesn't lie is a false accusation, whatever its seed."""
    honest = replace(CLEAN, seed=2)
    accused = replace(CLEAN, seed=3, status=MutantStatus.ELSEWHERE, others=("RL-HEADERS",))
    assert mutation_judgement(data(SEEN, CLEAN, honest))[1] == 0
    assert mutation_judgement(data(SEEN, CLEAN, honest, accused))[1] == 1
    assert "  seed 3: RL-HEADERS" in kill_matrix_text(data(SEEN, CLEAN, honest, accused)).splitlines()


def test_the_page_names_every_fault_and_rule() -> None:
    """The page beside the code says how each fault ended, and how often each rule was seen to fail."""
    page = "\n".join(page_lines(made_record(command="nhq mutation", seconds=12.3), data(SEEN, CLEAN)))
    assert "| pauses-drafts | pause turns a draft into a paused campaign. | one state |" in page
    assert "| CAMP-PAUSE-ONLY-STARTED | must | 1 | 1 |" in page
    assert "2 planted faults, 1 of them subtle: 1 killed, 1 clean." in page


def test_the_part_of_others_stays() -> None:
    """The section that `make mutants` writes survives a new measurement, however often there is one."""
    page = renew_page("# Power\n\nold\n\n## Mutants\n\ntheirs\n", ["# Power", "", "new"])
    assert page == "# Power\n\nnew\n\n## Mutants\n\ntheirs\n"
    assert renew_page(page, ["# Power", "", "new"]) == page
    assert renew_page("", ["# Power"]) == "# Power\n"
