"""The wire: unknown paths and methods, media types, dates, and what a fault can change."""

import asyncio
from dataclasses import fields, replace

import pytest

from nhq.mock.policies import Policies
from nhq.mock.route_table import OPERATIONS


def test_routes_are_those_of_the_contract(contract_document) -> None:
    """Each operation of the contract has its route with the errors that it documents, and there are no others."""
    documented = {
        (method.upper(), path): {int(status) for status in operation["responses"] if int(status) >= 400}
        for path, methods in contract_document["paths"].items()
        for method, operation in methods.items()
    }
    routed = {(row.method, row.path): set(row.statuses) | {401, 403, 429} for row in OPERATIONS}
    assert routed == documented
    assert len(OPERATIONS) == 16


@pytest.mark.parametrize(
    "path", ["/", "/nothing", "/leads/", "/campaigns/x", "/leads/x/enrich/y", "/lead_lists//leads"]
)
def test_unknown_path(mock, path: str) -> None:
    """A path that is no operation, or names nothing, is 404 with the envelope."""
    answer = mock.get(path)
    assert (answer.status, answer.code) == (404, "not_found")


@pytest.mark.parametrize("method", ["DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "PUT"])
def test_wrong_method(mock, method: str) -> None:
    """A method that the path does not take is 405 with the envelope and Allow."""
    answer = mock.call(method, "/lead_lists")
    assert (answer.status, answer.code) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, POST"


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/xml", "", "application/jsonp", "multipart/form-data; boundary=x"]
)
def test_wrong_media_type(mock, content_type: str) -> None:
    """A body that is not declared as JSON is 400."""
    answer = mock.post("/lead_lists", {"lead_lists": [{"name": "x"}]}, headers={"content-type": content_type})
    assert (answer.status, answer.code) == (400, "invalid_body")


def test_media_type_with_charset(mock) -> None:
    """Parameters of the media type are fine."""
    headers = {"content-type": "Application/JSON; charset=utf-8"}
    assert mock.post("/lead_lists", {"lead_lists": [{"name": "x"}]}, headers=headers).status == 201


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"\xff\xfe", b'{"action": NaN}', b'"\\ud800"', b"[" * 5000, b"\xef\xbb\xbf{}", b"1e999", b'{"a":1}x'],
)
def test_unparsable_body(mock, raw: bytes) -> None:
    """What is no JSON is 400, however it is broken."""
    for path in ("/lead_lists", f"/campaigns/{mock.given['campaign_paused']}/actions"):
        assert mock.call("POST", path, raw=raw).status == 400


@pytest.mark.parametrize(
    "entry",
    [
        b'{"name": ' + b"[" * 600 + b"]" * 600 + b"}",
        b'{"first_name": "a", "last_name": "b", "linkedin_url": "c", "skills": ' + b"[" * 600 + b"]" * 600 + b"}",
    ],
)
def test_an_entry_nested_deeply_is_malformed(mock, entry: bytes) -> None:
    """JSON deeper than a validator follows is a client's fault like any other, never a 500."""
    for path, raw, status in (
        ("/lead_lists", b'{"lead_lists": [%s]}', 400),
        (f"/lead_lists/{mock.given['list']}/leads", b'{"leads": [%s]}', 207),
        (f"/lead_lists/{mock.given['list']}/leads", b"%s", 400),
    ):
        assert mock.call("POST", path, raw=raw % entry).status == status


@pytest.mark.parametrize("wrong", [{"skills": [1] * 300_000}, {f"x{i}": 1 for i in range(100_000)}])
def test_a_megabyte_of_errors_is_told_in_short(mock, wrong) -> None:
    """Of an entry with ever so many errors a hundred are told at most."""
    lead = {"first_name": "a", "last_name": "b", "linkedin_url": "c", **wrong}
    malformed = mock.post(f"/lead_lists/{mock.given['list']}/leads", {"leads": [lead]}).json["malformed"]
    assert 1 <= len(malformed[0]["errors"]) <= 100


@pytest.mark.parametrize("query", ["&".join(f"a{i}=%20" for i in range(5000)), "cursor=" + "a" * 60_000, "%" * 5000])
def test_long_queries(mock, query: str) -> None:
    """Thousands of parameters, and a long cursor, are answered below 500, and no cache keeps them."""
    assert mock.get(f"/leads?{query}").status in (200, 400)
    assert mock.get(f"/leads/{'x' * 60_000}").status == 404


def test_base_path(make) -> None:
    """With a base path operations stand below it and nowhere else; the control plane stays where it is."""
    mock = make(base_path="/api/v1")
    assert mock.get("/api/v1/leads").status == 200
    assert mock.call("DELETE", "/api/v1/leads").headers["allow"] == "GET"
    for path in ("/leads", "/api/v1", "/api/v1/", "/api/v1leads", "/api/v1x/leads", "/api/v1/api/v1/leads"):
        assert mock.get(path).status == 404
    assert mock.control("GET", "/health").status == 200
    assert mock.control("GET", "/health", token="").status == 401


def test_ids_are_decoded(mock) -> None:
    """An id may be percent-encoded, and an encoded slash ends no segment."""
    ident = mock.given["lead"]
    assert mock.get(f"/leads/%6C{ident[1:]}").status == 200
    assert mock.get(f"/leads/{ident}%2Fenrich").status == 404


def test_every_answer_is_dated_json(mock) -> None:
    """Content-Type is JSON and Date the mock's clock, on success and on errors."""
    for answer in (mock.get("/leads"), mock.get("/x"), mock.get("/leads", key=None)):
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["date"] == "Thu, 09 Oct 2025 08:53:20 GMT"
        assert int(answer.headers["content-length"]) == len(answer.body)


def test_faults_replace_one_decision(make) -> None:
    """Replacing one policy changes that decision and no other."""
    lenient = make(replace(Policies(), scope_allows=lambda operation, scopes, required: True))
    assert lenient.get("/leads", key="none").status == 200
    assert lenient.get("/leads", key=None).status == 401


def test_policies_can_be_changed_while_running(mock) -> None:
    """A running server can adopt other policies, and views are made anew."""
    path = f"/leads/{mock.given['lead']}"
    before = mock.get(path).body
    mock.app.engine.adopt(replace(Policies(), show_lead=lambda operation, lead: {"id": 7}))
    assert mock.get(path).data["id"] == 7
    mock.app.engine.adopt(Policies())
    assert mock.get(path).body == before


def test_every_policy_is_a_documented_function() -> None:
    """Each decision is a function of its own name with a docstring."""
    for field in fields(Policies):
        decision = getattr(Policies(), field.name)
        assert decision.__name__ == field.name
        assert decision.__doc__


def test_lag_lets_requests_overtake(make) -> None:
    """With a lag between reading and writing the counter, two requests at once are counted as one."""
    mock = make(replace(Policies(), lag=lambda operation: 0.001), limit=5)
    headers = {"authorization": f"Bearer {mock.secrets['full']}"}

    async def both() -> None:
        await asyncio.gather(*[mock.run("GET", "/campaigns", headers, []) for _ in range(2)])

    asyncio.run(both())
    assert mock.app.engine.limiter.counters["full"].used == 1
