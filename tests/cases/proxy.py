"""A proxy that alters every answer of the server behind it.

`python tests/cases/proxy.py PORT BACKEND MODE`: MODE is a name in permitted.py, forbidden.py or trouble.py; or
`session` or `sessionfirst`: a cookie for whoever came with a key, which is believed where no key comes, or before it.
From a test: `with Proxy(backend, alter) as proxy`, on a free port of loopback, in a thread of its own.
"""

import asyncio
import ssl
import sys
import threading
from collections.abc import Callable, Coroutine
from dataclasses import replace
from random import Random
from typing import Any, TypeVar

from answers import Answer, Asked, Headers, plus
from forbidden import FORBIDDEN
from permitted import PERMITTED
from trouble import TROUBLE

Alter = Callable[[Answer], Answer]
HOP = ("connection", "transfer-encoding", "content-length", "expect")
LARGEST = 2**22
T = TypeVar("T")


def alteration(mode: str) -> Alter:
    """What a mode does. Raises KeyError for one that isn't there."""
    if mode in ("session", "sessionfirst"):
        return Sessions(first=mode == "sessionfirst").alter
    if mode in PERMITTED:
        return PERMITTED[mode]
    return FORBIDDEN[mode].alter if mode in FORBIDDEN else TROUBLE[mode].alter


class Sessions:
    """A server that gives a cookie to whoever came with a key, and believes it later, as many do."""

    def __init__(self, first: bool) -> None:
        self.first, self._keys = first, dict[str, str]()

    def alter(self, answer: Answer) -> Answer:
        if answer.status >= 300 or not answer.asked.authorization:
            return answer
        word = f"{len(self._keys):06x}"
        self._keys[word] = answer.asked.authorization
        return plus(answer, ("Set-Cookie", f"sid={word}; Path=/; HttpOnly"))

    def believed(self, headers: Headers) -> Headers:
        """What the server takes a request for: its cookie stands for a key."""
        told = {name.lower(): value for name, value in headers}
        key = self._keys.get(told.get("cookie", "").partition("sid=")[2].partition(";")[0])
        if key is None or ("authorization" in told and not self.first):
            return headers
        return (*(pair for pair in headers if pair[0].lower() != "authorization"), ("Authorization", key))


class Proxy:
    """Stands on loopback before the server at `backend`, until the `with` block is left; `port` 0 takes a free one."""

    def __init__(self, backend: int, alter: Alter, port: int = 0) -> None:
        self._backend, self.alter, self.port = backend, alter, port
        self.context: ssl.SSLContext | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._chance = Random(7)

    def __enter__(self) -> "Proxy":
        self._thread.start()
        listening = asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=LARGEST, ssl=self.context)
        server = self._on_loop(listening)
        self.port = server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        self._on_loop(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait(self) -> None:
        """Serve until the process is ended."""
        self._thread.join()

    def _on_loop(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _end(self) -> None:
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client is gone, or the test is over
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Hand on one request and its answer. Will there be another on this connection?"""
        first, headers, body = await read(reader, until_end=False)
        answer = await self._ask(first, headers, body)
        altered = self.alter(answer)
        writer.write(spelt(altered))
        await writer.drain()
        return altered.framing != "eof" and not altered.close

    async def _ask(self, first: str, headers: Headers, body: bytes) -> Answer:
        sessions = getattr(self.alter, "__self__", None)
        if isinstance(sessions, Sessions):
            headers = sessions.believed(headers)
        reader, writer = await asyncio.open_connection("127.0.0.1", self._backend, limit=LARGEST)
        own = (("Content-Length", str(len(body))), ("Connection", "close"))
        kept = tuple(pair for pair in headers if pair[0].lower() not in HOP)
        writer.write(head(first, (*kept, *own)) + body)
        status, came, said = await read(reader, until_end=True)
        writer.close()
        method, target, _ = first.split(" ", 2)
        told = {name.lower(): value for name, value in headers}
        _, code, reason = (*status.split(" ", 2), "")[:3]
        asked = Asked(method, target, told.get("authorization", ""))
        shown = tuple(pair for pair in came if pair[0].lower() not in HOP)
        return Answer(asked, int(code), reason, shown, said, self._chance)


def head(first: str, headers: Headers) -> bytes:
    """The first line and the headers, as they are sent."""
    return "\r\n".join([first, *(f"{name}: {value}" for name, value in headers), "", ""]).encode("latin-1")


def spelt(answer: Answer) -> bytes:
    """An answer as it is sent, by its framing."""
    if answer.status in (204, 304):
        answer = replace(answer, body=b"", framing="eof" if answer.framing == "eof" else "none")
    framed = {
        "length": (("Content-Length", str(len(answer.body))),),
        "chunked": (("Transfer-Encoding", "chunked"),),
    }.get(answer.framing, ())
    first = f"{answer.version} {answer.status} {answer.reason}"
    body = chunked(answer.body) if answer.framing == "chunked" else answer.body
    return answer.before + head(first, (*answer.headers, *framed)) + body


def chunked(body: bytes, size: int = 1000) -> bytes:
    """A body in chunks with an extension each, and a trailer."""
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    told = b"".join(b'%X;ext="q"\r\n%s\r\n' % (len(part), part) for part in parts)
    return told + b"0\r\nX-Trailer: yes\r\n\r\n"


async def read(reader: asyncio.StreamReader, until_end: bool) -> tuple[str, Headers, bytes]:
    """The first line, the headers and the body of a message; without a length up to the end, or none."""
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")[:-2]
    pairs = (line.partition(":") for line in lines[1:])
    headers = tuple((name, value.strip()) for name, _, value in pairs)
    told = {name.lower(): value for name, value in headers}
    if "chunked" in told.get("transfer-encoding", ""):
        body = await _chunks(reader)
    elif "content-length" in told:
        body = await reader.readexactly(int(told["content-length"]))
    else:
        body = await reader.read() if until_end else b""
    return lines[0], headers, body


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int((await reader.readline()).split(b";")[0], 16):
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readexactly(2)
    return body


if __name__ == "__main__":
    with Proxy(int(sys.argv[2]), alteration(sys.argv[3]), int(sys.argv[1])) as standing:
        standing.wait()
