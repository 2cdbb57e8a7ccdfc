"""A forward proxy that wants a user and a password: CONNECT for https, absolute addresses for http."""

import asyncio
from base64 import b64encode
from contextlib import suppress
from urllib.parse import urlsplit

from proxy import Proxy, head, read

HOSTS = ("localhost", "127.0.0.1")


class Forward(Proxy):
    """Leads to any port of loopback; `seen` has the first line of each request that it let through."""

    def __init__(self, user: str, password: str, port: int = 0) -> None:
        super().__init__(0, lambda answer: answer, port)
        self._wanted = "Basic " + b64encode(f"{user}:{password}".encode()).decode()
        self.seen = list[str]()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        first, headers, body = await read(reader, until_end=False)
        method, where, version = first.split(" ")
        told = {name.lower(): value for name, value in headers}
        if told.get("proxy-authorization") != self._wanted:
            writer.write(head("HTTP/1.1 407 Who are you?", (("Content-Length", "0"),)))
            return True
        self.seen.append(first)
        parts = urlsplit(where if "//" in where else f"//{where}")
        assert parts.hostname in HOSTS
        behind, into = await asyncio.open_connection("127.0.0.1", parts.port)
        if method == "CONNECT":
            writer.write(head(f"{version} 200 Go on", ()))
        else:
            path = parts._replace(scheme="", netloc="").geturl()
            kept = tuple(pair for pair in headers if not pair[0].lower().startswith(("proxy-", "connection")))
            into.write(head(f"{method} {path} {version}", (*kept, ("Connection", "close"))) + body)
        with suppress(asyncio.CancelledError):
            await asyncio.gather(pour(reader, into), pour(behind, writer))
        return False


async def pour(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """Hand on bytes as they come, up to the end."""
    with suppress(ConnectionError):
        while data := await source.read(65_536):
            sink.write(data)
            await sink.drain()
    sink.close()
