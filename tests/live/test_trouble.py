"""What a network does to a run: nobody is accused, nothing is waited for without end, and a report is always made."""

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import ModuleType

import pytest

from nhq.clock import SystemClock
from nhq.contract import load_contract
from nhq.drive.api import Api
from nhq.drive.session import Session, open_session
from nhq.drive.target import Target
from nhq.drive.wire import Limits
from nhq.errors import TargetError
from nhq.model import Effect, Exchange, Identity

HERE = Path(__file__).parent
READS = ("campaigns:read", "lead_lists:read", "leads:read", "linkedin_accounts:read", "conversations:read")
KEYS = {f"KEY_{label}": f"trouble-{label.lower()}" for label in ("FULL", "SECOND", "READER", "NONE", "SOUTH")}
FULL = Identity("full", "north", frozenset({*READS, "lead_lists:write"}), KEYS["KEY_FULL"])
CONTRACT = load_contract()
LIMITS = Limits(connect=0.4, read=0.3, whole=0.5)


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


def talk(url: str, limits: Limits = LIMITS) -> tuple[Session, list[Exchange]]:
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
        session, seen = talk(server.url)
        with closing(session), pytest.raises(TargetError, match=bad.NETWORK[trouble]):
            Api(session).call("list_leads")
    assert clock.monotonic() - began < 1.5
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
