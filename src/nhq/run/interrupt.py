"""Ctrl-C, or SIGTERM: the first ends the tests and lets the reports be written, the second ends everything."""

import signal
from types import FrameType
from typing import Any

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """SIGINT and SIGTERM for the length of a `with` block, in the main thread.

    The first raises KeyboardInterrupt, unless the run is `finishing`: then it is counted, and what is being written is
    written to its end. The second always raises KeyboardInterrupt; from then on the system's own handler, which ends
    the process on the spot, is back.
    """

    def __init__(self) -> None:
        self.count = 0
        self.finishing = False
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> "Interrupts":
        self._before = {one: signal.signal(one, self._come) for one in _SIGNALS}
        return self

    def __exit__(self, *args: object) -> None:
        for one, handler in self._before.items():
            signal.signal(one, handler)

    def finish(self) -> None:
        """The tests are over. Raises KeyboardInterrupt when nobody wants to wait for reports any more."""
        self.finishing = True
        if self.count > 1:
            raise KeyboardInterrupt

    def _come(self, number: int, frame: FrameType | None) -> None:
        self.count += 1
        if self.count > 1:
            for one in _SIGNALS:
                signal.signal(one, signal.SIG_DFL)
            raise KeyboardInterrupt
        if not self.finishing:
            raise KeyboardInterrupt
