"""What the mock takes in: bodies up to a bound, and none of a larger one."""

import json

import pytest

from nhq.mock.body_intake import MAX_BODY, NONE, TOO_LARGE, Body, take_body


class Source:
    """A client's messages; `asked` counts how many were received."""

    def __init__(self, *messages) -> None:
        self.messages = list(messages)
        self.asked = 0

    async def receive(self):
        self.asked += 1
        return self.messages.pop(0)


def part(body: bytes, *, more: bool = False):
    """One message with a part of a body."""
    return {"type": "http.request", "body": body, "more_body": more}


def taken(source: Source, length: int | None = None) -> Body | None:
    """What comes of these messages; nothing here waits, so no event loop is needed."""
    headers = {} if length is None else {b"content-length": b"%d" % length}
    with pytest.raises(StopIteration) as ended:
        take_body(source.receive, headers).send(None)
    body: Body | None = ended.value.value
    return body


def test_a_body_may_come_in_parts() -> None:
    """The parts are put together in their order."""
    assert taken(Source(part(b"ab", more=True), part(b"", more=True), part(b"c"))) == Body(b"abc")


def test_an_announced_size_that_is_too_large_is_not_read() -> None:
    """Nothing is received of a body whose Content-Length is beyond the bound."""
    source = Source()
    assert taken(source, MAX_BODY + 1) == TOO_LARGE
    assert source.asked == 0


def test_a_body_in_chunks_is_read_up_to_the_bound() -> None:
    """Of a body without a length no more is received once the bound is passed."""
    source = Source(*[part(b"x" * (MAX_BODY // 4), more=True)] * 9)
    assert taken(source) == TOO_LARGE
    assert source.asked == 5


def test_the_largest_body_is_taken() -> None:
    """A body of exactly the bound is read, in one part or in more."""
    whole = b"x" * MAX_BODY
    assert taken(Source(part(whole)), MAX_BODY) == Body(whole)
    assert taken(Source(part(whole, more=True), part(b""))) == Body(whole)


def test_a_client_that_leaves_is_not_answered() -> None:
    """A body whose client left before its end is no body, however much of it came."""
    gone = {"type": "http.disconnect"}
    assert taken(Source(part(b"{}", more=True), gone)) is None
    assert taken(Source(gone)) is None


def test_too_large_is_413_after_key_and_scope(mock) -> None:
    """A body beyond the bound is 413 with the envelope and counts; without a key or the scope it is 401 or 403."""
    mock.app.engine.limiter.limit = 10
    headers = {"content-length": str(MAX_BODY + 1)}
    answer = mock.post("/lead_lists", headers=headers)
    assert (answer.status, answer.code, answer.headers["x-ratelimit-remaining"]) == (413, "too_large", "9")
    assert mock.post("/lead_lists", headers=headers, key=None).status == 401
    assert mock.post("/lead_lists", headers=headers, key="only_leads_read").status == 403
    assert mock.control("POST", "/health").status == 404


def test_the_longest_legal_bodies_are_taken(mock) -> None:
    """A hundred leads with long texts, and ten overrides of 8000 characters however they are escaped, are no 413."""
    texts = ("summary", "notes", "headline", "company", "job_title", "location", "industry", "phone")
    lead = {"first_name": "A", "last_name": "B", **dict.fromkeys(texts, "x" * 8000)}
    leads = [{**lead, "linkedin_url": f"https://www.linkedin.com/in/{n}"} for n in range(100)]
    assert mock.post(f"/lead_lists/{mock.given['list']}/leads", {"leads": leads}).status == 201
    slot = {"node_type": "send_message", "message_stage": "ice_breaker", "message": "🙂" * 8000}
    raw = json.dumps({"messages": [slot] * 10}).encode()
    assert 900_000 < len(raw) < MAX_BODY
    enrolled = f"/campaigns/{mock.given['campaign_paused']}/leads/{mock.given['lead_enrolled']}/message-overrides"
    assert mock.call("PUT", enrolled, raw=raw).status in (200, 409)


def test_control_refuses_what_is_too_large(mock) -> None:
    """The control plane has the same bound."""
    headers = {"X-Control-Token": mock.app.control.token, "content-length": str(MAX_BODY + 1)}
    assert mock.ask("POST", "/__control/clock", headers).status == 413


def test_a_get_has_no_body() -> None:
    """What is read of a GET is nothing."""
    assert Body(b"", too_large=False) == NONE
