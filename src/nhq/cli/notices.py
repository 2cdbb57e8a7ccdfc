"""Notices that a command prints once, on stderr, before it sends anything."""

import os
import sys

from nhq.client.connection import ignored_proxies


def tell_ignored_proxies() -> None:
    """Name the proxy variables of the environment: no run uses them."""
    if line := ignored_proxies(os.environ):
        print(f"nhq: {line}", file=sys.stderr)
