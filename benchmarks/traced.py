"""The mock, remembering which of its lines each test reaches: `python -m benchmarks.traced --handoff FOLDER`.

Adds POST /__control/trace to the control plane: {"test": name} begins a test, {} returns all that was seen.
"""

import sys
from pathlib import Path
from types import FrameType
from typing import Any

from nhq import server
from nhq.clock import ManualClock
from nhq.faults.catalogue import find
from nhq.server.app import create_app
from nhq.server.handoff import write_handoff
from nhq.server.serving import bind, serve, url_of

ROOT = f"{Path(server.__file__).parent}/"


class Trace:
    """Lines by test and file."""

    def __init__(self) -> None:
        self.seen: dict[str, dict[str, set[int]]] = {"": {}}
        self.now = self.seen[""]

    def control(self, given: dict[str, Any]) -> Any:
        """Begin a test, or tell."""
        if "test" in given:
            self.now = self.seen.setdefault(given["test"], {})
            return {}
        return {test: {file: sorted(lines) for file, lines in files.items()} for test, files in self.seen.items()}

    def enter(self, frame: FrameType, event: str, argument: Any) -> Any:
        """A function is called: follow its lines when it is the server's."""
        name = frame.f_code.co_filename
        if not name.startswith(ROOT):
            return None
        lines = self.now.setdefault(name[len(ROOT) :], set())
        lines.add(frame.f_lineno)

        def line(frame: FrameType, event: str, argument: Any) -> Any:
            if event == "line":
                lines.add(frame.f_lineno)
            return line

        return line


def main() -> None:
    """Serve until SIGTERM."""
    folder, trace = Path(sys.argv[sys.argv.index("--handoff") + 1]), Trace()
    app = create_app(1, clock=ManualClock(), control_token="traced", lies=lambda ident: find(ident).apply)
    assert app.control is not None
    app.control.routes["POST", "/trace"] = trace.control
    listener = bind(0)
    write_handoff(folder, url_of(listener), app)
    sys.settrace(trace.enter)
    serve(app, listener, lambda: print("ready", flush=True))


if __name__ == "__main__":
    main()
