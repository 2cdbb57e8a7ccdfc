"""Requests in flight: every answer is taken up once."""

from concurrent.futures import Future

import requests

from nhq.client.in_flight import InFlight
from nhq.client.simultaneous import SentAtOnce
from nhq.clock import ManualClock


class Late(Future[SentAtOnce]):
    """Comes back between two looks."""

    looks = 0

    def done(self) -> bool:
        self.looks += 1
        return self.looks > 1


def test_an_answer_that_comes_back_between_two_looks_is_not_lost() -> None:
    """It has not landed at the first call, and does at the next."""
    flight, late = InFlight(requests.adapters.BaseAdapter(), ManualClock()), Late()
    sent = SentAtOnce(
        requests.Request("GET", "http://127.0.0.1:9/").prepare(), 0.0, 0.0, requests.ConnectionError("none")
    )
    late.set_result(sent)
    flight._sent.append(late)
    assert flight.landed() == []
    assert flight.landed() == [sent]
