"""Two pipelines judge one staging server at once, with the same keys: nobody is accused of what the other one does."""

import pytest
from several_gates import Ended, gates, live_mock

#: What one run's writes could look like to the other: actions, counts, order, credits, messages, refusals.
RULES = (
    "CAMP-START", "CAMP-PAUSE", "CAMP-RESUME", "CAMP-ACTION-NO-OTHER", "CAMP-REFUSED-UNCHANGED", "CAMP-START-ENROLLS",
    "AUTH-NO-EFFECT", "LIST-CREATES", "LIST-COUNT-TRUE", "LEAD-LIST-IDS", "PAGE-UNDER-WRITES", "SEARCH-BLANK",
    "ENRICH-BALANCE", "SEND-APPENDS",
)  # fmt: skip
CHOSEN = [word for rule in RULES for word in ("--rule", rule)]


pytestmark = pytest.mark.proof  # long: `make proofs` runs it


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> list[Ended]:
    """How the two ended. One draft is named: both want it."""
    folder = tmp_path_factory.mktemp("both")
    with live_mock(folder, drafts=1, window=1) as live:
        return gates(live, folder, 2, CHOSEN)


def test_neither_finds_anything(both: list[Ended]) -> None:
    """Exit 0, twice."""
    assert [(ended.code, ended.found) for ended in both] == [(0, ()), (0, ())], both


def test_the_draft_is_started_once(both: list[Ended]) -> None:
    """Whoever came second left it to the other."""
    written = [line for ended in both for line in ended.record["written"]]
    assert sum(line.endswith(": start") for line in written) == 1


def test_both_judge_what_needs_no_draft(both: list[Ended]) -> None:
    """Company makes nothing unknown that carries a run's own words."""
    for ended in both:
        held = {rule["id"] for rule in ended.record["rules"] if rule["verdict"] == "holds"}
        assert {"LIST-CREATES", "LIST-COUNT-TRUE", "LEAD-LIST-IDS", "SEND-APPENDS"} <= held
