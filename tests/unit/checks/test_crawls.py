"""Two readings of one list, held against each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhq.checks.crawls import Compared, CrawlReading, compare_crawls


def told(reference: str, read: str, *, whole: bool = True, known: bool = True, steady: str | None = None) -> Compared:
    return compare_crawls(CrawlReading(reference, known), CrawlReading(read, whole), steady)


def test_equal_readings_differ_in_nothing():
    """The same ids in the same order: nothing to tell."""
    assert told("abcdef", "abcdef") == Compared()


@pytest.mark.parametrize("names", ["abcdef", "fedcba", "cfaebd"])
@pytest.mark.parametrize(
    ("reference", "read", "difference"),
    [
        ("abcdef", "abccdef", Compared(repeated=1)),
        ("abcdef", "aabbcdef", Compared(repeated=2)),
        ("abcdef", "abdef", Compared(missing=1)),
        ("abcdef", "abc", Compared(cut=3)),
        ("abdef", "abcdef", Compared(extra=1)),
        ("abc", "abcdef", Compared(beyond=3)),
        ("abcdef", "abdcef", Compared(astray=2)),
        ("abcdef", "bacdef", Compared(astray=0)),
        ("abcdef", "abcdfe", Compared(astray=4)),
        ("abcdef", "xabdef", Compared(missing=1, extra=1)),
        ("abcdef", "xbacd", Compared(extra=1, cut=2, astray=1)),
    ],
)
def test_each_difference(reference, read, difference, names):
    """What is repeated, left out, cut off, too many, beyond the end or astray is told apart, whatever ids look like."""
    named = str.maketrans("abcdef", names)
    assert told(reference.translate(named), read.translate(named)) == difference


def test_a_reading_cut_short_is_held_to_its_beginning():
    """What would have followed is not missing; what was passed over is."""
    assert told("abcdef", "abc", whole=False) == Compared()
    assert told("abcdef", "abd", whole=False) == Compared(missing=1)
    assert told("abc", "abcdef", known=False) == Compared()


def test_what_others_touched_is_left_out():
    """Of items that moved, came or went meanwhile nothing is asked."""
    assert told("abcdef", "xabdefab", steady="def") == Compared()
    assert told("abcdef", "xabdeff", steady="cdef") == Compared(repeated=1, missing=1)


def test_nothing_shared():
    """Readings of different lists are all too many and all missing, without a crash."""
    assert told("abc", "xyz") == Compared(cut=3, beyond=3)
    assert told("", "") == Compared()


IDS = st.lists(st.integers(0, 30).map(str), unique=True)


@given(IDS, st.data())
def test_every_loss_and_repeat_is_seen(ids, data):
    """Whatever item is lost or shown twice, exactly so many are told."""
    lost = set(data.draw(st.lists(st.sampled_from(ids), unique=True))) if ids else set()
    kept = [ident for ident in ids if ident not in lost]
    found = compare_crawls(CrawlReading(ids, True), CrawlReading(kept, True))
    assert found.missing + found.cut == len(lost)
    assert (found.repeated, found.extra, found.beyond, found.astray) == (0, 0, 0, None)
    assert compare_crawls(CrawlReading(ids, True), CrawlReading(kept + kept, True)).repeated == len(kept)


@given(IDS, st.randoms(use_true_random=False))
def test_every_other_order_is_seen(ids, random):
    """A reading in another order goes astray, and one in the same order never does."""
    shuffled = list(ids)
    random.shuffle(shuffled)
    assert (compare_crawls(CrawlReading(ids, True), CrawlReading(shuffled, True)).astray is None) == (shuffled == ids)
