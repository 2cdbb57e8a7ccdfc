"""How the headers of one key move: the nearest sequences that hold, the nearest that don't, and what stays open.

A history is written "second:status:remaining:reset", one word for each answer; seconds and resets count from START.
"""

from dataclasses import replace
from email.utils import formatdate
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhq.checks import header_sequence
from nhq.checks.header_sequence import check_sequence, reset_unit
from nhq.model import Exchange, Identity, Observation, Verdict

START = 1_760_000_000
KEY = Identity("one", "alpha", frozenset(), "secret-1")
OTHER = Identity("two", "alpha", frozenset(), "secret-2")
HEADERS = ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset")


def answer(
    number: int,
    second: float,
    remaining: int | None,
    reset: int | None,
    *,
    status: int | None = 200,
    limit: int = 60,
    key: Identity | None = KEY,
    epoch: int = 0,
    skew: float = 0.0,
    dated: bool = True,
) -> Exchange:
    """One answer, `second` seconds after START on the server's clock; ours is `skew` ahead."""
    values = (limit, remaining, None if reset is None else START + reset)
    headers = {name: str(value) for name, value in zip(HEADERS, values, strict=True) if value is not None}
    headers |= {"date": formatdate(START + second, usegmt=True)} if dated else {}
    at = START + second + skew
    return Exchange(number, "list_leads", "GET", "/leads", {}, b"", key, status, headers, b"", at, at, epoch)


def history(words: str) -> list[Exchange]:
    """Answers of one key from their words, see the module."""
    rows = [word.split(":") for word in words.split()]
    return [
        answer(n, float(second), int(left), int(reset), status=int(status))
        for n, (second, status, left, reset) in enumerate(rows)
    ]


def looks(exchanges: list[Exchange], rule: str, *, window: float = 60.0, exclusive_keys: bool = True) -> list[Verdict]:
    return [o.verdict for o in check_sequence(exchanges, 60, window, exclusive_keys) if o.rule == rule]


def findings(exchanges: list[Exchange], *, window: float = 60.0, exclusive_keys: bool = True) -> list[Observation]:
    return [o for o in check_sequence(exchanges, 60, window, exclusive_keys) if o.verdict is not Verdict.HOLDS]


def rules(exchanges: list[Exchange], *, window: float = 60.0, exclusive_keys: bool = True) -> set[str]:
    return {o.rule for o in findings(exchanges, window=window, exclusive_keys=exclusive_keys)}


@pytest.mark.parametrize(
    "words",
    [
        "0:200:59:60 1:404:58:60 5:403:57:60",
        "0:200:1:60 1:200:0:60 2:429:0:60 59:429:0:60",
        "0:200:30:60 70:200:59:130 71:200:58:130",
        "0:200:30:13 14:200:59:73 80:200:59:133",
        "0:200:59:60 3:200:58:61 4:200:57:60",
    ],
    ids=["one window", "up to the limit", "anchored at the first", "anchored at a phase", "rounded anew"],
)
def test_correct_servers_are_not_accused(words: str) -> None:
    """Wherever a server anchors its windows and however it rounds, nothing is found."""
    assert not findings(history(words))


def test_requests_of_one_instant_may_be_counted_in_any_order() -> None:
    """Each is counted, whichever is told first; what follows them is held to all of them."""
    together = [replace(one, received=one.sent + 1) for one in history("5:200:56:60 5:200:58:60 5:200:57:60")]
    before, after = history("0:200:59:60 9:200:55:60")
    assert not findings([before, *together, after])
    assert rules([before, *together, replace(after, headers={**after.headers, HEADERS[1]: "57"})])


