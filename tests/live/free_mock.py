"""The bundled mock as a live server whose clock is minutes ahead and which takes many variants together.

`python free_mock.py FOLDER SEED SECONDS`: where target.toml and keys.env go, which variants, how far ahead.
"""

import sys
from pathlib import Path

from nhq.clock import SystemClock
from nhq.mock.app import create_app
from nhq.mock.policies import Policies
from nhq.mock.serving import bind_socket, serve_app, url_of
from nhq.mock.target_writer import write_target_folder
from nhq.mutation.variants.catalogue import combine_variants

FOLDER, SEED, AHEAD = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])


class Ahead(SystemClock):
    """A clock that somebody set wrong."""

    def now(self) -> float:
        return super().now() + AHEAD


policies = Policies()
for variant in combine_variants(SEED):
    policies = variant.apply(policies)
app = create_app(limit=400, window=4, clock=Ahead(), policies=policies)
listener = bind_socket(0)
write_target_folder(FOLDER, url_of(listener), app)
serve_app(app, listener, lambda: print("ready", flush=True))
