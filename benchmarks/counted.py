"""The mock, counting its requests: `python -m benchmarks.counted FOLDER LIMIT [FAULT]`, for benchmarks.peers.

Writes the handoff into FOLDER and, when it is told to end, the number of requests into FOLDER/requests. What is no HTTP
is not counted.
"""

import sys
from pathlib import Path
from typing import Any

from nhq.clock import SystemClock
from nhq.faults.catalogue import find
from nhq.server.app import App, create_app
from nhq.server.handoff import write_handoff
from nhq.server.serving import bind, serve, url_of


class Counted(App):
    """An app that counts."""

    requests = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.requests += scope["type"] == "http"
        await super().__call__(scope, receive, send)


def main() -> None:
    """Serve until SIGTERM."""
    folder, limit, faults = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    made = create_app(1, limit, clock=SystemClock(), lies=lambda ident: find(ident).apply)
    app = Counted(made.engine, made.landmarks, made.control, made.lies)
    for fault in faults:
        app.lies.switch(fault, True)
    listener = bind(0)
    write_handoff(folder, url_of(listener), app)
    serve(app, listener, lambda: print(f"ready: {url_of(listener)}", flush=True))
    (folder / "requests").write_text(str(app.requests))


if __name__ == "__main__":
    main()
