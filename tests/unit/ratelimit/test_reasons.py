"""The reasons that findings give: what is wrong, once for all keys, in words that cannot be read as satisfied."""

import random
from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from nhq.model import Verdict
from nhq.ratelimit import Name, check_history
from nhq.ratelimit.history.history import History

TRIALS = 120
NO_TIME = {Name.HEADER_MISSING, Name.RESET_NOT_EPOCH, Name.RESET_NOT_INTEGER}


def letters(history: History, limit: int = 60, window: float = 60.0, **told: Any) -> str:
    """The four verdicts, first letters."""
    return "".join(one.verdict[0] for one in check_history(history, limit, window, **told).judgements)


def test_a_finding_is_told_once_for_all_keys(notation: ModuleType) -> None:
    """Three keys with one fault are one finding: it names the first, counts the others, and tells their values."""
    (found,) = check_history(notation.parse("a:0+2/4@60 b:0+2/5@60 b:1+1/4@60 c:0+2/4@60"), 3, 60.0).findings
    assert (found.keys, found.times) == (3, 4)
    assert found.who == "key a and 2 more"
    assert found.actual == "X-RateLimit-Limit 4 with status 200; also 5"


def test_a_header_that_came_twice_is_shown_as_it_came(limiters: ModuleType) -> None:
    """A doubled header is told with its text and what doubles it."""
    history = limiters.history([limiters.Row("a", 0.0, 0.1, 200, "3, 3", 2, limiters.ORIGIN + 60)])
    (found,) = check_history(replace(history, unread={("a", "limit"): "3, 3"}), 3, 60.0).findings
    assert 'X-RateLimit-Limit "3, 3" (not a number: sent twice' in found.actual


@pytest.mark.parametrize(
    ("reset", "unit"),
    [
        ("=7", "seconds from now"),
        ("=1760000060000", "in milliseconds"),
        ("=5", "seconds from now"),
        ("=999", "no time"),
    ],
)
def test_a_reset_that_is_no_epoch_is_named_for_what_it_is(notation: ModuleType, reset: str, unit: str) -> None:
    """Seconds to go and milliseconds are called so."""
    (found,) = check_history(notation.parse(f"0+2@{reset}"), 3, 60.0).findings
    assert unit in found.actual


def test_a_request_counted_twice_over_is_not_said_to_be_right(notation: ModuleType) -> None:
    """What was expected and what came in never agree: a number that an earlier request had is not "at least" it."""
    history = notation.parse("0+2@60 1-3+0@60 2-4+1@60 5+0@60")
    found = next(one for one in check_history(history, 3, 60.0, fresh=True).findings if one.name is Name.LOST_UPDATE)
    assert found.expected == "counted as number at least 4 of its window"
    assert found.actual == "remaining 0, so number 3"


def test_a_limit_of_one_less_is_a_fixed_window_of_another_limit(mutants: ModuleType, subtle: ModuleType) -> None:
    """A server that enforces 59 is said to do so, keeps its fixed window, and is never cleared."""
    for schedule in ("drain_and_wait", "late_overflow"):
        history = mutants.recorded(mutants.of(subtle.Enforces, 59), schedule, 1)
        verdicts = check_history(history, 60, 60.0)
        assert [(found.name, found.actual) for found in verdicts.findings if found.source == "statuses"] == [
            (Name.PREMATURE_429, "59, and not one more: a fixed window with a limit of 59")
        ]
        assert verdicts.algorithm.verdict is not Verdict.VIOLATED
        shared = check_history(history, 60, 60.0, alone=False)
        assert shared.admissions.verdict is Verdict.UNKNOWN
        assert any("admitted more than 59 times in a window" in note for note in shared.notes)


def test_a_correct_limit_is_never_said_to_be_smaller(network: ModuleType) -> None:
    """Of a server whose keys are used by nobody else, no smaller limit is told."""
    for seed in range(TRIALS):
        trial = network.trial(seed)
        if trial is not None:
            verdicts = check_history(trial.history, trial.limit, trial.window, alone=False, fresh=trial.fresh)
            assert not any("admitted more than" in note for note in verdicts.notes), seed


def test_the_old_end_on_an_opening_answer_is_one_wrong_reset(mutants: ModuleType, subtle: ModuleType) -> None:
    """The windows and counts of a server whose first answers name the old end are right; only that Reset is not."""
    for schedule in ("diagnostic", "slow_drip", "stampede"):
        history = mutants.recorded(
            lambda *rest: subtle.SUBTLE["stale_reset"].build(random.Random(1), *rest), schedule, 1
        )
        verdicts = check_history(history, 60, 60.0)
        assert verdicts.names == {Name.RESET_IN_PAST}
        assert "names the end of the window before" in verdicts.findings[0].actual
        assert verdicts.headers.verdict is verdicts.algorithm.verdict is Verdict.HOLDS


