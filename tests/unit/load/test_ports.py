"""Too few free ports are told before anything is sent, and only where there really are too few."""

from pathlib import Path

import pytest

from nhq.errors import ConfigError
from nhq.load.ports import Ports, enough_ports, ports_towards
from nhq.load.profile import load_profile, profile_names
from nhq.load.send_plan import make_plan

HEAD = "  sl  local_address rem_address   st"
SERVER = 4010


def machine(folder: Path, taken: dict[int, str], first: int = 40_000, last: int = 40_099) -> Path:
    """As much of /proc as tells ports: connections by their port here, with where they lead and their state."""
    (folder / "sys/net/ipv4").mkdir(parents=True)
    (folder / "net").mkdir()
    (folder / "sys/net/ipv4/ip_local_port_range").write_text(f"{first}\t{last}\n", "ascii")
    (folder / "sys/net/ipv4/ip_local_reserved_ports").write_text("40000,40010-40012\n", "ascii")
    rows = [f"   {n}: 0100007F:{here:04X} {there} 00000000" for n, (here, there) in enumerate(taken.items())]
    (folder / "net/tcp").write_text("\n".join([HEAD, *rows, ""]), "ascii")
    return folder


def test_what_is_open_and_what_was_just_closed_is_taken(tmp_path: Path) -> None:
    """Connections to the server's port count in every state; others, listeners and reserved ports don't."""
    proc = machine(
        tmp_path,
        {
            40_001: "0100007F:0FAA 01",  # open
            40_002: "0100007F:0FAA 06",  # TIME_WAIT
            40_003: "0100007F:1F90 01",  # another server's port
            40_004: "00000000:0000 0A",  # listens
            50_000: "0100007F:0FAA 01",  # outside of the range
        },
    )
    assert ports_towards(SERVER, proc) == Ports(given_out=96, taken=2)


def test_a_machine_that_tells_nothing_is_not_accused(tmp_path: Path) -> None:
    """No /proc as on macOS, or one that nobody can read: nothing is known, and nothing refused."""
    assert ports_towards(SERVER, tmp_path) is None
    enough_ports(make_plan(load_profile("stampede"), 60, 60.0), None)


def test_too_few_ports_are_named_with_what_to_change() -> None:
    """Two keys that send 120 at once need 240 ports."""
    plan = make_plan(load_profile("stampede"), 60, 60.0)
    with pytest.raises(ConfigError, match=r"stampede needs 240 ports .* 239 of 300 are free .*ip_local_port_range"):
        enough_ports(plan, Ports(300, 61))
    enough_ports(plan, Ports(300, 60))


@pytest.mark.parametrize("name", profile_names())
def test_no_profile_needs_more_than_a_usual_machine_gives_out(name: str) -> None:
    """Linux gives out 28,232 ports unasked."""
    enough_ports(make_plan(load_profile(name), 60, 60.0), Ports(28_232, 0))
