"""Requests that are under way while the run goes on."""

import socket
from collections.abc import Iterator
from threading import Thread

import pytest
import requests
from requests.adapters import BaseAdapter

from nhq.client.in_flight import InFlight
from nhq.client.transport import NetworkAdapter
from nhq.clock import ManualClock

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
COUNT = 3


@pytest.fixture
def base() -> Iterator[str]:
    """A server that answers no request before so many connections are open."""

    def answer_all_together(listener: socket.socket) -> None:
        opened = [listener.accept()[0] for _ in range(COUNT)]
        for connection in opened:
            connection.recv(65_536)
            connection.sendall(ANSWER)
            connection.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)
        thread = Thread(target=answer_all_together, args=(listener,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread.join(5)


def asked(base: str) -> list[requests.PreparedRequest]:
    return [requests.Request("GET", f"{base}/{place}").prepare() for place in range(COUNT)]


def test_sending_waits_for_no_answer(base: str) -> None:
    """All are under way together, and each answer is taken up once."""
    flight = InFlight(NetworkAdapter(), ManualClock())
    for request in asked(base):
        flight.send([request])
    came = flight.settle()
    assert {sent.request.path_url for sent in came} == {"/0", "/1", "/2"}
    assert all(isinstance(sent.came, requests.Response) for sent in came)
    assert flight.landed() == []
    flight.close()


def test_where_there_is_no_network_a_request_is_answered_at_once() -> None:
    """A cassette, or a server of a test, is asked one after the other."""

    class Still(BaseAdapter):
        """Answers without a network."""

        def send(self, request: requests.PreparedRequest, *args: object, **kwargs: object) -> requests.Response:
            return requests.Response()

    flight = InFlight(Still(), ManualClock())
    flight.send(asked("http://127.0.0.1"))
    assert len(flight.landed()) == COUNT
    flight.close()


def test_a_request_that_gets_no_answer_is_told_too() -> None:
    """What kept the answer from coming stands in its place."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    flight = InFlight(NetworkAdapter(), ManualClock())
    flight.send([requests.Request("GET", f"http://127.0.0.1:{port}/").prepare()])
    (sent,) = flight.settle()
    assert isinstance(sent.came, requests.RequestException)
    flight.close()
