"""What a network does to a run: nobody is accused, nothing is waited for without end, and a report is always made."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bad_server as bad
import pytest

from nhq.cli import main

TARGET = f"""
base_url = "{{url}}"
limit = 100000
window = 4
[[key]]
label = "full"
env = "KEY_FULL"
workspace = "north"
scopes = {json.dumps(bad.READS)}
"""
RULE = ("--rule", "PAGE-CURSOR", "--profile", "gate")  # a test for each list, in order; accounts are the third
DISCOVERY, MIDWAY = ("/linkedin_accounts", 1), ("/linkedin_accounts", 2)
COMMAND = [sys.executable, "-m", "nhq", "gate"]


@dataclass(frozen=True)
class Ended:
    """A run that is over. `record` is what its report says, {} without one; `said` what it said on stderr."""

    code: int
    record: dict[str, Any]
    said: str

    @property
    def causes(self) -> list[str]:
        return [row["cause"] for row in self.record["tests"]]

    @property
    def outcomes(self) -> list[str]:
        return [row["outcome"] for row in self.record["tests"]]


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """The options of `nhq gate` for a server; `timeout` in seconds."""
    monkeypatch.setenv("KEY_FULL", bad.KEYS["KEY_FULL"])

    def options(server: Any, *more: str, timeout: float = 20) -> list[str]:
        (tmp_path / "target.toml").write_text(TARGET.format(url=server.url), "utf-8")
        fixed = ["--target", str(tmp_path / "target.toml"), "--out", str(tmp_path / "out")]
        return [*fixed, "--timeout", str(timeout), *(more or RULE)]

    return options


@pytest.fixture
def gate(asked: Callable[..., list[str]], tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """Runs `nhq gate` on a server to its end; in this process, because a new one takes two seconds to begin."""

    def run(server: Any, *more: str, timeout: float = 20) -> Ended:
        with pytest.raises(SystemExit) as exited:
            main(["gate", *asked(server, *more, timeout=timeout)])
        return Ended(int(str(exited.value.code)), reported(tmp_path), capfd.readouterr().err)

    return run


def reported(folder: Path) -> dict[str, Any]:
    """The record in the report of a run; {} without a report."""
    file = folder / "out" / "results.json"
    record: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return record


def judged_nobody(run: Ended) -> None:
    """Could not judge: nothing was found, what went wrong is told, and nothing is unknown without a cause."""
    assert run.code == run.record["exit_code"] == 2
    assert run.record["findings"] == []
    assert run.record["troubles"]
    assert all(row["cause"] for row in run.record["rules"] if row["selected"] and row["verdict"] == "unknown")


def test_a_server_that_dies_midway_is_not_asked_for_ever(good, gate):
    """What was seen is kept; five tests in a row without an answer end the asking, and the rest says so."""
    with bad.BadServer(good, bad.dies, MIDWAY) as server:
        run = gate(server)
    judged_nobody(run)
    assert run.outcomes == ["passed"] * 2 + ["unknown"] * 6
    *refused, last = run.causes[2:]
    assert refused == ["no answer from the target: no server answers there"] * 5
    assert last == "the target stopped answering earlier in the run"
    gone = {"where": "run", "cause": "the target stopped answering: 5 tests in a row got no answer"}
    assert any(gone.items() <= trouble.items() for trouble in run.record["troubles"])
    cells = next(row["cells"] for row in run.record["rules"] if row["id"] == RULE[1])
    assert sorted(cell["verdict"] for cell in cells.values()) == ["holds"] * 2 + ["unknown"] * 6


@pytest.mark.parametrize(
    ("trouble", "timeout"),
    [(bad.hangs, 0.6), (bad.drips, 0.6), (bad.cuts_without_a_length, 20), (bad.gateway(502), 20)],
    ids=["hangs", "drips", "cuts", "gateway"],
)
def test_trouble_midway_makes_verdicts_unknown(good, gate, trouble, timeout):
    """Whatever the network does to the answers, the server isn't accused of it."""
    with bad.BadServer(good, trouble, MIDWAY) as server:
        run = gate(server, timeout=timeout)
    judged_nobody(run)
    assert run.outcomes == ["passed"] * 2 + ["unknown"] * 6
    assert all(cause.startswith("no answer from the target: ") for cause in run.causes[2:7])