class Blocking:
    """A sliding log that refuses a key for a whole window after its first excess."""

    def __init__(self, limiters: ModuleType) -> None:
        self.log, self.until = limiters.SlidingLog(60, 60.0), dict[str, float]()
        self.limiters = limiters

    def decide(self, key: str, now: float) -> Any:
        if now >= self.until.get(key, 0.0):
            reply = self.log.decide(key, now)
            if reply.admitted:
                return reply
            self.until[key], self.log.log[key] = now + 60.0, []
        return self.limiters.Reply(False, 60, 0, 0)


def test_a_key_that_is_blocked_for_its_own_excess_shares_no_counter(limiters: ModuleType, mutants: ModuleType) -> None:
    """With one key blocked, the others had all of theirs: nobody says that keys share."""
    for seed in range(6):
        history = mutants.recorded(lambda *_: Blocking(limiters), "diagnostic", seed, bare=True)
        names = check_history(history, 60, 60.0, fresh=True).names
        assert Name.WINDOW_TOO_LONG in names
        assert Name.KEYS_SHARING not in names


def test_a_refusal_that_fits_says_nothing_of_a_server_that_keeps_no_window(mutants: ModuleType) -> None:
    """Some refusals of a bucket have just the limit behind them; admissions don't hold all the same."""
    mutant = mutants.MUTANTS["token_bucket"]
    verdicts = check_history(mutants.recorded(mutant.build, "diagnostic", 1, bare=True), 60, 60.0)
    assert verdicts.algorithm.verdict is Verdict.VIOLATED
    assert verdicts.admissions.verdict is Verdict.UNKNOWN
    assert "see algorithm" in verdicts.admissions.cause


@pytest.mark.parametrize("reset", [float("nan"), 7.0, float("inf")], ids=["missing", "seconds to go", "no number"])
def test_counts_are_judged_without_resets(mutants: ModuleType, limiters: ModuleType, reset: float) -> None:
    """Remaining's own course shows the windows: counts and admissions hold, and a lost update is found."""
    right = mutants.recorded(lambda _, rounding: limiters.Fixed(60, 60.0, "first", rounding), "late_overflow", 1)
    wrong = mutants.recorded(mutants.MUTANTS["forgets_some_hits"].build, "late_overflow", 1)
    right, wrong = (replace(one, reset=np.full(len(one), reset)) for one in (right, wrong))
    verdicts = check_history(right, 60, 60.0)
    assert verdicts.names <= NO_TIME
    assert verdicts.admissions.verdict is Verdict.HOLDS
    assert Name.LOST_UPDATE in check_history(wrong, 60, 60.0).names


def test_without_resets_no_correct_server_is_accused(network: ModuleType, worlds: ModuleType) -> None:
    """Correct limiters of both simulators, with requests of others among them, whose Reset is no time: nothing else."""
    for seed in range(TRIALS):
        for made in (network.trial(seed), worlds.recording(seed)):
            if made is None:
                continue
            limit, window = (
                (made.world.limit, made.world.window) if hasattr(made, "world") else (made.limit, made.window)
            )
            fresh = getattr(made, "fresh", None)
            for reset in (
                np.full(len(made.history), np.nan),
                np.full(len(made.history), 7.0),
                made.history.reset + 0.25,
            ):
                verdicts = check_history(replace(made.history, reset=reset), limit, window, fresh=fresh)
                assert verdicts.names <= NO_TIME, (seed, verdicts.findings)


def test_a_remaining_that_rises_within_a_window_is_found_without_resets(notation: ModuleType) -> None:
    """Two rises less than a window apart contradict every fixed window; one, or two far apart, do not."""
    far = notation.parse("0+1@=7 1+0@=7 30+2@=7 31+0@=7 91+2@=7")
    assert check_history(far, 3, 60.0).names == {Name.RESET_NOT_EPOCH}
    near = check_history(notation.parse("0+1@=7 1+0@=7 30+2@=7 31+0@=7 58+2@=7"), 3, 60.0)
    found = next(one for one in near.findings if one.name is Name.ORDER)
    assert found.actual.startswith("it rose from 0 to 2 and from 0 to 2 within")


def test_a_cause_of_unknown_is_true(notation: ModuleType) -> None:
    """Nothing refused is said only where nothing was; what can't be read is said to be so."""
    assert "nothing was refused" in check_history(notation.parse("0+2@60 1+1@60"), 3, 60.0).admissions.cause
    refused = check_history(notation.parse("0+*2 1x*9", alone=False), 3, 60.0)
    assert "nothing was refused" not in refused.admissions.cause
    assert "no X-RateLimit-Reset can be read as a time" in refused.reset.cause
