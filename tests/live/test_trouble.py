"""What a network does to a run: nobody is accused, nothing is waited for without end, and a report is always made."""

import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from nhq.cli import main
from nhq.clock import SystemClock
from nhq.contract import load_contract
from nhq.drive.api import Api
from nhq.drive.session import Session, open_session
from nhq.drive.target import Target
from nhq.drive.undone import undone
from nhq.drive.wire import Limits
from nhq.errors import Away, TargetError
from nhq.model import Effect, Exchange, Identity

HERE = Path(__file__).parent
READS = ("campaigns:read", "lead_lists:read", "leads:read", "linkedin_accounts:read", "conversations:read")
KEYS = {f"KEY_{label}": f"trouble-{label.lower()}" for label in ("FULL", "SECOND", "READER", "NONE", "SOUTH")}
FULL = Identity("full", "north", frozenset({*READS, "lead_lists:write"}), KEYS["KEY_FULL"])
CONTRACT = load_contract()
# Short only where something must time out: an answer that is on its way may be late on a busy machine.
SHORT = {"nothing came within the time": Limits(read=0.3), "no whole answer within 0.5 s": Limits(whole=0.5)}


def loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bad_server", HERE / "bad_server.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["bad_server"] = module
    spec.loader.exec_module(module)
    return module


bad = loaded()


@pytest.fixture(scope="module")
def good() -> Iterator[int]:
    """The port of a server that keeps the contract, and never refuses for its limit."""
    command = [sys.executable, str(HERE / "other_server.py"), "0", "100000", "4"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **KEYS})
    assert server.stdout is not None
    yield int(server.stdout.readline())
    server.terminate()
    server.wait(5)
    server.stdout.close()


def talk(url: str, limits: Limits | None = None) -> tuple[Session, list[Exchange]]:
    """A session with a server, and the exchanges that it records."""
    target = Target(url, (FULL,), allow=frozenset({Effect.READ, Effect.WRITE}), limit=100_000)
    session, seen = open_session(target, CONTRACT, limits=limits), []
    session.recorder.listeners.append(seen.append)
    return session, seen


# --- one exchange


@pytest.mark.parametrize("trouble", bad.NETWORK, ids=lambda trouble: trouble.__name__)
def test_what_the_network_does_ends_with_its_cause(good, trouble):
    """No answer, half an answer and a stranger's answer are no answers; none is waited for beyond the limits."""
    clock = SystemClock()
    began = clock.monotonic()
    with bad.BadServer(good, trouble) as server:
        session, seen = talk(server.url, SHORT.get(bad.NETWORK[trouble]))
        with closing(session), session.budget.unpaced(), pytest.raises(TargetError, match=bad.NETWORK[trouble]):
            Api(session).call("list_leads")
    assert clock.monotonic() - began < 5
    assert [exchange.status for exchange in seen] == [None]
    assert bad.NETWORK[trouble] in seen[0].trouble


@pytest.mark.parametrize("trouble", bad.UNUSUAL, ids=lambda trouble: trouble.__name__)
def test_an_unusual_way_of_answering_is_an_answer(good, trouble):
    """However it comes, the same answer is seen, again and again."""
    with bad.BadServer(good, bad.plainly) as usual, bad.BadServer(good, trouble) as unusual:
        told = []
        for server in (usual, unusual):
            session, _ = talk(server.url)
            with closing(session):
                api = Api(session)
                told.append([api.call("list_leads", query={"limit": 30}) for _ in range(4)])
    assert [(e.status, e.body) for e in told[0]] == [(e.status, e.body) for e in told[1]]
    assert told[0][0].status == 200


def test_a_request_that_must_not_be_sent_twice_is_not(good):
    """A kept connection that closes under a POST is trouble; under a GET it is asked once more, and both are seen."""
    with bad.BadServer(good, bad.abandons_kept_connections) as server:
        session, seen = talk(server.url)
        with closing(session):
            api = Api(session)
            api.call("list_lead_lists")
            with pytest.raises(TargetError, match="the connection was closed without an answer"):
                api.call("create_lead_lists", json={"lead_lists": [{"name": "nhq-once"}]})
            api.call("list_lead_lists")
            api.call("list_lead_lists")
        assert server.asked == len(seen) == 5
    assert [exchange.status for exchange in seen] == [200, None, 200, None, 200]
    assert seen[3].trouble == "the kept connection had been closed"


def test_over_tls_it_is_the_same(good, tmp_path):
    """With a certificate that is trusted an answer is an answer, and one that drips ends by the same deadline."""
    file = certificate(tmp_path)
    for trouble, status, limits in ((bad.plainly, 200, None), (bad.drips, None, Limits(whole=0.5))):
        with bad.BadServer(good, trouble, certificate=file) as server:
            session, seen = talk(server.url, limits)
            with closing(session), suppress(TargetError):
                session.http.get(f"{server.url}/leads", headers={"Authorization": f"Bearer {FULL.secret}"}, verify=file)
        assert [exchange.status for exchange in seen] == [status]
    assert seen[0].trouble == "no whole answer within 0.5 s"


