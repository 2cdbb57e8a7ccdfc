"""Night after night on a server that keeps everything: each run judges what the one before it did."""

import pytest
from several_gates import Ended, gates, other_server

pytestmark = pytest.mark.proof  # long: `make proofs` runs it

#: What uses something up, or meets what an earlier run left behind.
RULES = (
    "CAMP-START", "CAMP-START-ENROLLS", "CAMP-PAUSE", "CAMP-RESUME", "CAMP-ACTION-NO-OTHER", "OVR-BECOMES-ENROLLED",
    "LIST-CREATES", "LIST-NAME-KEPT", "IMPORT-CREATED", "IMPORT-DEDUP", "ENRICH-ENRICHED", "ENRICH-ALREADY",
    "SEND-APPENDS", "SEARCH-NONE",
)  # fmt: skip
CHOSEN = [word for rule in RULES for word in ("--rule", rule)]


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> list[Ended]:
    """Three runs in a row, for which its owner named three drafts."""
    folder = tmp_path_factory.mktemp("nights")
    with other_server(folder, drafts=3, window=4, limit=1000) as live:
        return [gates(live, folder / f"{night}", 1, CHOSEN)[0] for night in range(3)]


def test_no_night_accuses_anybody(nights: list[Ended]) -> None:
    """Exit 0 each time, and nothing found."""
    assert [(ended.code, ended.found) for ended in nights] == [(0, ())] * 3, nights


def test_every_night_judges_the_same(nights: list[Ended]) -> None:
    """One draft a run is enough, and what was made before is in nobody's way."""
    held = [
        {rule["id"] for rule in ended.record["rules"] if rule["verdict"] == "holds"} & set(RULES) for ended in nights
    ]
    assert held == [set(RULES)] * 3
