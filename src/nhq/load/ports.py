"""Has this machine enough free ports for a plan's connections? A lack is trouble of ours, reported before the run.

A connection needs a port of its own for each address that it comes from, among those that the system gives out
(`ip_local_port_range`); one that was closed here keeps its port for a minute (TIME_WAIT, RFC 9293 3.6.1). Told by
Linux alone: elsewhere nothing is known, and what runs out is named when it shows (`machine.exhausted`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from nhq.errors import ConfigError
from nhq.load.machine_limits import connections_per_key
from nhq.load.send_plan import SendPlan

_RANGE = "sys/net/ipv4/ip_local_port_range"
_RESERVED = "sys/net/ipv4/ip_local_reserved_ports"
_TABLES = ("net/tcp", "net/tcp6")


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports that a machine gives out, and those of them that connections to one port of a server have taken."""

    given_out: int
    taken: int

    @property
    def free(self) -> int:
        return max(0, self.given_out - self.taken)


def ports_of(url: str) -> Ports | None:
    """The ports for connections to the server of a URL."""
    told = urlsplit(url)
    return ports_towards(told.port or (443 if told.scheme == "https" else 80))


def ports_towards(server: int, proc: Path = Path("/proc")) -> Ports | None:
    """The ports for connections to a server's port; None where the system doesn't tell.

    What is taken for one server's address may be free for another's: connections to that port of any are counted.
    """
    try:
        first, last = map(int, (proc / _RANGE).read_text("ascii").split())
        lines = [line for table in _TABLES for line in _lines(proc / table)]
    except (OSError, ValueError):
        return None
    given_out = set(range(first, last + 1)) - set(_reserved(proc))
    taken = {here for here, there in _ends(lines) if there == server}
    return Ports(len(given_out), len(taken & given_out))


def enough_ports(plan: SendPlan, ports: Ports | None) -> None:
    """Raises ConfigError where fewer ports are free than the plan has connections at once, from each address."""
    if ports is None:
        return
    needed = -(-plan.keys * connections_per_key(plan) // max(1, plan.addresses))
    if needed > ports.free:
        raise ConfigError(
            f"{plan.profile.name} needs {needed} ports to send from, and here {ports.free} of {ports.given_out} are "
            f"free ({ports.taken} are taken, or were closed within the last minute): wait, widen "
            "net.ipv4.ip_local_port_range, or take fewer --keys, or --workers on other machines"
        )


def _lines(table: Path) -> list[str]:
    """The connections of a table; none where there is no such table (IPv6 is off)."""
    return table.read_text("ascii").splitlines()[1:] if table.exists() else []


def _reserved(proc: Path) -> Iterator[int]:
    """Ports in the range that are never given out: `8080,9148-9150`."""
    file = proc / _RESERVED
    for part in (file.read_text("ascii").strip() if file.exists() else "").split(","):
        first, _, last = part.partition("-")
        if first.isdecimal():
            yield from range(int(first), int(last or first) + 1)


def _ends(lines: Iterable[str]) -> Iterator[tuple[int, int]]:
    """The ports of each connection, here and there; a socket that listens has 0 there."""
    for line in lines:
        _, here, there, *_ = line.split()
        yield int(here.rpartition(":")[2], 16), int(there.rpartition(":")[2], 16)
