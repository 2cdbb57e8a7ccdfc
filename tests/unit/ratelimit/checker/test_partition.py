"""Blocks: what a status says of the counter, and that cutting a history changes nothing but memory."""

from types import ModuleType

import numpy as np

from nhq.ratelimit import check_history
from nhq.ratelimit.checker.partition import RateLimitPromise, history_blocks


def test_what_each_status_says(notation: ModuleType) -> None:
    """Admitted counts, 404 counts too, 429 was refused, and 401, 5xx, a gateway's and no reply may have counted."""
    (block,) = history_blocks(notation.parse("0+ 1x 2? 3! 4u 5n 6g"), RateLimitPromise(3, 60.0))
    assert block.admitted.tolist() == [True, False, False, False, False, False, False]
    assert block.counted.tolist() == [True, False, False, False, False, True, False]
    assert block.rejected.tolist() == [False, True, False, False, False, False, False]
    assert block.maybe.tolist() == [False, False, True, True, True, False, True]
    assert block.gateway.tolist() == [False, False, False, True, False, False, True]


def test_an_answer_with_any_of_the_headers_is_the_servers(notation: ModuleType) -> None:
    """A gateway's own answers have none of the three headers."""
    (block,) = history_blocks(notation.parse("0g2@60 1g@60 2g"), RateLimitPromise(3, 60.0))
    assert block.gateway.tolist() == [False, False, True]


def test_refusals_of_a_key_that_is_no_longer_valid_say_nothing(notation: ModuleType) -> None:
    """After the last answer that shows a key valid, a key that is told 401 may be limited by address."""
    (block,) = history_blocks(notation.parse("0x 1+ 2x 3u 4x b:0x b:1u b:2+ b:3x"), RateLimitPromise(3, 60.0))
    assert block.rejected.tolist() == [True, False, False, False, False, True, False, False, True]


def test_a_given_up_request_may_be_counted_for_a_window_more(notation: ModuleType) -> None:
    """No reply and 5xx may be decided up to one window after we stopped waiting, a 401 no later than its answer."""
    (block,) = history_blocks(notation.parse("0-1? 0-1! 0-1u 0-1+"), RateLimitPromise(3, 60.0))
    assert (block.late - block.received).tolist() == [60.0, 60.0, 0.0, 0.0]


def test_a_late_decision_excuses_a_later_429(notation: ModuleType) -> None:
    """A request lost at 1 s may be decided at 50 s: a 429 after 60 s with two seen admissions is excused by it."""
    excused = check_history(notation.parse("0-1? 40+*2 62x"), 3, 60.0, fresh=True)
    assert not excused.admissions.findings + excused.algorithm.findings
    assert check_history(notation.parse("0-1u 40+*2 62x"), 3, 60.0, fresh=True).algorithm.findings


def test_keys_lie_apart_on_the_blocks_line(notation: ModuleType) -> None:
    """Events of one key lie farther from any other key's than the longest test reaches, in the key's own order."""
    (block,) = history_blocks(notation.parse("a:0+ b:1+ a:100-130+ b:50+"), RateLimitPromise(3, 60.0))
    assert block.sent[block.key == 1].min() - block.received[block.key == 0].max() > 2 * 60.0
    assert block.key_at(block.sent).tolist() == block.key.tolist()
    apart = block.received - block.shift[block.key]
    np.testing.assert_allclose(apart, [0, 130, 1, 50])


def test_many_keys_are_cut_into_blocks_of_whole_keys(notation: ModuleType) -> None:
    """No key is split, none is lost, and rows still name the history's own rows."""
    history = notation.parse(" ".join(f"k{key}:{at}+" for at in range(4) for key in range(5)))
    cut = list(history_blocks(history, RateLimitPromise(3, 60.0), size=6))
    assert [len(block.keys) for block in cut] == [2, 2, 1]
    assert sorted(row for block in cut for row in block.rows.tolist()) == list(range(20))
    for block in cut:
        assert all(
            history.keys[history.key[row]] == block.keys[key] for row, key in zip(block.rows, block.key, strict=True)
        )
