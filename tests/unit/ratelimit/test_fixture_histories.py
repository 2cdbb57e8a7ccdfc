"""The recorded histories in fixtures/: what they are called is what the checker says of them."""

from pathlib import Path

import pytest

from nhq import paths
from nhq.model import Verdict
from nhq.ratelimit import Name, check_history
from nhq.ratelimit.history.read_history import read_history

FOLDER = paths.fixtures_folder() / "histories"
RECORDED = sorted(path for path in FOLDER.iterdir() if path.is_file())


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.name)
def test_a_recorded_history_is_judged_as_its_name_says(path: Path) -> None:
    """holds-* shows no fault and is judged at least in part; violates-NAME shows the fault of that name."""
    history = read_history(path)
    verdicts = check_history(history, history.meta.limit, history.meta.window, skew=1.0)
    kind, _, slug = path.stem.partition("-")
    if kind == "holds":
        assert not verdicts.findings
        assert Verdict.HOLDS in {judgement.verdict for judgement in verdicts.judgements}
    else:
        assert kind == "violates"
        assert slug in {_slug(name) for name in verdicts.names}


def test_every_fault_has_a_recorded_history() -> None:
    """For each name there is a history in fixtures/ that shows it."""
    recorded = {path.stem for path in RECORDED}
    assert {f"violates-{_slug(name)}" for name in Name} <= recorded


def _slug(name: Name) -> str:
    return name.replace(" ", "-")
