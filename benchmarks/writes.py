"""What does a write cost the mock, by the size of its body? Each write operation with 1 KB, 32 KB and 1 MB.

One connection to a running mock; quoted is the fastest of several answers. Where the contract bounds a body, blanks
between its tokens fill it up. Ends with 1 when a body of 1 MB takes more than twice as long, byte by byte, as one of
32 KB. `python -m benchmarks.writes [--quick]`
"""

import argparse
import json
import socket
import time
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any, NamedTuple

from benchmarks.mock import read_answer
from nhq.client.mock_process import mock_target
from nhq.client.target import Target

SIZES = {"1 KB": 1024, "32 KB": 32 * 1024, "1 MB": 1024 * 1024}
STEEP = 2.0  # times the cost of a byte at 32 KB that one at 1 MB may have


class Write(NamedTuple):
    """A write operation: its method and path, and the body of a size, which differs from one call to the next."""

    name: str
    line: str
    body: Callable[[int], bytes]


_number = count(1)


def padded(body: Any, size: int) -> bytes:
    """The JSON with blanks after its first character, as long as `size`."""
    text = json.dumps(body).encode()
    return text[:1] + b" " * (size - len(text)) + text[1:]


def lists(size: int) -> bytes:
    """As many lists with names of their own as fit."""
    each = len('{"name": "n000000-000000"}, ')
    batch = next(_number)
    return padded({"lead_lists": [{"name": f"n{batch:06d}-{i:06d}"} for i in range((size - 20) // each)]}, size)


def namesakes(size: int) -> bytes:
    """As many lists as fit that all ask for one name."""
    name = f"n{next(_number):06d}"
    return padded({"lead_lists": [{"name": name}] * ((size - 20) // len('{"name": "n000000"}, '))}, size)


def malformed(size: int) -> bytes:
    """As many lists without a name as fit, and one with."""
    entries: list[dict[str, str]] = [{}] * ((size - 60) // len("{}, "))
    return padded({"lead_lists": [*entries, {"name": "good"}]}, size)


def lead(size: int) -> dict[str, str]:
    """A new lead, whose summary makes it about as long as `size`."""
    url = f"https://www.linkedin.com/in/bench-{next(_number)}"
    return {"first_name": "A", "last_name": "B", "linkedin_url": url, "summary": "s" * max(0, size - 150)}


def batch(size: int) -> bytes:
    """New leads: as many as a batch may have, or fit."""
    fit = max(1, min(100, size // 160))
    return padded({"leads": [lead((size - 20) // fit) for _ in range(fit)]}, size)


def skills(size: int) -> bytes:
    """A lead with as many skills as fit, none of which is a text."""
    return padded({**lead(0), "skills": [1] * ((size - 200) // 3)}, size)


def overrides(size: int) -> bytes:
    """Ten messages as long as they may be, where they fit."""
    text = "m" * max(1, min(8000, size // 10 - 120))
    slot = {"node_type": "send_message", "message_stage": "ice_breaker", "message": text}
    return padded({"messages": [slot] * min(10, max(1, size // 200))}, size)


def toggled() -> Callable[[int], bytes]:
    """Pause and resume in turns."""
    actions = count()
    return lambda size: padded({"action": ("resume", "pause")[next(actions) % 2]}, size)


def writes(given: Mapping[str, str]) -> list[Write]:
    """What is measured."""
    campaign, into = f"/campaigns/{given['campaign_paused']}", f"POST /lead_lists/{given['list']}/leads"
    messages = f"PUT {campaign}/leads/{given['lead_enrolled']}/message-overrides"
    text = {"content": "m"}
    return [
        Write("create_lead_lists", "POST /lead_lists", lists),
        Write("create_lead_lists, one name", "POST /lead_lists", namesakes),
        Write("create_lead_lists, malformed", "POST /lead_lists", malformed),
        Write("import_leads", into, batch),
        Write("import_leads, one lead", into, lambda size: padded(lead(size), size)),
        Write("import_leads, wrong skills", into, skills),
        Write("save_message_overrides", messages, overrides),
        Write("run_campaign_action", f"POST {campaign}/actions", toggled()),
        Write("enrich_lead", f"POST /leads/{given['lead_enriched']}/enrich", lambda size: padded({}, size)),
        Write("send_message", f"POST /conversations/{given['conversation']}/messages", lambda size: padded(text, size)),
    ]


def timed(connection: socket.socket, head: bytes, body: bytes) -> float:
    """Seconds from a request's first byte to its answer's last."""
    message = b"%scontent-length: %d\r\n\r\n%s" % (head, len(body), body)
    began = time.perf_counter()
    connection.sendall(message)
    read_answer(connection)
    return time.perf_counter() - began


def measure(target: Target, write: Write, rounds: int) -> list[float]:
    """The seconds of the fastest answer for each size."""
    port = int(target.base_url.rsplit(":", 1)[1])
    lines = [f"{write.line} HTTP/1.1", "host: 127.0.0.1", "content-type: application/json"]
    head = "\r\n".join([*lines, f"authorization: Bearer {target.keys[0].secret}", ""]).encode()
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return [min(timed(connection, head, write.body(size)) for _ in range(rounds)) for size in SIZES.values()]


def main() -> int:
    """Print one row an operation; 1 when any costs more than its bytes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="three answers each instead of nine")
    rounds = 3 if parser.parse_args().quick else 9
    steep = 0
    with mock_target(seed=1, options=["--limit", "100000000"]) as target:
        print(f"{'milliseconds by size of body':30s}" + "".join(f"{size:>10s}" for size in SIZES) + "   a byte of 1 MB")
        for write in writes(target.given):
            spent = measure(target, write, rounds)
            ratio = spent[2] / spent[1] / (SIZES["1 MB"] / SIZES["32 KB"])
            steep |= ratio > STEEP
            shown = "".join(f"{1000 * seconds:10.2f}" for seconds in spent)
            print(f"{write.name:30s}{shown}   {ratio:.2f} of one of 32 KB{'  TOO MUCH' if ratio > STEEP else ''}")
    return steep


if __name__ == "__main__":
    raise SystemExit(main())
