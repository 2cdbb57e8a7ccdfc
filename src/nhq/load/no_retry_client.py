"""Locust's fast HTTP client, made to send each request once.

geventhttpclient sends a GET or PUT again, silently, when the connection closes before an answer: as often as its pool
is large, plus one, whatever `max_retries` says. The server has counted each of them; a history that doesn't hold them
convicts the innocent. The number of attempts is derived from the pool's `size`, which nothing else reads once its
semaphore is made; minus one leaves none. tests/load proves it against a server that closes connections.
"""

from typing import Any

from gevent.socket import socket
from geventhttpclient.client import HTTPClient, HTTPClientPool
from geventhttpclient.connectionpool import ConnectionPool
from geventhttpclient.url import URL

_NO_MORE_ATTEMPTS = -1


class OncePool(HTTPClientPool):
    """A pool of connections for one key, `address` (an address of this machine) as their source where given."""

    def __init__(self, address: str = "", **options: Any) -> None:
        super().__init__(**options)
        self._address = address

    def get_client(self, url: str | URL) -> HTTPClient:
        """The client for a server."""
        client = super().get_client(url)
        pool = client._connection_pool
        if pool.size != _NO_MORE_ATTEMPTS:
            pool.size = _NO_MORE_ATTEMPTS
            if self._address:
                _bind_to(pool, self._address)
        return client

    def warm(self, url: str, count: int) -> None:
        """Open up to `count` connections, so that a burst needn't. Failures are left for the requests to meet."""
        pool = self.get_client(url)._connection_pool
        opened: list[socket] = []
        try:
            while len(opened) < count and not pool._semaphore.locked():
                opened.append(pool.get_socket())
        except OSError:
            pass
        finally:
            for sock in opened:
                pool.return_socket(sock)


def _bind_to(pool: ConnectionPool, address: str) -> None:
    make = pool._create_tcp_socket

    def bound(family: int, kind: int, protocol: int) -> socket:
        made = make(family, kind, protocol)
        made.bind((address, 0))
        return made

    vars(pool)["_create_tcp_socket"] = bound
