"""By which ids a server's own telemetry finds the requests of one test."""

import re
from contextlib import closing
from typing import Any

from known_contract import CONTRACT

from nhq.client.session import open_session
from nhq.client.traces import Traces
from nhq.client.transport import NetworkAdapter

PARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-01")


def parents(traces: Traces, *tests: str) -> list[tuple[str, ...]]:
    """Trace and span of a request of each of these tests, one after the other."""
    found = [PARENT.fullmatch(traces.headers(test)["traceparent"]) for test in tests]
    return [match.groups() for match in found if match is not None]


def test_a_test_is_one_trace_and_each_request_a_span() -> None:
    """As W3C Trace Context spells it; no two spans are alike."""
    traces = Traces()
    told = parents(traces, "one", "one", "two")
    assert [trace for trace, _ in told] == [traces.trace_of(test) for test in ("one", "one", "two")]
    assert len({trace for trace, _ in told}) == 2
    assert len({span for _, span in told}) == 3


def test_equal_runs_have_equal_ids_and_others_have_their_own() -> None:
    """A root fixes them; without one they are new each run."""
    assert parents(Traces("1"), "one", "two") == parents(Traces("1"), "one", "two")
    assert parents(Traces(), "one") != parents(Traces(), "one")


def test_an_exchange_knows_its_trace(monkeypatch: Any, target: Any, answered: Any) -> None:
    """The header is the transport's: behind recorder and cassette, no exchange holds it."""
    monkeypatch.setattr(NetworkAdapter, "send", lambda *args, **options: answered(200))
    heard: list[Any] = []
    traces = Traces("1")
    with closing(open_session(target, CONTRACT, traces=traces)) as session:
        session.recorder.listeners.append(heard.append)
        session.running.begin("one")
        session.http.get(f"{target.base_url}/leads")
    assert heard[0].trace == traces.trace_of("one")
    assert "traceparent" not in heard[0].request_headers
