"""A second server of the contract, written by hand and by other choices wherever the contract leaves one.

Numbers for ids, plain positions for cursors, windows of the wall clock, limits clamped instead of refused, 409 for a
draft that isn't ready, whole words in searches, all of a lead's overrides in an answer, times with an offset, more
members than the schemas know, previews cut with an ellipsis, 403 and 404 before 429. No control plane.
`python other_server.py PORT LIMIT WINDOW`; keys come from the environment, KEY_<LABEL>.
"""

import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from other_bodies import Answer, refuse
from other_workspace import Space, wall
from other_writes import Writes

LIMIT, WINDOW = int(sys.argv[2]), float(sys.argv[3])
RESOURCES = ("campaigns", "lead_lists", "leads", "conversations")
ALL = frozenset(f"{name}:{verb}" for name in RESOURCES for verb in ("read", "write")) | {"linkedin_accounts:read"}
KEYS: dict[str, tuple[str, frozenset[str]]] = {
    os.environ["KEY_FULL"]: ("north", ALL),
    os.environ["KEY_SECOND"]: ("north", ALL),
    os.environ["KEY_READER"]: ("north", frozenset({"leads:read"})),
    os.environ["KEY_NONE"]: ("north", frozenset()),
    os.environ["KEY_SOUTH"]: ("south", ALL),
}
LOCK = threading.RLock()
COUNTERS: dict[str, tuple[float, int]] = {}
SPACES = {"north": Space("north", 130), "south": Space("south", 24)}


class Handler(Writes, BaseHTTPRequestHandler):
    """One request at a time."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *args: Any) -> None:
        pass

    def handle_any(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with LOCK:
            headers = {"X-RateLimit-Limit": str(LIMIT), "X-RateLimit-Remaining": str(LIMIT)}
            headers["X-RateLimit-Reset"] = str(round(wall() + WINDOW))
            try:
                raise self.answer(raw, headers)
            except Answer as answer:
                body = json.dumps(answer.body).encode()
                self.send_response(answer.status)
        for name, value in {**headers, "Content-Type": "application/json; charset=utf-8"}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else body)

    def answer(self, raw: bytes, headers: dict[str, str]) -> Answer:
        scheme, _, token = (self.headers.get("Authorization") or "").partition(" ")
        known = KEYS.get(token.strip()) if scheme.lower() == "bearer" else None
        if known is None:
            return refuse(401, "who")
        admitted = self.count(token.strip(), headers)
        parts = urlsplit(self.path)
        steps = [unquote(step) for step in parts.path.strip("/").split("/")]
        space, scopes = SPACES[known[0]], known[1]
        name, scope = self.route(steps)
        if scope not in scopes:
            return refuse(403, "scope")
        if not admitted:
            return refuse(429, "slow_down")
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        try:
            result: Answer = getattr(self, name)(space, steps, query, raw)
            return result
        except Answer as early:
            return early

    def count(self, token: str, headers: dict[str, str]) -> bool:
        now = wall()
        start = now - now % WINDOW
        begun, used = COUNTERS.get(token, (start, 0))
        used = used if begun == start else 0
        COUNTERS[token] = (start, min(used + 1, LIMIT + 1))
        headers["X-RateLimit-Remaining"] = str(max(0, LIMIT - used - 1))
        headers["X-RateLimit-Reset"] = str(round(start + WINDOW))
        return used < LIMIT

    def route(self, steps: list[str]) -> tuple[str, str]:
        pattern = "/".join([steps[0], *("{}" if n % 2 else step for n, step in enumerate(steps[1:], 1))])
        found = ROUTES.get((self.command, pattern))
        if found is None:
            raise refuse(405 if any(p == pattern for _, p in ROUTES) else 404, "route")
        return found


for verb in ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"):
    setattr(Handler, f"do_{verb}", Handler.handle_any)

ROUTES = {
    ("GET", "campaigns"): ("campaigns", "campaigns:read"),
    ("POST", "campaigns/{}/actions"): ("act", "campaigns:write"),
    ("GET", "campaigns/{}/leads"): ("campaign_leads", "campaigns:read"),
    ("PUT", "campaigns/{}/leads/{}/message-overrides"): ("save", "campaigns:write"),
    ("GET", "linkedin_accounts"): ("accounts", "linkedin_accounts:read"),
    ("GET", "lead_lists"): ("lists", "lead_lists:read"),
    ("POST", "lead_lists"): ("make_lists", "lead_lists:write"),
    ("GET", "lead_lists/{}"): ("one_list", "lead_lists:read"),
    ("GET", "lead_lists/{}/leads"): ("list_members", "leads:read"),
    ("POST", "lead_lists/{}/leads"): ("bring_in", "leads:write"),
    ("GET", "leads"): ("leads", "leads:read"),
    ("GET", "leads/{}"): ("one_lead", "leads:read"),
    ("POST", "leads/{}/enrich"): ("enrich", "leads:write"),
    ("GET", "conversations"): ("conversations", "conversations:read"),
    ("GET", "conversations/{}"): ("one_conversation", "conversations:read"),
    ("POST", "conversations/{}/messages"): ("send_text", "conversations:write"),
}

if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()
