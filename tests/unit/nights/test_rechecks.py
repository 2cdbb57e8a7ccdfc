"""Whether a finding is flaky is known in the night that sees it first."""

from collections.abc import Callable

import pytest
from made_nights import make_night, sighting

from nhq.clock import ManualClock
from nhq.errors import TargetError
from nhq.nights.finding_states import finding_standings
from nhq.nights.night import Night
from nhq.nights.night_outcome import night_outcome
from nhq.nights.rechecks import Rechecks
from nhq.record.case_file import Case
from nhq.record.run_record import Record
from tests.made_records import made_record

RULE = "PAGE-LIMIT"
PRINT = "0" * 64
FOUND = sighting(RULE)


def record() -> Record:
    """As much of a record as a case is made of."""
    finding = {
        "rule": RULE,
        "operation": "list_leads",
        "code": "broken",
        "where": "",
        "fingerprint": PRINT,
        "case": {"scenario": "pagination/one", "seed": 1},
    }
    return made_record(findings=[{**finding, "expected": "100", "actual": "101"}])


def found(**fields: bool) -> Night:
    """A night that saw one finding."""
    one = sighting(RULE, **fields)
    return make_night(type(one)(PRINT, *(getattr(one, name) for name in one.__slots__[1:])))


def looks(*shown: bool | Exception, clock: ManualClock | None = None, until: float | None = None) -> Rechecks:
    """A case that is shown again, or not, in this order; a way to raise stands for itself."""
    rest = iter(shown)

    def again(case: Case, left: float) -> tuple[bool, Case]:
        what = next(rest)
        if isinstance(what, Exception):
            raise what
        return what, case

    return Rechecks({}, again, lambda case: "cases/x.json", clock or ManualClock(), until)


Check = Callable[..., tuple[int, int, str]]


def checked(rechecks: Rechecks, **fields: bool) -> Night:
    return rechecks.check(record(), found(**fields))


def told(night: Night) -> tuple[int, int, str]:
    (one,) = night.sightings
    return one.seen, one.tries, one.case


def test_it_is_played_three_times_more() -> None:
    """Seen so many of four times, the night's own among them; its case is kept."""
    assert told(checked(looks(False, True, False))) == (2, 4, "cases/x.json")


def test_what_is_proven_counts_though_it_never_comes_again() -> None:
    """New (seen 1 of 4), and the night ends with 1; what rests on a time alone is withheld."""
    for proven, code in ((True, 1), (False, 0)):
        night = checked(looks(False, False, False), proven=proven)
        ended = night_outcome(night, finding_standings({}, night, 1))
        assert ended.exit_code == code
    night = checked(looks(False, False, False))
    (reason,) = night_outcome(night, finding_standings({}, night, 1)).reasons
    assert reason.startswith("new (seen 1 of 4): PAGE-LIMIT")


def test_a_server_that_goes_away_says_nothing_of_the_finding() -> None:
    """A try that can't be made is none."""
    assert told(checked(looks(True, TargetError("gone")))) == (2, 2, "cases/x.json")


def test_it_is_looked_at_once_a_night() -> None:
    """A further round that sees it again plays nothing."""
    rechecks = looks(True, True, True)
    assert told(checked(rechecks)) == told(checked(rechecks)) == (4, 4, "cases/x.json")


def test_what_stood_before_is_not_played() -> None:
    """A finding of last night is known; its case is written anew."""
    rechecks = looks()
    before = finding_standings({}, found(), 1)
    rechecks.before = {one.sighting.fingerprint: one for one in before}
    assert told(checked(rechecks)) == (1, 1, "cases/x.json")


@pytest.mark.parametrize(("late", "tries"), [(10.0, 4), (26.0, 1)])
def test_no_case_is_begun_when_the_night_is_over(late: float, tries: int) -> None:
    """Half a minute after its end nothing is begun any more."""
    clock = ManualClock()
    rechecks = looks(True, True, True, clock=clock, until=clock.monotonic())
    clock.advance(late)
    assert told(checked(rechecks))[1] == tries
