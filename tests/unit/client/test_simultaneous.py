"""Several requests at one instant: all leave when every connection is open."""

import socket
from threading import Thread

import requests

from nhq.client.simultaneous import send_at_once
from nhq.client.transport import NetworkAdapter
from nhq.clock import ManualClock

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
COUNT = 3


def answer_all_together(listener: socket.socket) -> None:
    """Answer no request before so many connections are open."""
    listener.settimeout(5)
    opened = [listener.accept()[0] for _ in range(COUNT)]
    for connection in opened:
        connection.recv(65_536)
        connection.sendall(ANSWER)
        connection.close()


def test_requests_are_under_way_together() -> None:
    """Each on a connection of its own; what came is told in the order in which they were given."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=answer_all_together, args=(listener,), daemon=True)
        thread.start()
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        asked = [requests.Request("GET", f"{base}/{place}").prepare() for place in range(COUNT)]
        sent = send_at_once(NetworkAdapter(), asked, ManualClock())
        thread.join(5)
    assert [one.request.path_url for one in sent] == ["/0", "/1", "/2"]
    assert all(isinstance(one.came, requests.Response) for one in sent)


def test_requests_of_one_instant_overlap_on_a_clock_that_stands_still() -> None:
    """What judges their order must know that it is open."""

    class Still(requests.adapters.BaseAdapter):
        """Answers at once, without a network."""

        def send(self, request: requests.PreparedRequest, *args: object, **kwargs: object) -> requests.Response:
            return requests.Response()

    asked = [requests.Request("GET", "http://127.0.0.1/").prepare()] * 2
    one, other = send_at_once(Still(), asked, ManualClock())
    assert one.sent < other.received
    assert other.sent < one.received