@given(
    gaps=st.lists(st.floats(0, 200), min_size=1, max_size=80),
    anchor=st.sampled_from(["first", "clock"]),
    window=st.sampled_from([3.0, 5.0, 60.0]),
    rounding=st.randoms(use_true_random=False),
    skew=st.floats(-5000, 5000),
    right=st.sampled_from(["Date", "our clock", "both"]),
)
def test_any_fixed_window_is_acquitted(
    gaps: list[float], anchor: str, window: float, rounding: Random, skew: float, right: str
) -> None:
    """A simulated limiter with any anchor and rounding is never accused, whatever the rhythm of requests.

    One of Date and our clock may be off by any time; on a server of ours both are right.
    """
    off = {"Date": (0.0, skew), "our clock": (skew, -skew), "both": (0.0, 0.0)}[right]
    now, start, count, exchanges = 0.0, -1e9, 0, []
    for number, gap in enumerate(gaps):
        now += gap
        if now >= start + window:
            start, count = (now if anchor == "first" else now // window * window), 0
        admitted = count < 60
        count += admitted
        end = int(start + window) + rounding.choice([0, 1] if (start + window) % 1 else [0])
        status = 200 if admitted else 429
        exchanges.append(answer(number, now + off[0], 60 - count, end, status=status, skew=off[1]))
    assert not findings(exchanges, window=window, exclusive_keys=right == "both")


@pytest.mark.parametrize(
    "words",
    ["0:200:59:60 1:200:59:60", "0:200:59:60 1:200:60:60", "0:200:59:60 1:404:57:60", "0:200:9:60 61:200:60:121"],
    ids=["doesn't fall", "rises", "falls by two", "a new window begins at the limit"],
)
def test_remaining_that_does_not_count_is_found(words: str) -> None:
    """Each request takes one, and a window's first leaves one less than the limit."""
    assert rules(history(words)) == {"RL-REMAINING-COUNTS"}


def test_another_client_may_spend_the_difference() -> None:
    """Where the key may be used by others, only a Remaining that is too high shows anything."""
    assert not findings(history("0:200:59:60 1:200:50:60 61:200:40:121"), exclusive_keys=False)
    assert rules(history("0:200:59:60 1:200:59:60"), exclusive_keys=False) == {"RL-REMAINING-COUNTS"}


def test_requests_without_headers_may_have_counted() -> None:
    """After an answer that doesn't tell, one less or two less are both right; three less are not."""
    silent = answer(1, 1, None, None, status=502)
    for left, right in [(58, True), (57, True), (56, False)]:
        assert (not findings([answer(0, 0, 59, 60), silent, answer(2, 2, left, 60)])) is right


def test_counters_are_not_compared_across_snapshots_and_keys() -> None:
    """A restored snapshot and another key have counters of their own."""
    later = [answer(1, 1, 59, 60, epoch=1), answer(2, 2, 59, 60, key=OTHER), answer(3, 3, 59, 60, key=None)]
    assert not findings([answer(0, 0, 30, 60), *later])


def test_overlapping_requests_are_not_ordered() -> None:
    """Answers to requests under way at once may come in any order."""
    first, second = answer(0, 0, 58, 60), answer(1, 0, 59, 60)
    slow = Exchange(**{f: getattr(first, f) for f in first.__slots__} | {"received": first.sent + 2})
    assert not findings([slow, second])


def test_a_reset_that_moves_with_each_request_is_found() -> None:
    """A window's end that runs ahead of the requests is no fixed window."""
    assert "RL-RESET-STEADY" in rules(history("0:200:59:60 1:200:58:61 2:200:57:62 3:200:56:63"))


def test_a_reset_that_goes_back_is_found() -> None:
    """A later window never ends before an earlier one."""
    assert "RL-RESET-STEADY" in rules(history("0:200:59:60 1:200:58:40"))


def test_an_unmoved_reset_shows_something_only_after_a_while() -> None:
    """Two answers of one instant say nothing of steadiness: no vacuous pass."""
    assert not looks(history("0:200:59:60 0:200:58:60"), "RL-RESET-STEADY")
    assert looks(history("0:200:59:60 3:200:58:60"), "RL-RESET-STEADY") == [Verdict.HOLDS]


@pytest.mark.parametrize(
    "reset",
    [60 - START, 60_000 + 999 * START, 120 + 5, -4],
    ids=["seconds to go", "milliseconds", "two windows ahead", "past"],
)
def test_a_reset_that_is_no_time_ahead_is_found(reset: int) -> None:
    """Reset is a Unix time in seconds, not past, and at most one window ahead."""
    assert rules([answer(0, 0, 59, reset)]) == {"RL-RESET-EPOCH"}


@pytest.mark.parametrize("skew", [-3600.0, -240.0, 0.0, 240.0, 3600.0])
def test_a_date_acquits_however_wrong_our_clock_is(skew: float) -> None:
    """A Reset that fits the Date beside it is right."""
    assert not findings([answer(0, 0, 59, 60, skew=skew)], exclusive_keys=False)


@pytest.mark.parametrize("off", [-240, 240])
def test_our_clock_acquits_however_wrong_a_proxys_date_is(off: int) -> None:
    """A Date may be of a proxy with a clock of its own: a Reset that fits ours is right."""
    assert not findings([answer(0, off, 59, 60, skew=-off)], exclusive_keys=False)


def test_both_clocks_accuse_of_what_no_clock_explains() -> None:
    """Where the server isn't ours, minutes may lie between clocks; a Reset an hour ahead of both is wrong."""
    assert looks([answer(0, 0, 59, 300)], "RL-RESET-EPOCH", exclusive_keys=False) == []
    assert looks([answer(0, 0, 59, 3600)], "RL-RESET-EPOCH", exclusive_keys=False) == [Verdict.VIOLATED]
    assert looks([answer(0, 0, 59, -3600)], "RL-RESET-EPOCH", exclusive_keys=False) == [Verdict.VIOLATED]


def test_the_clock_of_a_server_of_ours_is_ours() -> None:
    """There it exclusive_keys decides, whatever a Date says."""
    assert rules([answer(0, 0, 59, 200)]) == {"RL-RESET-EPOCH"}
    assert not findings([answer(0, 240, 59, 60, skew=-240)])


def test_without_a_date_our_clock_acquits_but_never_accuses() -> None:
    """A Reset far off may come from a clock that differs from ours: nothing is said."""
    assert looks([answer(0, 0, 59, 60, dated=False)], "RL-RESET-EPOCH", exclusive_keys=False) == [Verdict.HOLDS]
    assert looks([answer(0, 0, 59, 6000, dated=False)], "RL-RESET-EPOCH", exclusive_keys=False) == []


@pytest.mark.parametrize("limit", [59, 61])
def test_another_limit_is_found(limit: int) -> None:
    """The header names the promised limit."""
    assert rules([answer(0, 0, 58, 60, limit=limit)]) == {"RL-LIMIT"}


def test_callers_without_a_valid_key_have_no_window() -> None:
    """What the headers of a 401 say is not judged, with any key."""
    revoked = Identity("old", "alpha", frozenset(), "secret-3", revoked=True)
    strangers = [answer(0, 0, 7, 1, limit=5, key=None), answer(1, 0, 7, 1, limit=5, key=revoked, status=401)]
    assert not list(
        check_sequence([*strangers, answer(2, 0, 7, 1, limit=5, status=401)], 60, 60.0, exclusive_keys=True)
    )


def test_very_short_windows_are_not_judged() -> None:
    """Below three seconds a window can't be told from the rounding of its Reset."""
    assert not findings(history("0:200:59:2 1:200:59:3 2:200:59:4"), window=2.0)


@pytest.mark.parametrize(
    ("reset", "what"), [(59, "seconds from now"), ((START + 60) * 1000, "in milliseconds"), (12345, "no time")]
)
def test_a_reset_that_is_no_unix_time_is_named_for_what_it_is(reset: int, what: str) -> None:
    """Seconds to go and milliseconds are called so, and nothing else is said of such a Reset."""
    seen = findings([answer(n, n, 59 - n, reset - START - n) for n in range(3)])
    assert {one.rule for one in seen} == {"RL-RESET-EPOCH"}
    assert what in (seen[0].finding.actual if seen[0].finding else "")


@pytest.mark.parametrize("reset", [None, 40 - START])
def test_limit_and_remaining_are_judged_without_a_reset(reset: int | None) -> None:
    """Where Reset is missing, or no time, the other two headers are judged all the same, if we are alone."""
    good = [answer(n, 20 * n, left, reset) for n, left in enumerate((59, 58, 57, 59, 58))]
    assert looks(good, "RL-LIMIT") == [Verdict.HOLDS] * 5
    assert looks(good, "RL-REMAINING-COUNTS") == [Verdict.HOLDS] * 3
    bad = [answer(0, 0, 59, reset, limit=50), answer(1, 1, 59, reset), answer(2, 2, 56, reset)]
    assert Verdict.VIOLATED in looks(bad, "RL-LIMIT")
    assert looks(bad, "RL-REMAINING-COUNTS") == [Verdict.VIOLATED]
    assert looks(bad, "RL-REMAINING-COUNTS", exclusive_keys=False) == []


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([(0, 0, 60, 429), (61, 0, 120, 429)], True),
        ([(0, 0, 60, 429), (59, 0, 60, 429)], False),
        ([(0, 0, 60, 429), (61, 59, 120, 200)], False),
        ([(0, 0, 60, 429), (61, None, None, 200), (62, 0, 120, 429)], False),
    ],
    ids=["next window", "same window", "admitted", "after an answer without a count"],
)
def test_the_first_request_of_a_window_is_not_refused(rows, found):
    """Where nobody else uses the key; else another client may have used the window up."""
    log = [answer(number, at, left, reset, status=status) for number, (at, left, reset, status) in enumerate(rows)]
    for exclusive_keys in (True, False):
        broken = {o.rule for o in check_sequence(log, 60, 60.0, exclusive_keys) if o.verdict is Verdict.VIOLATED}
        assert ("RL-LIMIT-ADMITTED" in broken) is (found and exclusive_keys)


