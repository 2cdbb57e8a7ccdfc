"""Connection options for Locust's client: the same as the gate's, in its own names."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import gevent.ssl
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from nhq.client.connection import Connection


def connection_options(connection: Connection) -> dict[str, Any]:
    """Options of geventhttpclient's client: whose certificates are trusted, our own one, and the proxy."""
    options: dict[str, Any] = {"ssl_context_factory": lambda cafile=None: _context(connection)}
    if connection.proxy:
        parts = urlsplit(connection.proxy)
        options |= {"proxy_host": parts.hostname, "proxy_port": parts.port}
        if parts.username is not None or parts.password is not None:
            options |= {"proxy_user": unquote(parts.username or ""), "proxy_password": unquote(parts.password or "")}
    return options


def _context(connection: Connection) -> gevent.ssl.SSLContext:
    trusted = connection.ca_file or DEFAULT_CA_BUNDLE_PATH
    context = gevent.ssl.create_default_context(**{"capath" if Path(trusted).is_dir() else "cafile": trusted})
    if connection.client_cert:
        context.load_cert_chain(connection.client_cert, connection.client_key or None)
    return context