def test_a_body_without_end_is_cut(good):
    """More than the bound is not kept in memory."""
    with bad.BadServer(good, bad.plainly) as server:
        session, seen = talk(server.url, Limits(body=1000))
        with closing(session), pytest.raises(TargetError, match="longer than 1000 bytes"):
            Api(session).call("list_leads")
    assert [exchange.status for exchange in seen] == [None]


def test_a_redirect_is_an_answer_and_nobody_follows_it(good):
    """The key never goes to where a redirect points."""
    with bad.BadServer(good, bad.plainly) as elsewhere, bad.BadServer(good, bad.redirects) as server:
        server.elsewhere = elsewhere.port
        session, seen = talk(server.url)
        with closing(session):
            Api(session).call("list_leads")
        assert (seen[0].status, elsewhere.asked) == (302, 0)


def test_a_test_without_answers_asks_three_times_and_no_more(good):
    """What repeats or shrinks would wait for each time-out again; the next test asks anew."""
    with bad.BadServer(good, bad.says_nothing) as server:
        session, _ = talk(server.url)
        with closing(session):
            for name in ("one", "two"):
                session.recorder.test = name
                for _ in range(5):
                    with pytest.raises(TargetError, match="closed without an answer"):
                        Api(session).call("list_leads")
        assert server.asked == 6


@pytest.mark.parametrize("trouble", [bad.says_nothing, bad.resets, bad.cuts, bad.gateway(503), bad.is_unavailable])
def test_what_passes_costs_a_read_one_more(good, trouble):
    """A dropped connection, a gateway's page, a 503 that nobody documents: the answer is that of the repetition."""
    with bad.BadServer(good, bad.once(trouble)) as server:
        session, seen = talk(server.url)
        with closing(session):
            assert Api(session).call("list_leads").status == 200
    assert [exchange.status for exchange in seen] == [None, 200]


@pytest.mark.parametrize("trouble", [bad.says_nothing, bad.gateway(503), bad.is_unavailable])
def test_a_write_without_an_answer_is_not_sent_twice(good, trouble):
    """Nobody knows whether it happened."""
    with bad.BadServer(good, bad.once(trouble)) as server:
        session, seen = talk(server.url)
        with closing(session), pytest.raises(Away):
            Api(session).call("create_lead_lists", json={"lead_lists": [{"name": "nhq-once"}]})
        assert server.asked == 1
    assert [exchange.status for exchange in seen] == [None]


@pytest.mark.parametrize("word", ["nhq-abcdefghijkl", "nhq-mnopqrstuvwx"])
def test_a_write_is_sent_again_where_a_read_shows_that_it_had_no_effect(good, word):
    """What a gateway kept from the server is made by the repetition; what the server had made is there once."""
    happens = word == "nhq-mnopqrstuvwx"
    with bad.BadServer(good, bad.once(bad.gateway(503)), passes=happens) as server:
        session, seen = talk(server.url)
        with closing(session):
            api = Api(session, undone)
            body = {"lead_lists": [{"name": word}]}
            with pytest.raises(Away) if happens else nullcontext():
                api.call("create_lead_lists", json=body)
            names = [row["name"] for row in api.crawl("list_lead_lists").items]
    assert names.count(word) == 1
    assert [exchange.method for exchange in seen].count("POST") == 1 + (not happens)


def test_a_503_that_never_passes_is_an_answer(good):
    """The fourth in a row is judged, and every one after it until the operation is answered otherwise."""
    with bad.BadServer(good, bad.is_unavailable) as server:
        session, seen = talk(server.url)
        with closing(session):
            assert [Api(session).call("list_leads").status for _ in range(2)] == [503, 503]
    assert [exchange.status for exchange in seen] == [None, None, None, 503, 503]


# --- whole runs

TARGET = f"""
base_url = "{{url}}"
limit = 100000
window = 4
[[key]]
label = "full"
env = "KEY_FULL"
workspace = "north"
scopes = {json.dumps(READS)}
"""
RULE = ("--rule", "PAGE-CURSOR")  # a test for each list, in the order of the contract; accounts are the third
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
    monkeypatch.setenv("KEY_FULL", KEYS["KEY_FULL"])

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
    assert gone in run.record["troubles"]
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
        run = gate(server, *RULE, "--rule", "PAGE-ENDS")
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
    with bad.BadServer(good, bad.plainly, certificate=certificate(tmp_path)) as server:
        run = gate(server)
        assert server.asked == 0
    assert (run.code, run.record) == (2, {})
    assert "its certificate is not to be trusted" in run.said


def certificate(folder: Path) -> str:
    """A self-signed certificate with its key, in one file; nobody trusts it."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl on this machine to make a certificate with")
    file = folder / "server.pem"
    wanted = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "2"]
    wanted += ["-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(
        [openssl, *wanted, "-keyout", file, "-out", file.with_suffix(".crt")], check=True, capture_output=True
    )
    file.write_text(file.read_text("utf-8") + file.with_suffix(".crt").read_text("utf-8"), "utf-8")
    return str(file)


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
