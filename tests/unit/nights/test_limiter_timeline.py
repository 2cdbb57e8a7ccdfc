"""What a night shows of the limiter."""

from nhq.model import Exchange, Identity
from nhq.nights.limiter_timeline import MOST, KeyHistories, LimiterTimeline

EPOCH = 1_760_000_000


def answer(at: float, left: int, status: int = 200, label: str = "wide") -> Exchange:
    """An answer to a key, in a window that ends with its minute."""
    headers = {"x-ratelimit-remaining": str(left), "x-ratelimit-reset": str(EPOCH + 60 * int(at // 60 + 1))}
    who = Identity(label, "a", frozenset(), "secret")
    return Exchange(1, "list_leads", "GET", "/leads", {}, b"", who, status, headers, b"", EPOCH + at, EPOCH + at)


def timeline(*answers: Exchange) -> LimiterTimeline | None:
    histories = KeyHistories()
    for one in answers:
        histories.hear(one)
    return histories.timeline(60)


def test_the_key_that_was_refused_most_is_shown() -> None:
    """Its requests with what was left, the ends of windows as declared, and where a new window was seen."""
    told = timeline(answer(1, 59, label="other"), answer(58, 1), answer(59, 0, 429), answer(61, 59), answer(62, 58))
    assert told is not None
    assert (told.row.key, told.limit, told.seconds) == ("wide", 60, 4)
    assert told.row.points == ((0.0, 1, 200), (1.0, 0, 429), (3.0, 59, 200), (4.0, 58, 200))
    assert told.row.declared == (2.0,)
    assert told.row.observed == ((1.0, 3.0),)


def test_a_picture_holds_so_many_requests() -> None:
    """Those about the last refusal; how many are left out is said."""
    told = timeline(*(answer(at, 5, 429 if at == 300 else 200) for at in range(600)))
    assert told is not None
    assert len(told.row.points) == MOST
    assert told.row.left_out == 600 - MOST
    assert 429 in [status for _, _, status in told.row.points]


def test_where_nothing_was_sent_there_is_no_picture() -> None:
    """Nor where the clock stood still."""
    assert timeline() is None
    assert timeline(answer(1, 59), answer(1, 58)) is None