@pytest.mark.parametrize(
    ("reset", "told"),
    [
        (0, "seconds from now, it seems"),
        (61, "seconds from now, it seems"),
        (62, "no time that we know"),
        (START * 10**3, "a Unix timestamp in milliseconds, it seems"),
        (START * 10**6, "a Unix timestamp in microseconds, it seems"),
        (START * 10**9, "a Unix timestamp in nanoseconds, it seems"),
        (START * 10**4, "no time that we know"),
    ],
)
def test_what_a_reset_is_that_is_no_timestamp_in_seconds(reset: int, told: str) -> None:
    """Seconds up to a window and one, then the units by their digits."""
    assert reset_unit(reset, 60.0) == told


@pytest.mark.parametrize(
    ("reset", "verdict"),
    [(-3, Verdict.VIOLATED), (-2, Verdict.HOLDS), (62, Verdict.HOLDS), (63, Verdict.VIOLATED)],
)
def test_a_reset_is_at_hand_to_the_second(reset: int, verdict: Verdict) -> None:
    """Not past and at most a window ahead: a second for rounding and two of slack for our own clock are allowed."""
    assert looks([answer(1, 0, 59, reset)], "RL-RESET-EPOCH") == [verdict]


@pytest.mark.parametrize(("moved", "steady"), [(1, True), (2, False), (57, False), (58, False), (59, True), (60, True)])
def test_a_reset_moves_by_a_window_or_not_at_all(moved: int, steady: bool) -> None:
    """A leap of a window less its roundings begins another; whatever lies between is no fixed window."""
    seen = looks(history(f"0:200:59:60 30:200:58:{60 + moved}"), "RL-RESET-STEADY")
    assert (Verdict.VIOLATED not in seen) is steady


