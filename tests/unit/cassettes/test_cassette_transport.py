"""The tape: what was recorded is played once, to the same request only, and nothing else gets out."""

from pathlib import Path
from typing import Any

import pytest
from requests import PreparedRequest, Request, Response
from requests.adapters import BaseAdapter

from nhq.cassettes.cassette_transport import CassetteTransport, blank_cassette, load_cassette
from nhq.cassettes.response_building import build_response
from nhq.clock import ManualClock
from nhq.errors import TargetError

BASE = "http://cassette.invalid"


class Counter(BaseAdapter):
    """Answers with how often it was asked."""

    count = 0

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        self.count += 1
        return build_response(request, 200, "OK", {"content-type": "application/json"}, b"%d" % self.count)

    def close(self) -> None:
        """Nothing is open."""


def asked(path: str = "/leads?query=", method: str = "GET", key: str = "a", json: Any = None) -> PreparedRequest:
    return Request(method, BASE + path, {"Authorization": f"Bearer {key}", "X-Other": "dropped"}, json=json).prepare()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where three answers lie: two to the same request, and one to a body."""
    cassette = blank_cassette(tmp_path / "a.yaml")
    tape = CassetteTransport(Counter(), cassette)
    tape.tell_time_by(ManualClock(1_000.0))
    for request in (asked(), asked(), asked("/x", "POST", json={"a": [1, 2]})):
        tape.send(request)
    cassette._save(force=True)
    return tmp_path / "a.yaml"


@pytest.fixture
def player(place: Path) -> CassetteTransport:
    return CassetteTransport(None, load_cassette(place))


def test_answers_are_played_in_their_order(player: CassetteTransport) -> None:
    """The same request asked twice gets the first answer, then the second: Remaining falls as it fell."""
    assert [player.send(asked()).text for _ in range(2)] == ["1", "2"]
    assert player.left() == 1


def test_nothing_is_played_twice(player: CassetteTransport) -> None:
    """A third time is a request that was never recorded."""
    for _ in range(2):
        player.send(asked())
    with pytest.raises(TargetError, match="no such request: GET /leads"):
        player.send(asked())


@pytest.mark.parametrize(
    "request_",
    [
        asked("/leads"),
        asked("/leads?query=x"),
        asked("/lead"),
        asked(method="DELETE"),
        asked(key="b"),
        asked("/x", "POST", json={"a": [2, 1]}),
        asked("/x", "POST"),
    ],
)
def test_another_request_gets_no_answer(player: CassetteTransport, request_: PreparedRequest) -> None:
    """Method, path, query with its empty values, key and body all have to be the same."""
    with pytest.raises(TargetError):
        player.send(request_)


def test_a_body_may_be_spelled_otherwise(player: CassetteTransport) -> None:
    """Bodies are the same when their JSON is."""
    request = asked("/x", "POST", json={})
    request.body = b'{ "a" : [1,2] }'
    assert player.send(request).text == "3"


def test_the_moment_of_an_answer_is_kept(player: CassetteTransport) -> None:
    """So that what was recorded in real time is judged by the time of then."""
    player.send(asked())
    assert player.moment == 1_000.0


def test_only_known_headers_are_kept(place: Path) -> None:
    """A header that nobody thought of may hold anything."""
    assert "X-Other" not in place.read_text("utf-8")


def test_recording_begins_anew(place: Path) -> None:
    """What lies at a cassette's place is not recorded on."""
    assert len(blank_cassette(place)) == 0
