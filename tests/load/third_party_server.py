"""A tiny HTTP server over one third-party limiter, run in a process of its own: NAME LIMIT WINDOW; prints its port.

`nginx` is nginx itself, with a configuration of ours. Everything else decides here, by the library alone: 200 or 429,
with the three headers where the library can tell what they should say.
"""

import asyncio
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from nhq.clock import SystemClock

CLOCK = SystemClock()
Said = tuple[bool, object, object]  # admitted, remaining, reset (Unix seconds); the last two as the headers show them
Decide = Callable[[str], Awaitable[Said]]


def limits(strategy: str, limit: int, window: int) -> Decide:
    from limits import RateLimitItemPerSecond
    from limits.storage import MemoryStorage
    from limits.strategies import STRATEGIES

    limiter, item = STRATEGIES[strategy](MemoryStorage()), RateLimitItemPerSecond(limit, window)

    async def decide(key: str) -> Said:
        admitted = limiter.hit(item, key)
        stats = limiter.get_window_stats(
            item, key
        )  # perhaps of the next window: the library can't be asked both at once
        return admitted, max(0, stats.remaining), stats.reset_time

    return decide


def throttled(using: str, limit: int, window: int) -> Decide:
    from throttled import MemoryStore, Throttled, per_duration

    quota = per_duration(timedelta(seconds=window), limit=limit, burst=limit)
    limiter = Throttled(using=using, quota=quota, store=MemoryStore())

    async def decide(key: str) -> Said:
        result = limiter.limit(key)
        return not result.limited, result.state.remaining, math.floor(CLOCK.now()) + result.state.reset_after

    return decide


def pyrate(_: str, limit: int, window: int) -> Decide:
    from pyrate_limiter import Limiter, Rate

    limiters: dict[str, Limiter] = {}

    async def decide(key: str) -> Said:
        limiter = limiters.setdefault(key, Limiter(Rate(limit, window * 1000)))
        return bool(limiter.try_acquire(key, blocking=False)), None, None

    return decide


def aiolimiter(_: str, limit: int, window: int) -> Decide:
    from aiolimiter import AsyncLimiter

    limiters: dict[str, AsyncLimiter] = {}

    async def decide(key: str) -> Said:
        limiter = limiters.setdefault(key, AsyncLimiter(limit, window))
        admitted = limiter.has_capacity()
        if admitted:
            await limiter.acquire()
        return admitted, None, None

    return decide


class Window:
    """A fixed window from the first request on, right but for what a variant of `like` makes of it."""

    def __init__(self, limit: int, window: int) -> None:
        self.limit, self.window = limit, window
        self.end: dict[str, float] = {}
        self.count: dict[str, int] = {}

    def hit(self, key: str, now: float) -> tuple[bool, int, float, float]:
        """Admitted, what is left, the window's end, and the end of the one before where this opens it."""
        before = end = self.end.get(key, -math.inf)
        if now >= end:
            self.end[key] = end = now + self.window
            self.count[key] = 0
        admitted = self.count[key] < self.limit
        self.count[key] += admitted
        return admitted, self.limit - self.count[key], end, before


def like(variant: str, limit: int, window: int) -> Decide:
    """A fixed window that is wrong in one way, as seen on real servers and gateways."""
    kept = Window(limit - 1 if variant == "one less" else limit, window)

    async def decide(key: str) -> Said:
        now = CLOCK.now()
        admitted, left, end, before = kept.hit(key, now)
        shown = math.ceil(end)
        resets: dict[str, object] = {
            "old end": math.ceil(before) if before > -math.inf and kept.count[key] == 1 and admitted else shown,
            "seconds to go": math.ceil(end - now),
            "milliseconds": round(end * 1000),
            "fraction": f"{end:.3f}",
            "no reset": None,
            "doubled": f"{shown}, {shown}",
        }
        left = left + (variant == "one less" and admitted)
        return admitted, f"{left}, {left}" if variant == "doubled" else left, resets.get(variant, shown)

    return decide


def bucket(_: str, limit: int, window: int) -> Decide:
    """A token bucket; its reset is when it will be full."""
    state: dict[str, tuple[float, float]] = {}

    async def decide(key: str) -> Said:
        now = CLOCK.now()
        tokens, then = state.get(key, (float(limit), now))
        tokens = min(limit, tokens + (now - then) * limit / window)
        admitted = tokens >= 1
        state[key] = (tokens - admitted, now)
        return admitted, math.floor(tokens - admitted), math.ceil(now + (limit - tokens) * window / limit)

    return decide


