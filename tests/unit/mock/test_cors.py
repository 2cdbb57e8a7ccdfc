"""Cross-origin requests: a page of any origin may ask, send, and read what the contract gives it to read."""

import pytest

ASKING = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}


def test_a_preflight_is_answered_without_a_key(mock) -> None:
    """It gets 204 with the path's methods, the headers that it asks for, the three headers and no body."""
    asking = {**ASKING, "Access-Control-Request-Headers": "authorization, content-type"}
    answer = mock.call("OPTIONS", "/lead_lists", key=None, headers=asking)
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-methods"] == "GET, POST"
    assert answer.headers["access-control-allow-headers"] == "authorization, content-type"
    assert answer.headers["x-ratelimit-limit"].isdigit()
    assert "content-length" not in answer.headers


def test_a_preflight_counts_nothing(make) -> None:
    """However often a browser asks, the allowance of a key is what it was."""
    mock = make(limit=2)
    for _ in range(5):
        assert mock.call("OPTIONS", "/campaigns", headers=ASKING).status == 204
    assert mock.get("/campaigns").headers["x-ratelimit-remaining"] == "1"


def test_only_names_of_headers_are_repeated(mock) -> None:
    """What is no header's name is not sent back."""
    asking = {**ASKING, "Access-Control-Request-Headers": 'x-a, <b>\x01, "c" , x-d'}
    told = mock.call("OPTIONS", "/leads", headers=asking).headers["access-control-allow-headers"]
    assert told == "x-a, b, c, x-d"


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [("/lead_lists", {}, 405), ("/lead_lists", {"Origin": "https://a.example"}, 405), ("/nothing", ASKING, 404)],
)
def test_what_is_no_preflight(mock, path: str, headers, status: int) -> None:
    """An OPTIONS that asks for no permission is a method like any other, and so is one where nothing is."""
    assert mock.call("OPTIONS", path, headers=headers).status == status


def test_answers_may_be_read_by_pages(mock) -> None:
    """With an Origin every answer, errors too, may be read with its three headers; without one nothing is said."""
    for key in ("full", None):
        answer = mock.get("/leads", key=key, headers={"Origin": "https://app.example"})
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "X-RateLimit-Remaining" in answer.headers["access-control-expose-headers"]
    assert not any(name.startswith("access-control") for name in mock.get("/leads").headers)


def test_the_control_plane_is_closed_to_pages(mock) -> None:
    """No page is told that it may use the control plane."""
    answer = mock.call("OPTIONS", "/__control/clock", headers=ASKING)
    assert answer.status == 401
    assert not any(name.startswith("access-control") for name in answer.headers)
