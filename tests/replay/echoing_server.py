"""A server that says the caller's key, and a person's data, wherever an answer has room for them.

It stands before a mock: `python echoing_server.py MOCK_PORT MODE` prints its own port. In mode `polite` all that the
contract promises is kept: it adds headers, members, a reason phrase, cookies; its cursors and some of its ids hold a
person's address. In mode `rude` every third answer breaks promises as well, and says the same things in breaking them.
"""

import http.client
import itertools
import json
import re
import sys
import threading
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote

PERSON, MAIL, PHONE = "Zyxofiel", "zyxofiel.kanar@quuxbrandt.test", "4915123456789"
TEXT = "Wyvernmoot at seven, bring the zibeline papers"
#: What must be found nowhere, each word by itself.
CANARIES = {PERSON, MAIL, PHONE, TEXT, "kanar", "quuxbrandt", "zibeline", "Wyvernmoot"}
_ID = re.compile(rb'"(conv|list)_([0-9a-f]{20})"')
_NAMED = re.compile(rb"(conv|list)\.zyxofiel\.kanar@quuxbrandt\.test\.([0-9a-f]{20})")
_QUOTED = re.compile(rb"%40")
_CURSOR = re.compile(r"([?&]cursor=)([\w-]{40,})")


def spellings(key: str) -> list[str]:
    """The key as servers may say it."""
    raw = key.encode()
    packed = [b64encode(before + raw + b":x").decode() for before in (b"", b"a", b"ab", b"Bearer ")]
    escaped = ["".join(f"%{byte:02x}" for byte in raw), "".join(f"\\u{byte:04x}" for byte in raw), quote(key, safe="")]
    return [
        key,
        key.upper(),
        f"Bearer {key}",
        *packed,
        urlsafe_b64encode(raw).decode().rstrip("="),
        raw.hex(),
        *escaped,
    ]


def named(body: bytes) -> bytes:
    """Ids that hold an address, and cursors that hold a name."""
    body = _ID.sub(rb'"\1.zyxofiel.kanar@quuxbrandt.test.\2"', body)
    return re.sub(rb'("next_cursor":")([^"]+)', lambda found: found[1] + _wrapped(found[2]), body)


def unnamed(text: bytes) -> bytes:
    """A request with the ids and cursors of the mock."""
    plain = _NAMED.sub(rb"\1_\2", _QUOTED.sub(b"@", text) if b"%40" in text else text)
    return _CURSOR.sub(lambda found: found[1] + _unwrapped(found[2]), plain.decode("latin-1")).encode("latin-1")


def _wrapped(cursor: bytes) -> bytes:
    return urlsafe_b64encode(json.dumps({"after": PERSON, "phone": PHONE, "c": cursor.decode()}).encode()).rstrip(b"=")


def _unwrapped(cursor: str) -> str:
    try:
        return str(json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))["c"])
    except (ValueError, KeyError, TypeError):
        return cursor