@pytest.mark.parametrize(
    ("remaining", "verdicts"),
    [
        ([9, 8], [Verdict.HOLDS]),
        ([9, 9], [Verdict.VIOLATED]),
        ([9, 7], [Verdict.VIOLATED]),
        ([9, 59], []),
        ([9, 60], [Verdict.VIOLATED]),
        ([0, 59], []),
        ([1, 0], [Verdict.HOLDS]),
        ([1, 1], [Verdict.VIOLATED]),
    ],
)
def test_remaining_alone_falls_by_one_or_begins_anew(remaining: list[int], verdicts: list[Verdict]) -> None:
    """Without a Reset: one less each time, or one below the limit; after none left nothing can be said."""
    told = [answer(n, n, left, None) for n, left in enumerate(remaining)]
    assert looks(told, "RL-REMAINING-COUNTS") == verdicts


def test_a_request_that_may_have_counted_widens_what_remaining_may_be() -> None:
    """An answer without headers between two others may have taken one of the allowance, or none; two it can't."""
    for left, verdict in (8, Verdict.HOLDS), (7, Verdict.HOLDS), (6, Verdict.VIOLATED), (9, Verdict.VIOLATED):
        told = [answer(0, 0, 9, 60), answer(1, 1, None, None), answer(2, 2, left, 60)]
        assert looks(told, "RL-REMAINING-COUNTS") == [verdict]
        assert looks([answer(n, n, e, None) for n, e in enumerate((9, None, left))], "RL-REMAINING-COUNTS") == [verdict]


