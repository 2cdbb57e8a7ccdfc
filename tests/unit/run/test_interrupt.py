"""The first Ctrl-C or SIGTERM stops the tests, the second everything."""

import signal

import pytest

from nhq.run.interrupt import Interrupts


def press(number: signal.Signals = signal.SIGINT) -> None:
    signal.raise_signal(number)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_stops_the_tests(number):
    """It comes as KeyboardInterrupt, and the run may still be finished."""
    with Interrupts() as interrupts:
        with pytest.raises(KeyboardInterrupt):
            press(number)
        interrupts.finish()
    assert interrupts.count == 1


def test_a_first_while_reports_are_written_lets_them_be_written():
    """It is counted, for the exit code."""
    with Interrupts() as interrupts:
        interrupts.finish()
        press()
    assert interrupts.count == 1


def test_the_second_stops_everything_at_any_time():
    """Also while reports are written; the next one would end the process on the spot."""
    with Interrupts() as interrupts:
        interrupts.finish()
        press()
        with pytest.raises(KeyboardInterrupt):
            press(signal.SIGTERM)
        assert signal.getsignal(signal.SIGINT) is signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_second_that_was_swallowed_is_remembered():
    """pytest catches interrupts: who pressed twice wants no reports."""
    with Interrupts() as interrupts:
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                press()
        with pytest.raises(KeyboardInterrupt):
            interrupts.finish()


def test_the_handler_before_is_put_back():
    """Whoever runs this in their own process keeps their handler."""
    before = signal.getsignal(signal.SIGINT)
    with Interrupts():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before
