"""What all tests need of the process that they run in."""

import signal
import sys
from pathlib import Path

# What stands between a server and the suite (tests/cases/proxy.py and its kin), for tests of any folder.
sys.path.append(str(Path(__file__).parent / "cases"))


def pytest_configure() -> None:
    """Take SIGINT again where it is ignored, as in a background job of a shell: what we start would ignore it too."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
