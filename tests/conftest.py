"""What all tests need of the process that they run in."""

import signal


def pytest_configure() -> None:
    """Take SIGINT again where it is ignored: a shell's background job ignores it, and so would every process we start."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
