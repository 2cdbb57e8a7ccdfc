"""The bundled mock as a live server whose clock is minutes ahead and which takes many liberties together.

`python free_mock.py FOLDER SEED SECONDS`: where target.toml and keys.env go, which liberties, how far ahead.
"""

import sys
from pathlib import Path

from nhq.clock import SystemClock
from nhq.liberties.catalogue import combination
from nhq.server.app import create_app
from nhq.server.handoff import write_handoff
from nhq.server.policies import Policies
from nhq.server.serving import bind, serve, url_of

FOLDER, SEED, AHEAD = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])


class Ahead(SystemClock):
    """A clock that somebody set wrong."""

    def now(self) -> float:
        return super().now() + AHEAD


policies = Policies()
for liberty in combination(SEED):
    policies = liberty.apply(policies)
app = create_app(limit=400, window=4, clock=Ahead(), policies=policies)
listener = bind(0)
write_handoff(FOLDER, url_of(listener), app)
serve(app, listener, lambda: print("ready", flush=True))
