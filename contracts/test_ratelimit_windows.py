"""Fixed windows: each lasts a minute, and begins with the whole allowance.

Not convicted: requests of other clients with the key, Reset rounded either way, clocks that differ, and 401s that no
key counts for.
"""

import pytest

from nhq.scenarios import (
    Exchange,
    Judge,
    OperationCall,
    WindowProbe,
    judge_admitted,
    judge_beyond,
    report_left_out,
    send_beyond,
    use_late,
    window_is_unshared,
)


@pytest.mark.scenario("ratelimit/whole-allowance-from-reset")
@pytest.mark.patient
@pytest.mark.elsewhere("test_sixty_are_admitted_and_no_more")
@pytest.mark.rule("RL-RENEWED-AT-RESET", "RL-EXCEEDED")
def test_whole_allowance_from_reset(judge: Judge, meters: list[WindowProbe]) -> None:
    """«using a fixed window»: what was used late in a window is no debt in the next, which has sixty and no more."""
    for meter in meters:
        use_late(meter, meter.limit, judge)
        report_left_out(judge, meter, "RL-RENEWED-AT-RESET")
        fresh = [meter.call() for _ in range(meter.limit)]
        judge_admitted(judge, "RL-RENEWED-AT-RESET", meter, fresh, f"{meter.limit} requests admitted from Reset on")
        if meter.same(fresh[0], fresh[-1]):
            judge_beyond(judge, meter, fresh, send_beyond(meter, [first_told(meter), meter.look()]))


def first_told(meter: WindowProbe) -> OperationCall:
    """A write that is answered 400 or 404, if the key may send one."""
    return next((call for call in meter.calls if call.options.get("json") is not None), meter.look())


@pytest.mark.scenario("ratelimit/window-lasts-a-minute")
@pytest.mark.patient
@pytest.mark.rule("RL-WINDOW-LENGTH")
def test_window_lasts_a_minute(judge: Judge, meter: WindowProbe) -> None:
    """«60 per minute»: Resets lie whole minutes apart, or each a minute after its window's first request.

    Where the clock runs, a window's length is measured by it, too.
    """
    windows = measured(judge, meter) if not meter.exact else begun(meter)
    if not windows or not all(meter.exclusive_keys or window_is_unshared([answer]) for answer in windows):
        return
    resets = [meter.reset(answer) for answer in windows]
    steps = [later - resets[0] for later in resets]
    expected, actual = f"windows of {meter.window:g} s", f"Resets {steps} s apart"
    judge("RL-WINDOW-LENGTH", meter.lasts(windows), windows, expected=expected, actual=actual, operation="list_leads")


def begun(meter: WindowProbe) -> list[Exchange]:
    """First answers of windows that follow each other after a pause."""
    meter.whole_second()
    windows = [meter.begin()]
    for place in (1, 2):  # pauses of two lengths: a window that is short by one of them looks right after that one only
        meter.wait_past(windows[-1], place * meter.window / 16)
        meter.whole_second()
        windows.append(meter.call(meter.look()))
    return windows


def measured(judge: Judge, meter: WindowProbe) -> list[Exchange]:
    """Judge how long a window lasts by our own clock; the answers that began windows, none where one is convicted.

    One that lies between two moments is shorter than what passed between these; one that holds two is longer. Whoever
    anchors it, and whoever else uses the key. What is found is looked for twice.
    """
    for _ in range(2):
        span = meter.span(meter.call(meter.look()))
        if not span.wrong:
            break
    expected, proof = f"a window of {meter.window:g} s", span.answers
    judge("RL-WINDOW-LENGTH", not span.wrong, proof, expected=expected, actual=span.wrong, operation="list_leads")
    return [] if span.wrong else [proof[1], proof[-1]]
