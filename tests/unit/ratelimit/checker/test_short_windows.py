"""Windows from the first request on that are too short, although no request ever came too early to show it."""

from types import ModuleType

import pytest

from nhq.model import Verdict
from nhq.ratelimit import Name, check_history
from nhq.ratelimit.checker.anomalies import Verdicts

#: Windows of 50 s that are asked for again after 63, 71 and 66 s.
SHORT = "0+2@50 1+1@50 63+2@113 71+1@113 134+2@184 200+2@250"
#: What an honest server may look like.
HONEST = {
    "a minute from the first request, cut to the second": "0+2@59 63+2@122 134+2@193 200+2@259",
    "a grid: whole minutes apart": "0+2@50 60+2@110 180+2@230 240+2@290",
    "a grid, asked at any time": "0+2@20 63+2@80 134+2@140 200+2@260",
    "a phase that a restart changes": "0+2@50 63+2@110 134+2@170 200+2@245",
    "two windows only": "0+2@50 63+2@113",
    "an answer that came late hides an opening": (
        "0-80+2@130 20+1@60 70-150+2@200 90+1@130 140-220+2@270 160+1@200 210+2@270"
    ),
}


def judged(notation: ModuleType, text: str, alone: bool = True, skew: float | None = 1.0) -> Verdicts:
    """The verdicts on a limit of 3 per 60 s."""
    return check_history(notation.parse(text, fresh=True, alone=alone), 3, 60.0, skew=skew)


def test_a_window_that_is_always_short_is_found_without_a_request_too_early(notation: ModuleType) -> None:
    """Resets on no grid show a window that its first request opens; 50 s after that it ends, and not 60."""
    verdicts = judged(notation, SHORT)
    assert verdicts.names == {Name.WINDOW_TOO_SHORT}
    (found,) = verdicts.algorithm.findings
    assert found.expected == "Reset 60 s after the request that opens a window (clocks within 1 s)"
    assert found.actual == "50.0 s after it at most, in each of 4 windows"
    assert len(found.witness) == 3


def test_a_clock_that_is_not_known_may_be_as_much_behind(notation: ModuleType) -> None:
    """Without --skew the server's clock explains it: reset is unknown, and says by how much."""
    verdicts = judged(notation, SHORT, skew=None)
    assert not verdicts.findings
    assert verdicts.reset.verdict is Verdict.UNKNOWN
    assert "say --skew" in verdicts.reset.cause


def test_another_client_may_have_opened_the_windows(notation: ModuleType) -> None:
    """Whoever isn't alone has a doubt, not a finding."""
    verdicts = judged(notation, SHORT, alone=False)
    assert not verdicts.findings
    assert [one.name for one in verdicts.algorithm.doubts] == [Name.WINDOW_TOO_SHORT]


@pytest.mark.parametrize("case", HONEST)
def test_what_an_honest_server_may_do_is_no_short_window(notation: ModuleType, case: str) -> None:
    """Every anchor that is left open, restarts, and answers that came late."""
    assert Name.WINDOW_TOO_SHORT not in judged(notation, HONEST[case]).names
