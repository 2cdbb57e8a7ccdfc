"""What a load machine lacks is told as ours, before anything is sent or when it shows."""

import errno

import pytest

from nhq.errors import ConfigError
from nhq.load.machine_limits import connections_per_key, enough_files, exhausted_resource
from nhq.load.profile import load_profile, profile_names
from nhq.load.send_plan import make_plan


def test_a_burst_needs_a_connection_for_each_request():
    """Two keys that send 120 at once need 240 connections, in one process or in two."""
    plan = make_plan(load_profile("stampede"), 60, 60.0)
    assert (plan.keys, connections_per_key(plan)) == (2, 120)
    with pytest.raises(ConfigError, match=r"stampede needs 280 open files .* may have 279: raise `ulimit -n`"):
        enough_files(plan, 0, 279)
    enough_files(plan, 0, 280)
    enough_files(plan, 2, 160)


@pytest.mark.parametrize(("keys", "workers", "said"), [(1, 0, False), (2, 2, False), (2, 0, True), (4, 2, True)])
def test_more_workers_are_advised_only_where_keys_can_be_shared(keys, workers, said):
    """A process with one key has nothing to share: only the number of open files is left to raise."""
    plan = make_plan(load_profile("saturate"), 60, 60.0, keys=keys)
    with pytest.raises(ConfigError, match="raise `ulimit -n`") as raised:
        enough_files(plan, workers, 1)
    assert ("among more --workers" in str(raised.value)) is said


@pytest.mark.parametrize("name", profile_names())
def test_no_profile_needs_more_than_a_usual_machine_has(name):
    """1024 open files are what a Linux machine allows unasked."""
    enough_files(make_plan(load_profile(name), 60, 60.0), 0, 1024)


@pytest.mark.parametrize(
    ("number", "named"), [(errno.EMFILE, "ulimit -n"), (errno.EADDRNOTAVAIL, "ports"), (errno.ENOBUFS, "connections")]
)
def test_what_is_used_up_is_named(number, named):
    """However the library wraps it."""
    for problem in (OSError(number, "x"), ConnectionError(OSError(number, "x"))):
        assert exhausted_resource(problem).startswith("this machine has no more ")
        assert named in exhausted_resource(problem)


@pytest.mark.parametrize("problem", [None, ConnectionResetError(errno.ECONNRESET, "x"), TimeoutError("timed out")])
def test_what_the_network_or_the_server_does_is_not_ours(problem):
    """A connection that was closed or refused says nothing of this machine."""
    assert exhausted_resource(problem) == ""