def test_a_run_that_broke_is_taken_up_where_it_broke(good, gate):
    """Tests that got no answer run again with --resume; those that were judged don't."""
    with bad.BadServer(good, bad.gateway(503), MIDWAY) as server:
        assert gate(server).code == 2
        server.trouble = bad.plainly
        run = gate(server, *RULE, "--resume")
    assert (run.code, run.outcomes) == (0, ["passed"] * 8)


@pytest.mark.parametrize("trouble", [bad.gateway(504), bad.says_nothing], ids=["gateway", "drops"])
def test_what_passes_costs_a_run_nothing(good, gate, trouble):
    """What the repetition settles is settled."""
    with bad.BadServer(good, bad.once(trouble), MIDWAY) as server:
        run = gate(server)
    assert (run.code, run.record["troubles"], run.outcomes) == (0, [], ["passed"] * 8)


def test_a_run_ends_when_its_time_is_up(good, gate):
    """What it doesn't come to is unknown, with the option that says so; never a pass."""
    with bad.BadServer(good, bad.plainly) as server:
        run = gate(server, *RULE, "--max-minutes", "0.000001")
    judged_nobody(run)
    assert set(run.causes) == {"the run's time was up (--max-minutes 1e-06)"}


def test_a_server_of_unusual_ways_is_accused_of_nothing(good, gate):
    """Compressed, chunked, closed, kept, slow, hinted: in turn, and all of it correct."""
    with bad.BadServer(good, bad.in_turn(*bad.UNUSUAL)) as server:
        run = gate(server, *RULE, "--rule", "PAGE-TERMINATES")
    assert (run.code, run.record["findings"], run.record["troubles"]) == (0, [], [])


@pytest.mark.parametrize(("trouble", "status"), [(bad.redirects, "302"), (bad.is_unavailable, "503")])
def test_what_is_the_servers_own_is_a_finding(good, gate, trouble, status):
    """A redirect, and an error that bears the API's headers, are answers that nobody documents."""
    with bad.BadServer(good, trouble, MIDWAY) as server:
        run = gate(server, *RULE, "--rule", "STATUS-DOCUMENTED", "--operation", "list_linkedin_accounts")
    assert run.code == 1
    assert {row["actual"] for row in run.record["findings"]} == {status}


def test_a_web_page_at_the_base_url_is_one_line(good, gate):
    """A wrong base_url is told before anything is judged."""
    with bad.BadServer(good, bad.shows_a_page) as server:
        run = gate(server)
    assert (run.code, run.record) == (2, {})
    assert "a web page answers there (200), not the API" in run.said


def test_a_wrong_certificate_is_one_line(good, gate, tmp_path):
    """Nothing but the handshake is sent to a server that can't prove its name."""
    with bad.BadServer(good, bad.plainly, certificate=bad.certificate(tmp_path)) as server:
        run = gate(server)
        assert server.asked == 0
    assert (run.code, run.record) == (2, {})
    assert "its certificate is not to be trusted" in run.said


@pytest.mark.parametrize(
    ("since", "passed", "number"),
    [(("/", 1), 0, signal.SIGTERM), (DISCOVERY, 0, signal.SIGINT), (MIDWAY, 2, signal.SIGTERM)],
    ids=["before", "in discovery", "in a test"],
)
def test_an_interrupt_still_writes_the_reports(good, asked, tmp_path, since, passed, number):
    """Ctrl-C or SIGTERM, at any time: what was seen is reported, the rest unknown, nothing more is sent; exit 130."""
    with bad.BadServer(good, bad.hangs, since) as server:
        process = subprocess.Popen([*COMMAND, *asked(server, timeout=30)], stderr=subprocess.PIPE, text=True)
        assert server.reached.wait(30)
        sent = server.asked
        process.send_signal(number)
        _, said = process.communicate(timeout=10)
        assert server.asked == sent
    record = reported(tmp_path)
    assert (process.returncode, record["exit_code"], record["interrupted"]) == (130, 130, True), said
    assert record["findings"] == []
    outcomes = [row["outcome"] for row in record["tests"]]
    assert outcomes == ["passed"] * passed + ["unknown"] * (len(outcomes) - passed)