def test_a_crash_speaks_for_every_rule_that_is_judged_here() -> None:
    """What a broken check leaves unknown are all rules that this module's checks bind: none of them passes for kept."""
    bound = {rule for check in vars(header_sequence).values() for rule in getattr(check, "rules", ())}
    assert set(header_sequence.RULES) == bound


@pytest.mark.parametrize(
    ("words", "rule", "told"),
    [
        ("0:200:59:60 1:200:58:30", "RL-RESET-STEADY", "moved by -30 s"),
        ("0:200:59:60 1:200:57:60", "RL-REMAINING-COUNTS", "59 then 57"),
        ("0:200:9:60 61:200:60:121", "RL-REMAINING-COUNTS", "9 then 60, in a new window"),
        ("0:200:59:200", "RL-RESET-EPOCH", "202 s from now"),
        ("0:200:1:60 61:429:0:121", "RL-LIMIT-ADMITTED", "429 to a window's first request"),
    ],
)
def test_a_finding_tells_how_the_headers_moved(words: str, rule: str, told: str) -> None:
    """The numbers before and after, and whether a window lay between."""
    said = [seen.finding.actual for seen in findings(history(words)) if seen.finding and seen.rule == rule]
    assert said == [told]


def test_a_key_without_resets_is_judged_beside_one_that_has_them() -> None:
    """Whose resets can be read says nothing of other keys."""
    timed = [answer(1, 1, 59, 60), answer(2, 2, 58, 60)]
    untimed = [answer(3, 3, 50, None, key=OTHER), answer(4, 4, 40, None, key=OTHER)]
    assert rules([*timed, *untimed]) == {"RL-REMAINING-COUNTS"}


def test_requests_that_a_window_ends_between_are_in_its_order() -> None:
    """Two under way at once, one counted in each window: the former window's came first, whatever Remaining says."""
    before = answer(1, 50, 4, 60)
    late, early = answer(2, 59, 3, 60), answer(3, 60, 59, 120)
    both = [replace(late, received=START + 61.0), replace(early, sent=START + 59.5)]
    for pair in (both, both[::-1]):
        assert not findings([before, *pair, answer(4, 62, 58, 120)])
    between = replace(answer(5, 59.6, 2, 60), sent=START + 59.6, received=START + 59.8)
    long = replace(early, sent=START + 55.0)
    seen = looks([before, long, replace(late, sent=START + 58.0, received=START + 58.2), between], "RL-RESET-STEADY")
    assert Verdict.VIOLATED not in seen


def test_a_reset_that_goes_back_by_a_window_is_found() -> None:
    """Of requests that followed each other the later is never of a former window."""
    assert rules(history("0:200:59:120 1:200:58:60")) >= {"RL-RESET-STEADY"}


