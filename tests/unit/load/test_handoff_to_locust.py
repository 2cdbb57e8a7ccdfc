"""What Locust's processes are given."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from nhq.client.connection import Connection
from nhq.client.target import Target, load_target
from nhq.clock import ManualClock
from nhq.errors import ConfigError
from nhq.load.load_request import SAME_CLOCK, Request, Run
from nhq.load.locust_arguments import load_locust_target, usable_keys
from nhq.load.locust_env import enough_keys, write_target_for_locust
from nhq.load.processes import clean_environ
from nhq.load.profile import load_profile
from nhq.load.send_plan import make_plan
from nhq.model import Effect, Identity

READ = frozenset({"leads:read"})
KEYS = (
    Identity("a", "one", READ, "secret-a"),
    Identity("gone", "one", READ, "secret-b", revoked=True),
    Identity("none", "one", frozenset(), "secret-c"),
    Identity("foreign", "two", READ, "secret-d"),
    Identity("b", "one", READ | {"leads:write"}, "secret-e"),
)
TARGET = Target("http://127.0.0.1:1/api", KEYS, allow=frozenset({Effect.READ, Effect.SEND}), limit=7, window=2.5)


def test_keys_of_the_main_workspace_with_the_scopes_are_usable():
    """Not revoked ones, not foreign ones, not those that lack a scope."""
    assert [key.label for key in usable_keys(TARGET, {"leads:read"})] == ["a", "b"]
    assert [key.label for key in enough_keys(TARGET, {"leads:read"}, 1)] == ["a"]


def test_too_few_keys_are_said_so():
    """How many are needed, with what, where."""
    with pytest.raises(ConfigError, match="3 keys with leads:read are needed in workspace one, there are 2"):
        enough_keys(TARGET, {"leads:read"}, 3)


def test_a_target_goes_through_a_file_without_its_secrets(tmp_path):
    """What comes out is what went in; the secrets travel in the environment."""
    chosen = enough_keys(TARGET, {"leads:read"}, 2)
    path, environ = write_target_for_locust(tmp_path, TARGET, chosen)
    assert "secret" not in path.read_text("utf-8")
    again = load_target(path, environ)
    assert [(key.label, key.secret, key.scopes) for key in again.keys] == [
        (key.label, key.secret, key.scopes) for key in chosen
    ]
    assert (again.base_url, again.allow, again.limit, again.window) == (
        TARGET.base_url,
        TARGET.allow,
        TARGET.limit,
        TARGET.window,
    )


def test_how_a_target_is_reached_goes_through_the_file_too(tmp_path):
    """A proxy's password and the values of headers travel in the environment."""
    there = Connection(
        proxy="http://me:s%3Acret@proxy.test:3128", headers={"X-Key": "secret-h"}, variables={"X-Key": "GATEWAY"}
    )
    path, environ = write_target_for_locust(tmp_path, replace(TARGET, connection=there), KEYS[:1])
    assert not re.search("secret|s%3Acret|s:cret", path.read_text("utf-8"))
    again = load_target(path, environ).connection
    assert (again.proxy, again.headers) == (there.proxy, there.headers)


def test_locust_hears_of_nobody_elses_settings():
    """Whatever is set for Locust or for our locustfile outside is dropped; the rest and the keys stay."""
    outside = {"PATH": "/bin", "LOCUST_USERS": "9", "NHQ_PROFILE": "soak", "NHQ_TARGET": "x", "NHQ_MINE": "kept"}
    assert clean_environ(outside, {"NHQ_LOAD_KEY_1": "s"}) == {
        "PATH": "/bin",
        "NHQ_MINE": "kept",
        "NHQ_LOAD_KEY_1": "s",
    }


def test_a_host_and_keys_are_a_target_too():
    """For Locust by itself: reading only, all scopes."""
    target = load_locust_target("", "http://127.0.0.1:1/", {"NHQ_API_KEYS": " one, two ,"})
    assert [key.secret for key in target.keys] == ["one", "two"]
    assert target.base_url == "http://127.0.0.1:1"
    assert target.allow == {Effect.READ}
    assert len(usable_keys(target, {"leads:read", "campaigns:read"})) == 2


LIVE = """
base_url = "{url}"
allow = ["write", "send", "spend"]
[[key]]
env = "K"
workspace = "w"
scopes = []
"""


@pytest.mark.parametrize(
    ("url", "asked", "allowed"),
    [
        ("https://api.example.com", (), {Effect.READ, Effect.WRITE}),
        ("https://api.example.com", (Effect.SEND,), {Effect.READ, Effect.WRITE, Effect.SEND}),
        ("http://127.0.0.1:1", (), set(Effect)),
    ],
)
def test_grave_effects_need_their_word_twice(tmp_path, url: str, asked: tuple[Effect, ...], allowed: set[Effect]):
    """Off loopback, what reaches people or costs credits is sent only when the command line says so too."""
    file = tmp_path / "live.toml"
    file.write_text(LIVE.format(url=url), "utf-8")
    assert load_locust_target(str(file), None, {"K": "secret"}, frozenset(asked)).allow == allowed


@pytest.mark.parametrize(("host", "keys"), [(None, "a"), ("http://127.0.0.1:1", ""), ("http://127.0.0.1:1", " , ")])
def test_without_host_or_keys_there_is_none(host: str | None, keys: str):
    """What to give is said."""
    with pytest.raises(ConfigError, match="--nhq-target FILE, or --host URL and keys in NHQ_API_KEYS"):
        load_locust_target("", host, {"NHQ_API_KEYS": keys})


@pytest.mark.parametrize(
    ("file", "control", "said", "exclusive"),
    [
        (None, "", False, True),
        ("t.toml", "", False, False),
        ("t.toml", "", True, True),
        ("t.toml", "http://x", False, True),
    ],
)
def test_keys_are_ours_alone_on_a_mock_or_where_it_is_said(file: str | None, control: str, said: bool, exclusive: bool):
    """On a server of others, somebody else may use the keys too."""
    request = Request("drip", Path(), Path(file) if file else None, exclusive_keys=said, skew=3.0)
    target = replace(TARGET, control_url=control)
    work = Run(request, make_plan(load_profile("drip"), 7, 2.5), target, {}, [], Path(), ManualClock(), None)
    assert work.exclusive_keys is exclusive
    assert work.skew == (3.0 if file else SAME_CLOCK)