class Handler(BaseHTTPRequestHandler):
    """Asks the mock, and says more than it did."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "Echo"

    def log_message(self, *args: Any) -> None:
        pass

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        good = http.client.HTTPConnection("127.0.0.1", self.server.good, timeout=20)
        sent = {name: value for name, value in self.headers.items() if name in ("Authorization", "Content-Type")}
        path = unnamed(self.path.encode("latin-1")).decode("latin-1")
        good.putrequest(self.command, path, skip_accept_encoding=True)
        body = unnamed(body)
        for name, value in {**sent, "Content-Length": str(len(body))}.items():
            good.putheader(name, value)
        good.endheaders(body)
        came = good.getresponse()
        headers = [pair for pair in came.getheaders() if pair[0].lower() not in ("content-length", "content-type")]
        self.say(came.status, headers, came.read())
        good.close()

    def say(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        key = self.headers.get("Authorization", "").split(" ")[-1] or "nobody"
        kind = f'application/json; profile="{key} {PERSON}"'
        told = self.body(key, body)
        turn = next(self.server.turns)
        if self.server.rude and turn % 3 == 0:
            status, headers, kind, told = rude(turn // 3, key, status, headers, kind, told)
        lines = [f"HTTP/1.1 {status} {key} {PERSON} {PHONE}", *(f"{name}: {value}" for name, value in headers)]
        lines += [f"Content-Type: {kind}", f"Content-Length: {len(told)}", *extra(key)]
        self.wfile.write("\r\n".join([*lines, "", ""]).encode("latin-1", "replace"))
        if self.command != "HEAD":
            self.wfile.write(told)

    def body(self, key: str, body: bytes) -> bytes:
        """The answer with more members in it."""
        try:
            value = json.loads(named(body))
        except ValueError:
            return body
        if isinstance(value, dict):
            value |= {key: PERSON, PERSON: key, "said": spellings(key), "call": int(PHONE), "trace_id": key, "at": TEXT}
            error = value.get("error")
            if isinstance(error, dict):
                error |= {"message": f"{error.get('message')}: {PERSON} {key} {TEXT}", "hint": MAIL, "person_id": MAIL}
        return json.dumps(value).encode()


def extra(key: str) -> Iterator[str]:
    """Headers of no promise."""
    for number, said in enumerate([*spellings(key), PERSON, MAIL, PHONE, TEXT]):
        yield f"X-Said-{number}: {said}"
    yield f"X-{re.sub('[^A-Za-z0-9]', '-', key)}: {PERSON}"
    yield f"Set-Cookie: session={key}; Path=/"
    yield f"Location: /{key}?who={quote(MAIL)}"
    yield f'WWW-Authenticate: Bearer realm="{key} {PERSON}"'
    yield f"Allow: {PERSON}, GET"
    yield f"Retry-After: {PHONE}"
    yield f"Prefer: {MAIL}"


def rude(
    turn: int, key: str, status: int, headers: list[tuple[str, str]], kind: str, body: bytes
) -> tuple[int, list[tuple[str, str]], str, bytes]:
    """An answer that breaks promises, another one each time."""
    page = (
        f"<html><title>{key} {PERSON}</title>{MAIL} {b64encode(key.encode()).decode()} {PHONE} {TEXT}</html>".encode()
    )
    error = {"code": key, "message": f"{PERSON} {key}", PERSON: key, "details": [{"field": key, "message": PERSON}]}
    row = {"id": MAIL, "name": key, "status": PERSON, "campaign_id": PHONE, "createdAt": TEXT, "lead_count": int(PHONE)}
    pages = {
        "data": [row],
        "pagination": {"limit": int(PHONE), "has_more": True, "next_cursor": _wrapped(key.encode()).decode()},
    }
    worse = [(name, {0: PHONE, 1: key, 2: f"{PERSON} {value}"}[turn % 3]) for name, value in headers]
    choices = [
        (status, headers, "text/html", page),
        (400, headers, kind, json.dumps({"error": error}).encode()),
        (500, headers, kind, json.dumps({"error": {"code": PERSON, "message": key}}).encode()),
        (status, worse, kind, body),
        (status, headers, f"application/{PERSON}", body),
        (200, headers, kind, json.dumps(pages).encode()),
        (418, headers, kind, json.dumps({key: PERSON}).encode()),
        (502, [], "text/html", page),
    ]
    return choices[turn % len(choices)]


for verb in ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"):
    setattr(Handler, f"do_{verb}", Handler.handle_any)


class Echo(ThreadingHTTPServer):
    """On a free port of loopback."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, good: int, rude: bool) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.good, self.rude, self.turns = good, rude, itertools.count(1)

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


if __name__ == "__main__":
    server = Echo(int(sys.argv[1]), sys.argv[2] == "rude")
    print(server.server_address[1], flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()  # until whoever started it ends