def test_overlapping_requests_without_resets_are_not_ordered() -> None:
    """Which of two that overlap was counted first, nobody knows."""
    first = replace(answer(1, 1, 57, None), received=START + 9.0)
    assert not findings([first, answer(2, 2, 50, None)])


def test_a_counter_may_begin_from_the_promised_limit_under_another_name() -> None:
    """In a new window Remaining counts from the limit that is promised, or from the one that is named."""
    for left in 59, 99:
        new = [answer(1, 1, 30, 60, limit=100), answer(2, 70, left, 130, limit=100)]
        assert looks(new, "RL-REMAINING-COUNTS") == [Verdict.HOLDS]


def test_a_window_is_new_when_its_reset_lies_a_window_later() -> None:
    """A refusal under a reset two seconds nearer than that may be of a window that others began."""
    for later, accused in ((58, set()), (59, {"RL-LIMIT-ADMITTED"})):
        refused = [answer(1, 0, 0, 60, status=429), answer(2, 61, 0, 60 + later, status=429)]
        assert rules(refused) & {"RL-LIMIT-ADMITTED"} == accused


def test_a_request_that_failed_counts_as_well() -> None:
    """Remaining falls by one for a 500 that tells it, too."""
    assert rules(history("0:200:59:60 1:500:59:60")) == {"RL-REMAINING-COUNTS"}


def test_how_far_off_a_reset_is_told_by_the_servers_clock() -> None:
    """Where the answer has a Date, a finding counts from that."""
    (found,) = findings([answer(1, 0, 59, 1000, skew=20.0)], exclusive_keys=False)
    assert found.finding is not None
    assert found.finding.actual.startswith("1002 s")


@pytest.mark.parametrize(("window", "judged"), [(2.9, False), (3.0, True), (3.5, True)])
def test_windows_are_judged_from_three_seconds_on(window: float, judged: bool) -> None:
    """A Remaining that doesn't fall is found in a window of three seconds, not in a shorter one."""
    assert bool(findings(history("0:200:59:3 1:200:59:3"), window=window)) is judged


@pytest.mark.parametrize(
    ("reset", "verdicts"),
    [(-3, []), (-2, [Verdict.HOLDS]), (63, [Verdict.HOLDS]), (64, [])],
)
def test_a_date_acquits_to_the_second(reset: int, verdicts: list[Verdict]) -> None:
    """Two seconds of slack and one for rounding on either side, and one more for the Date that is cut."""
    seen = answer(0, 0, 59, reset, skew=50_000.0)
    assert looks([seen], "RL-RESET-EPOCH", exclusive_keys=False) == verdicts


def test_a_date_may_be_as_old_as_the_answer_took() -> None:
    """A server decides between sending and receiving: what was on its way for five seconds may be that much older."""
    for reset, verdicts in (-7, [Verdict.HOLDS]), (-8, []):
        slow = replace(answer(0, 0, 59, reset, skew=50_000.0), received=START + 50_005.0)
        assert looks([slow], "RL-RESET-EPOCH", exclusive_keys=False) == verdicts


@pytest.mark.parametrize(
    ("reset", "verdicts"),
    [(-903, [Verdict.VIOLATED]), (-902, []), (963, []), (964, [Verdict.VIOLATED])],
)
def test_both_clocks_accuse_beyond_a_quarter_of_an_hour(reset: int, verdicts: list[Verdict]) -> None:
    """Of clocks that are at most 900 seconds apart, to the second."""
    assert looks([answer(0, 0, 59, reset)], "RL-RESET-EPOCH", exclusive_keys=False) == verdicts


@pytest.mark.parametrize(("later", "verdicts"), [(1.9, []), (2.0, [Verdict.HOLDS])])
def test_a_reset_is_steady_after_two_seconds(later: float, verdicts: list[Verdict]) -> None:
    """From when the first was sent to when the later one came."""
    last = replace(answer(1, 1, 58, 60), received=START + later)
    assert looks([answer(0, 0, 59, 60), last], "RL-RESET-STEADY") == verdicts


