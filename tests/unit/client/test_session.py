"""One way out: a session sends what it is told and nothing more."""

import gzip
from contextlib import closing
from io import BytesIO
from typing import Any

import pytest
from known_contract import CONTRACT
from urllib3 import HTTPHeaderDict, HTTPResponse

from nhq.client.connection import Connection
from nhq.client.session import open_session
from nhq.client.transport import NetworkAdapter


def test_a_cookie_is_never_kept(target, wire, answered, clock):
    """One key's session would speak for another, or for nobody."""

    def giving(request):
        answer = answered(200)
        cookie = HTTPHeaderDict({"Set-Cookie": "sid=1; Path=/"})
        answer.raw = HTTPResponse(
            BytesIO(b"{}"), cookie, 200, preload_content=False, original_response=Original(cookie)
        )
        return answer

    scripted = wire(giving)
    with closing(open_session(target, CONTRACT, scripted, clock)) as session:
        for _ in range(2):
            session.http.get(f"{target.base_url}/leads")
        assert not list(session.http.cookies)
    assert not any("Cookie" in request.headers for request in scripted.sent)


class Original:
    """What http.cookiejar asks of an answer."""

    def __init__(self, headers: Any) -> None:
        self.msg, self._headers = self, headers

    def get_all(self, name: str, default: Any = None) -> Any:
        return self._headers.getlist(name) or default

    def isclosed(self) -> bool:
        return True


def test_no_key_comes_from_netrc(target, wire, answered, clock, tmp_path, monkeypatch):
    """Where a test sends none, none is sent."""
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password pw", "utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    scripted = wire(lambda request: answered(200))
    with closing(open_session(target, CONTRACT, scripted, clock)) as session:
        session.http.get(f"{target.base_url}/leads")
    assert "Authorization" not in scripted.sent[0].headers


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch, answered: Any) -> list[Any]:
    """What a wire hands to requests' own adapter, with its options."""
    seen: list[Any] = []

    def send(self: Any, request: Any, **options: Any) -> Any:
        seen.append((request, options))
        response = answered(200)
        response.raw, response._content = HTTPResponse(BytesIO(b"{}"), preload_content=False), False
        response.request = request
        return response

    monkeypatch.setattr("nhq.client.transport.HTTPAdapter.send", send)
    return seen


def test_headers_of_the_target_file_are_added_behind_the_recorder(sent, request_to):
    """They go out, and neither the request nor its answer knows of them afterwards."""
    there = Connection("/ca.pem", "/c.pem", "/c.key", "http://proxy.test:1", {"X-Key": "h1dden"})
    request = request_to("/leads")
    response = NetworkAdapter(connection=there).send(request)
    ((out, options),) = sent
    assert out.headers["X-Key"] == "h1dden"
    assert "X-Key" not in request.headers
    assert "X-Key" not in response.request.headers
    assert (options["verify"], options["cert"]) == ("/ca.pem", ("/c.pem", "/c.key"))
    assert options["proxies"]["https"] == "http://proxy.test:1"


def test_what_tracing_adds_is_not_the_requests_own(sent, request_to):
    """`traceparent` goes out with each request, on connections beside it too; the request doesn't know of it."""
    request, adapter = request_to("/leads"), NetworkAdapter(traced=lambda: {"traceparent": "00-1-2-01"})
    for one in (adapter, adapter.beside(lambda: None)):
        one.send(request)
    assert [out.headers["traceparent"] for out, _ in sent] == ["00-1-2-01"] * 2
    assert "traceparent" not in request.headers


@pytest.mark.parametrize("coding", ["gzip\t ", "  gzip", "gzip, ", "identity, gzip", "GZIP ,identity"])
def test_a_coding_is_undone_however_its_header_is_spelt(monkeypatch, answered, request_to, coding):
    """Blanks around a value, empty elements and `identity` change nothing (RFC 9110, sections 5.5 and 5.6.1)."""

    def send(self: Any, request: Any, **options: Any) -> Any:
        response = answered(200, {"Content-Encoding": coding})
        packed = BytesIO(gzip.compress(b'{"data":[]}'))
        response.raw = HTTPResponse(packed, HTTPHeaderDict({"Content-Encoding": coding}), preload_content=False)
        response._content = False
        return response

    monkeypatch.setattr("nhq.client.transport.HTTPAdapter.send", send)
    assert NetworkAdapter().send(request_to("/leads")).content == b'{"data":[]}'
