"""What a command says once, on stderr, before it sends anything."""

import os
import sys

from nhq.client.connection import ignored_proxies


def tell_ignored_proxies() -> None:
    """Name the proxies of the environment, which no run uses."""
    if line := ignored_proxies(os.environ):
        print(f"nhq: {line}", file=sys.stderr)
