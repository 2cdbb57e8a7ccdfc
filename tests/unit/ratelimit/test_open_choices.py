"""The smallest histories in which a correct server once looked guilty: what is left open, and what networks do."""

from types import ModuleType

import pytest

from nhq.model import Verdict
from nhq.ratelimit import Name, check_history
from nhq.ratelimit.checker.anomalies import Aspect
from nhq.ratelimit.identify.algorithm import FIXED, identify_algorithm

FULL = "0+2@60 1+1@60 2+0@60"
BARE = frozenset({Name.HEADER_MISSING})

# what it is -> a history of 3 requests per 60 s by somebody who is alone and whose keys are fresh
INNOCENT: dict[str, str] = {
    "a 404 comes instead of a 429": f"{FULL} 3n0@60 4x0@60 5n0@60",
    "a 404 comes instead of a 429, no headers": "0+*3 1x 2n*4",
    "headers are read after the window's end": "0+2@60 1+1@60 59-61+3@121 60.5-62+2@120",
    "headers are read in another's window": "0+2@60 1+1@60 59-61+2@120 60.1-60.3+2@120",
    "a 429 is answered after the window's end": f"{FULL} 59-61x3@121 60.5-62+2@120",
    "a 429 is answered in another's window": f"{FULL} 59-61x2@120 60.1-60.3+2@120",
    "a window is named that never comes": "0+2@60 59-61+3@121 65+2@125",
    "a gateway answers, the server has counted": "0+2@60 1g 2+0@60",
    "a gateway answers before the server decides": "0-1g 40+*2 62x",
    "nodes end a window one after the other": f"{FULL} 59.97+2@120 59.99x0@60 60.02+1@120",
    "nodes end a window one after the other, no headers": "0+*3 59.97+ 59.99x 60.02+",
    "a key is revoked, its caller limited by address": "0+2@60 1u0@60 2x5/100@400 3x5/100@400",
}


@pytest.mark.parametrize("case", INNOCENT)
def test_what_is_left_open_is_no_finding(notation: ModuleType, case: str) -> None:
    """Not one finding, but for headers that the history doesn't have."""
    verdicts = check_history(notation.parse(INNOCENT[case]), 3, 60.0, fresh=True)
    assert verdicts.names <= (frozenset() if "@" in INNOCENT[case] else BARE)


# what it is -> the aspect that another client's use of the key makes undecidable, the name, and a history
SHARED: dict[str, tuple[Aspect, Name, str]] = {
    "one is counted that isn't recorded": (Aspect.HEADERS, Name.PHANTOM_COUNT, "0+2@60 1+0@60"),
    "a 429 comes too early": (Aspect.ADMISSIONS, Name.PREMATURE_429, "0+2@60 1+1@60 2x0@60"),
    "a 429 comes too early, no headers": (Aspect.ADMISSIONS, Name.PREMATURE_429, "0+*2 1x"),
    "429s go on": (Aspect.ALGORITHM, Name.WINDOW_TOO_LONG, "0+*3 60.2x 62+"),
    "429s come back": (Aspect.ALGORITHM, Name.NOT_FIXED_WINDOW, "0+*3 3x 61+ 62x"),
    "keys count together": (Aspect.ADMISSIONS, Name.KEYS_SHARING, "a:0+ b:1+ a:2+ b:3x"),
}


@pytest.mark.parametrize("case", SHARED)
def test_what_another_client_explains_is_a_doubt(notation: ModuleType, case: str) -> None:
    """Unknown unless the recorder was alone, never held; the doubt is named, with its witness."""
    aspect, name, text = SHARED[case]
    history = notation.parse(text, alone=False, fresh=True)
    judgement = next(one for one in check_history(history, 3, 60.0).judgements if one.aspect is aspect)
    assert (judgement.verdict, judgement.findings) == (Verdict.UNKNOWN, ())
    assert name in {one.name for one in judgement.doubts}
    assert judgement.doubts[0].witness
    assert "another client" in judgement.cause
    assert name in check_history(history, 3, 60.0, alone=True).names


def test_what_no_other_client_explains_is_found_all_the_same(notation: ModuleType) -> None:
    """More admissions than the limit, and counts that fall back, are nobody else's doing."""
    history = notation.parse("0+*3 30+*3 59.9+ b:0+1@60 b:1+2@60", alone=False)
    assert {Name.OVER_ADMISSION, Name.ORDER} <= check_history(history, 3, 60.0).names


def test_a_doubt_of_several_keys_does_not_hide_what_is_certain(notation: ModuleType) -> None:
    """Keys that seem to share a counter, which others would explain, are still convicted of what is certain."""
    history = notation.parse("a:0+ a:1x a:2+ a:3x a:4+ b:0+ b:1x", alone=False, fresh=True)
    assert check_history(history, 3, 60.0).names - BARE == {Name.NOT_FIXED_WINDOW}


def test_what_was_sent_before_the_recording_may_be_decided_late(notation: ModuleType) -> None:
    """A request given up before the recording began is allowed the time that every lost request is."""
    history = notation.parse("0+2@60 55+1@60 61+1@121 62+0@121 63x0@121")
    assert not check_history(history, 3, 60.0).findings
    assert check_history(history, 3, 60.0, fresh=True).findings


def test_others_do_not_make_an_impostor_of_a_fixed_window(notation: ModuleType) -> None:
    """Early 429s that another client caused speak for no other algorithm."""
    history = notation.parse("0+*2 1x 20x 40x 61+ 62x 80+", alone=False, fresh=True)
    best = identify_algorithm(history, 3, 60.0).best
    assert best is None or best in FIXED


def test_an_extra_admission_that_hangs_on_being_alone_is_a_doubt(notation: ModuleType) -> None:
    """The request that opens a window may belong to the one before, unless the counter proves that it is in."""
    history = notation.parse(f"{FULL} 59+0@60 60+2@120", alone=False, fresh=True)
    judged = check_history(history, 3, 60.0)
    assert Name.OVER_ADMISSION in {one.name for one in judged.admissions.doubts}
    assert judged.admissions.verdict is Verdict.UNKNOWN
    assert Name.OVER_ADMISSION in check_history(history, 3, 60.0, alone=True).names
