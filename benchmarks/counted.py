"""The mock, counting its requests: `python -m benchmarks.counted FOLDER LIMIT [FAULT]`, for benchmarks.peers.

Writes the handoff into FOLDER and, when it is told to end, the number of requests into FOLDER/requests. What is no HTTP
is not counted.
"""

import sys
from pathlib import Path
from typing import Any

from nhq.clock import SystemClock
from nhq.mock.app import App, create_app
from nhq.mock.serving import bind_socket, serve_app, url_of
from nhq.mock.target_writer import write_target_folder
from nhq.mutation.faults.catalogue import find_fault


class Counted(App):
    """An app that counts."""

    requests = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.requests += scope["type"] == "http"
        await super().__call__(scope, receive, send)


def main() -> None:
    """Serve until SIGTERM."""
    folder, limit, faults = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    made = create_app(1, limit, clock=SystemClock(), lies=lambda ident: find_fault(ident).apply)
    app = Counted(made.engine, made.landmarks, made.control, made.lies)
    for fault in faults:
        app.lies.switch(fault, True)
    listener = bind_socket(0)
    write_target_folder(folder, url_of(listener), app)
    serve_app(app, listener, lambda: print(f"ready: {url_of(listener)}", flush=True))
    (folder / "requests").write_text(str(app.requests))


if __name__ == "__main__":
    main()
