"""An answer is the server's own unless everything speaks for the network."""

import json

import pytest

from nhq.checks.attribution import network_cause

HTML = {"content-type": "text/html", "content-length": "20"}
JSON = {"content-type": "application/json", "content-length": "20"}
PAGE, ENVELOPE = b"<html></html>", b'{"error": {"code": "x", "message": "y"}}'


@pytest.mark.parametrize("status", [408, 502, 503, 504, 520, 530])
@pytest.mark.parametrize("body", [PAGE, b"", b'{"message": "Endpoint request timed out"}'])
def test_a_gateway_says_so_without_anything_of_the_apis(status, body):
    """Neither its headers nor its envelope: a page, nothing at all, or some JSON of a cloud's."""
    assert network_cause(status, HTML, body).startswith(f"a gateway answered {status}")


@pytest.mark.parametrize(
    ("headers", "body"), [(HTML | {"x-ratelimit-reset": "1"}, PAGE), (HTML, ENVELOPE), (JSON, ENVELOPE)]
)
def test_one_mark_of_the_api_makes_it_the_apis(headers, body):
    """Headers or envelope: the other one is a promise, and judged."""
    assert network_cause(503, headers, body) == ""


@pytest.mark.parametrize("status", [200, 302, 401, 404, 429, 500, 501])
def test_what_no_gateway_says_is_the_servers(status):
    """A web page with another status is an answer like any other."""
    assert network_cause(status, HTML, PAGE) == ""


def test_a_gateways_kind_is_told_only_where_it_is_one():
    """The media type is the stranger's word: nothing long or odd gets into a report."""
    assert "(text/html)" in network_cause(502, HTML, PAGE)
    assert "(some other kind)" in network_cause(502, {"content-type": "x<script>" * 9}, PAGE)


WHOLE = json.dumps({"data": [{"id": "ä😀\n", "n": -1.5e30, "t": True}], "pagination": None}).encode()


@pytest.mark.parametrize("length", range(1, len(WHOLE)))
def test_a_body_that_breaks_off_was_cut(length):
    """Where only the connection's end ends a body, the beginning of some JSON is no answer."""
    assert network_cause(200, {"content-type": "application/json"}, WHOLE[:length]) == "the body was cut off"
    raw = json.dumps(json.loads(WHOLE), ensure_ascii=False).encode()
    assert length >= len(raw) or network_cause(200, {}, raw[:length]) == "the body was cut off"


@pytest.mark.parametrize("body", [WHOLE, b"", b"{'data': 1}", b"nothing", b'{"a": 1}}', b"12", b'{"a": 1} 2'])
def test_a_whole_body_wasnt_cut(body):
    """What is whole, empty, or wrong in its midst is the server's."""
    assert network_cause(200, {}, body) == ""


@pytest.mark.parametrize("told", ["content-length", "transfer-encoding"])
def test_a_body_whose_length_was_told_is_the_servers(told):
    """HTTP itself says that all of it came."""
    assert network_cause(200, {told: "x"}, WHOLE[:9]) == ""
