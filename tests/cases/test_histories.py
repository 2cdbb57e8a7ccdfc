"""Recorded histories: ours is judged, and one that can't be read is one line that says why."""

from pathlib import Path

import pytest

from nhq.cli import main

HISTORIES = Path(__file__).parent / "histories"
FOREIGN = ("hey.csv", "jmeter.jtl", "k6.csv", "nginx-json.log", "oha.csv", "vegeta.csv", "loc_stats_history.csv")


def checked(name: str, capsys: pytest.CaptureFixture[str]) -> tuple[object, str, list[str]]:
    """The exit code of `nhq check`, what it says and the lines of its complaint."""
    with pytest.raises(SystemExit) as exited:
        main(["check", str(HISTORIES / name), "--limit", "60", "--window", "4"])
    told = capsys.readouterr()
    return exited.value.code, told.out, told.err.splitlines()


def test_our_own_history_of_a_correct_server_holds(capsys):
    """All four verdicts."""
    code, out, complaint = checked("nhq.csv", capsys)
    assert (code, complaint) == (0, [])
    assert out.count("  holds  ") == 4


@pytest.mark.parametrize("name", FOREIGN)
def test_a_history_of_another_tool_accuses_nobody(capsys, name):
    """It is judged as far as it goes, or one line says what it lacks; the server is correct, so never 1."""
    code, _, complaint = checked(name, capsys)
    assert code in (0, 2)
    assert len(complaint) <= 1