def blocking(_: str, limit: int, window: int) -> Decide:
    """A sliding log that blocks a key for a whole window after its first excess."""
    logs: dict[str, list[float]] = {}
    blocked: dict[str, float] = {}

    async def decide(key: str) -> Said:
        now = CLOCK.now()
        log = logs[key] = [at for at in logs.get(key, []) if at > now - window]
        if now >= blocked.get(key, 0.0) and len(log) >= limit:
            blocked[key], logs[key] = now + window, []
        if now < blocked.get(key, 0.0):
            return False, None, None
        log.append(now)
        return True, None, None

    return decide


LIBRARIES: dict[str, Callable[[str, int, int], Decide]] = {
    "limits": limits,
    "throttled": throttled,
    "pyrate": pyrate,
    "aiolimiter": aiolimiter,
    "like": like,
    "bucket": bucket,
    "blocking": blocking,
}


async def serve(decide: Decide, limit: int) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await read_head(reader):
            key = next(line for line in head.split("\r\n") if line.lower().startswith("authorization"))
            admitted, left, reset = await decide(key.split()[-1])
            declared = f"{limit}, {limit}" if isinstance(left, str) else limit
            shown = {"X-RateLimit-Limit": declared, "X-RateLimit-Remaining": left, "Content-Length": 0}
            shown |= {"X-RateLimit-Reset": math.ceil(reset) if isinstance(reset, float) else reset}
            lines = [
                f"HTTP/1.1 {'200 OK' if admitted else '429 No'}",
                *(f"{n}: {v}" for n, v in shown.items() if v is not None),
            ]
            writer.write("\r\n".join([*lines, "", ""]).encode())
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def read_head(reader: asyncio.StreamReader) -> str:
    try:
        return (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except (asyncio.IncompleteReadError, ConnectionError):
        return ""


def serve_slowapi(strategy: str, limit: int, window: int) -> None:
    import uvicorn
    from slowapi import Limiter
    from slowapi.errors import RateLimitExceeded
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    limiter = Limiter(key_func=lambda request: request.headers["authorization"], strategy=strategy)

    @limiter.limit(f"{limit}/{window} second")
    async def root(request: Request) -> Response:
        return Response()

    app = Starlette(routes=[Route("/", root)])
    app.state.limiter = limiter
    app.add_exception_handler(RateLimitExceeded, lambda request, problem: Response(status_code=429))
    config = uvicorn.Config(app, port=0, log_config=None, access_log=False)
    listener = config.bind_socket()
    print(listener.getsockname()[1], flush=True)
    uvicorn.Server(config).run(sockets=[listener])


NGINX = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log crit;
events {{ worker_connections 256; }}
http {{
  access_log off; client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  limit_req_zone $http_authorization zone=keys:1m rate={rate}r/s; limit_req_status 429;
  server {{
    listen 127.0.0.1:{port};
    location / {{ {limit} root {folder}; try_files /page =404; }}
  }}
}}
"""


def serve_nginx(burst: str, limit: int, window: int) -> None:
    """Replace this process by nginx on a free port; "burst" lets a whole allowance through at once, "smooth" one."""
    import socket

    folder = Path(tempfile.mkdtemp(prefix="nhq-nginx-"))
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    rule = f"limit_req zone=keys burst={limit - 1} nodelay;" if burst == "burst" else "limit_req zone=keys;"
    (folder / "page").write_text("{}")
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, rate=limit // window, limit=rule, port=port))
    subprocess.run(["nginx", "-t", "-q", "-c", str(folder / "nginx.conf")], check=True)
    print(port, flush=True)
    os.execvp("nginx", ["nginx", "-c", str(folder / "nginx.conf")])


def main() -> None:
    name, variant, limit, window = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    if name == "slowapi":
        serve_slowapi(variant, limit, window)
    elif name == "nginx":
        serve_nginx(variant, limit, window)
    else:
        asyncio.run(serve(LIBRARIES[name](variant, limit, window), limit))


if __name__ == "__main__":
    main()
