"""The chain's last link with a cassette in it: records what passes, or plays it back and lets nothing out."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter
from vcr.cassette import Cassette
from vcr.matchers import body, method, path
from vcr.record_mode import RecordMode
from vcr.request import Request

from nhq.cassettes.response_building import build_response
from nhq.clock import Clock
from nhq.errors import TargetError

_KEPT = {"authorization", "content-type", "accept", "prefer"}


def match_query(asked: Request, recorded: Request) -> None:
    """vcr's own matcher passes over parameters without a value."""
    if sorted(_pairs(asked)) != sorted(_pairs(recorded)):
        raise AssertionError("another query")


def match_key(asked: Request, recorded: Request) -> None:
    """The same request with another key is another request."""
    if asked.headers.get("Authorization") != recorded.headers.get("Authorization"):
        raise AssertionError("another key")


def _pairs(request: Request) -> list[tuple[str, str]]:
    return parse_qsl(request.parsed_uri.query, keep_blank_values=True)


def match_all(asked: Request, recorded: Request) -> None:
    """Method, path, query, key and body, the cheap ones first: the first that differs ends it."""
    for matcher in (method, path, match_query, match_key, body):
        matcher(asked, recorded)


def load_cassette(place: Path) -> Cassette:
    """A cassette that plays each interaction once. Raises ValueError for a file that is none."""
    return Cassette.load(
        path=place, record_mode=RecordMode.NONE, match_on=(match_all,), before_record_request=keep_listed_headers
    )


def blank_cassette(place: Path) -> Cassette:
    """A cassette to record on, whatever lies at its place."""
    return Cassette(
        path=place, record_mode=RecordMode.ALL, match_on=(match_all,), before_record_request=keep_listed_headers
    )


def keep_listed_headers(request: Request) -> Request:
    """A request with the headers that a cassette may hold."""
    headers = {name: value for name, value in request.headers.items() if name.lower() in _KEPT}
    return Request(request.method, request.uri, request.body, headers)


class CassetteTransport(BaseAdapter):
    """Holds one cassette at a time. With an inner link it records; without one it plays, and nothing gets out.

    `moment` is when the last interaction played was over.
    """

    def __init__(self, inner: BaseAdapter | None, cassette: Cassette | None = None) -> None:
        super().__init__()
        self._inner, self._cassette = inner, cassette
        self._clock: Clock | None = None
        self.moment = 0.0

    def insert(self, cassette: Cassette) -> None:
        """Record on this one from now on, or play it."""
        self._cassette = cassette

    def eject(self) -> None:
        """Hold no cassette."""
        self._cassette = None

    def tell_time_by(self, clock: Clock) -> None:
        """The clock that gives the moments which are recorded."""
        self._clock = clock

    def pass_time(self, seconds: float) -> None:
        """So much time passes between two interactions."""
        self.moment += seconds

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        headers = {name: _text(value) for name, value in request.headers.items()}
        asked = Request(request.method, request.url, request.body, headers)
        if self._inner is not None:
            return self._record(asked, request, *args, **kwargs)
        return self._play(asked, request)

    def close(self) -> None:
        if self._inner is not None:
            self._inner.close()

    def left(self) -> int:
        """How many interactions of the cassette were not played."""
        return 0 if self._cassette is None else len(self._cassette) - self._cassette.play_count

    def _record(self, asked: Request, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        assert self._inner is not None
        began = self._now()
        response = self._inner.send(request, *args, **kwargs)
        if self._cassette is not None:
            self._cassette.append(asked, _recorded(response, [began, self._now()]))
        return response

    def _now(self) -> float:
        return self._clock.now() if self._clock is not None else 0.0

    def _play(self, asked: Request, request: PreparedRequest) -> Response:
        if self._cassette is None or not self._cassette.can_play_response_for(asked):
            raise TargetError(f"the cassette has no such request: {asked.method} {asked.path}; record it again")
        found: Mapping[str, Any] = self._cassette.play_response(asked)
        self.moment = found["at"][1] or self.moment
        headers = {name: ", ".join(values) for name, values in found["headers"].items()}
        return build_response(
            request, found["status"]["code"], found["status"]["message"], headers, found["body"]["string"]
        )


def _recorded(response: Response, at: list[float]) -> dict[str, Any]:
    return {
        "status": {"code": response.status_code, "message": response.reason},
        "headers": {name: [value] for name, value in response.headers.items()},
        "body": {"string": response.content},
        "at": at,
    }


def _text(value: Any) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")
