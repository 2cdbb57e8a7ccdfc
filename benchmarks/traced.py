"""The mock, remembering which of its lines each test reaches: `python -m benchmarks.traced --write-target FOLDER`.

Adds POST /__control/trace to the control plane: {"test": name} begins a test, {} returns all that was seen.
"""

import sys
from pathlib import Path
from typing import Any

from benchmarks.reached_lines import ReachedLines
from nhq import mock
from nhq.clock import ManualClock
from nhq.mock.app import create_app
from nhq.mock.serving import bind_socket, serve_app, url_of
from nhq.mock.target_writer import write_target_folder
from nhq.mutation.faults.catalogue import find_fault


def controlled(lines: ReachedLines, given: dict[str, Any]) -> Any:
    """Begin a test, or tell."""
    if "test" not in given:
        return lines.reach
    lines.begin(given["test"])
    return {}


def main() -> None:
    """Serve until SIGTERM."""
    folder, lines = Path(sys.argv[sys.argv.index("--write-target") + 1]), ReachedLines(Path(mock.__file__).parent)
    app = create_app(1, clock=ManualClock(), control_token="traced", lies=lambda ident: find_fault(ident).apply)
    assert app.control is not None
    app.control.routes["POST", "/trace"] = lambda given: controlled(lines, given)
    listener = bind_socket(0)
    write_target_folder(folder, url_of(listener), app)
    sys.settrace(lines.enter)
    serve_app(app, listener, lambda: print("ready", flush=True))


if __name__ == "__main__":
    main()