def test_steadiness_is_held_against_the_first_answer_of_a_window() -> None:
    """After a leap the window's first is the new one; after a break, too, so that one break is told once."""
    assert looks(history("0:200:59:60 61:200:59:120 64:200:58:120"), "RL-RESET-STEADY") == [Verdict.HOLDS]
    told = looks(history("0:200:59:60 3:200:58:90 6:200:57:90"), "RL-RESET-STEADY")
    assert told == [Verdict.VIOLATED, Verdict.HOLDS]


@pytest.mark.parametrize("silent", [0, 1, 2, 3])
@pytest.mark.parametrize("kind", ["no headers", "no answer", "401", "elsewhere"])
def test_each_request_that_may_have_counted_takes_one_or_none(silent: int, kind: str) -> None:
    """Between two answers: as many as told nothing may have been counted, and not one more; then it begins anew."""
    changes = {
        "no headers": {"headers": {}},
        "no answer": {"status": None, "headers": {}},
        "401": {"status": 401},
        "elsewhere": {"operation": None},
    }[kind]
    between = [replace(answer(1, 1, 30, 60), **changes) for _ in range(silent)]
    for reset in (60, None):
        first = answer(0, 0, 40, reset)
        for left, right in [(39, True), (39 - silent, True), (38 - silent, False), (40, False)]:
            last = answer(3, 3, left, reset)
            after = answer(4, 4, left - 1, reset)
            verdict = Verdict.HOLDS if right else Verdict.VIOLATED
            told = looks([first, *between, last, after], "RL-REMAINING-COUNTS")
            assert told == [verdict, Verdict.HOLDS], (reset, left)
        skipped = [first, *between, answer(3, 3, 39, reset), answer(4, 4, 37, reset)]
        assert looks(skipped, "RL-REMAINING-COUNTS")[-1] is Verdict.VIOLATED


def test_what_was_sent_when_the_last_had_come_stands_after_it() -> None:
    """Only requests that overlap are put in the order of their counts: one may end as another begins."""
    first, then = answer(0, 0, 58, 60), answer(1, 1, 59, 60)
    touching = replace(first, received=then.sent)
    assert rules([touching, then]) == {"RL-REMAINING-COUNTS"}
    assert not findings([replace(first, received=then.sent + 0.1), then])


def test_nothing_is_counted_on_from_nothing_left() -> None:
    """After a 429, or the last that was admitted, Remaining can't fall; with one left it falls to none."""
    for words, verdicts in (
        ("0:200:1:60 1:200:0:60", [Verdict.HOLDS]),
        ("0:200:0:60 1:200:5:60", []),
        ("0:429:0:60 1:200:5:60", []),
        ("0:429:3:60 1:200:2:60", []),
        ("0:200:3:60 1:429:9:60", []),
    ):
        assert looks(history(words), "RL-REMAINING-COUNTS") == verdicts
        untimed = [replace(one, headers={**one.headers, HEADERS[2]: "-"}) for one in history(words)]
        assert looks(untimed, "RL-REMAINING-COUNTS") == verdicts


def test_a_stranger_between_two_answers_counts_for_nobody() -> None:
    """Neither a caller without a key nor one whose key is revoked takes of another's allowance."""
    for key in (None, replace(KEY, revoked=True)):
        between = answer(1, 1, 12, 60, key=key)
        for left, verdict in (58, Verdict.HOLDS), (57, Verdict.VIOLATED):
            told = [answer(0, 0, 59, 60), between, answer(2, 2, left, 60)]
            assert looks(told, "RL-REMAINING-COUNTS") == [verdict]


def test_a_first_request_that_overlaps_another_may_be_refused() -> None:
    """Which of two that overlap came first in the new window nobody knows; one after the other, it is known."""
    for received, accused in ((61.0, True), (61.1, False)):
        before = replace(answer(0, 0, 0, 60, status=429), received=START + received)
        found = rules([before, answer(1, 61, 0, 120, status=429)])
        assert ("RL-LIMIT-ADMITTED" in found) is accused
