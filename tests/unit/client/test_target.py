"""Target files are checked before anything is sent."""

from dataclasses import replace
from pathlib import Path

import pytest

from nhq.client.target import load_target
from nhq.errors import ConfigError
from nhq.model import Effect

GOOD = """
base_url = "https://staging.example.test/api/v1/"
allow = ["write"]
limit = 10
window = 5
[given]
lead_enrichable = "lead_1"
[[key]]
label = "ci"
env = "CI_KEY"
workspace = "a"
scopes = ["leads:read"]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "target.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_good_file_becomes_a_target(tmp_path):
    """Every field arrives; read is always allowed; the key comes from the environment."""
    target = load_target(written(tmp_path, GOOD), {"CI_KEY": "k1"})
    assert target.base_url == "https://staging.example.test/api/v1"
    assert target.allow == {Effect.READ, Effect.WRITE}
    assert (target.limit, target.window) == (10, 5.0)
    assert target.given == {"lead_enrichable": "lead_1"}
    assert target.keys[0].secret == "k1"
    assert target.workspace == "a"


def test_the_credits_of_one_workspace_may_be_spent(tmp_path):
    """Its name must be that of a key: a slip would spend nothing, or what nobody meant."""
    told = load_target(written(tmp_path, f'exhaust = "a"\n{GOOD}'), {"CI_KEY": "k1"})
    assert told.exhaust == "a"
    with pytest.raises(ConfigError, match="exhaust names workspace 'b', but no"):
        load_target(written(tmp_path, f'exhaust = "b"\n{GOOD}'), {"CI_KEY": "k1"})


def test_a_secret_is_never_in_the_repr(tmp_path):
    """Printing a target or a key shows no secret."""
    target = load_target(written(tmp_path, GOOD), {"CI_KEY": "s3cr3t"})
    assert "s3cr3t" not in repr(target)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("limit = 10", "limits = 10"), "unknown field 'limits'"),
        (("limit = 10", 'limit = "10"'), "limit has the wrong type"),
        (("limit = 10", "limit = true"), "limit has the wrong type"),
        (("limit = 10", "limit = 0"), "limit must be more than 0"),
        (('label = "ci"', 'lable = "ci"'), "unknown field key 1 'lable'"),
        (('workspace = "a"', ""), "key 1 lacks workspace"),
        (('["write"]', '["wirte"]'), "allow has 'wirte'"),
        (("https://staging.example.test/api/v1/", "staging.example.test"), "base_url must be an http or https URL"),
        (("[[key]]", "[key]"), "key has the wrong type"),
        (("limit = 10", "limit = "), "is not TOML"),
    ],
)
def test_an_unclear_file_is_one_line(tmp_path, change, says):
    """Whatever is unclear is named in one line, before a byte is sent."""
    with pytest.raises(ConfigError) as caught:
        load_target(written(tmp_path, GOOD.replace(*change)), {"CI_KEY": "k1"})
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_key_that_is_not_in_the_environment_is_named(tmp_path):
    """The variable to set is named."""
    with pytest.raises(ConfigError, match="the environment has no CI_KEY"):
        load_target(written(tmp_path, GOOD), {})


def test_a_missing_file_is_one_line(tmp_path):
    """A file that can't be read is said so."""
    with pytest.raises(ConfigError, match="cannot be read"):
        load_target(tmp_path / "nowhere.toml", {})


def test_holders_are_usable_keys_of_the_main_workspace(target):
    """Revoked and foreign keys are never picked, the widest comes first."""
    assert [key.label for key in target.holders("leads:read")] == ["full", "narrow"]
    assert [key.label for key in target.foreign] == ["other"]


def test_messages_may_be_shown_and_nothing_else(tmp_path):
    """`show` loosens redaction on purpose, by a known word alone."""
    assert load_target(written(tmp_path, GOOD), {"CI_KEY": "k1"}).show == frozenset()
    loud = written(tmp_path, 'show = ["messages"]\n' + GOOD)
    assert load_target(loud, {"CI_KEY": "k1"}).show == {"messages"}
    with pytest.raises(ConfigError, match="show has 'bodies'; known are messages"):
        load_target(written(tmp_path, 'show = ["bodies"]\n' + GOOD), {"CI_KEY": "k1"})


URL = 'base_url = "https://staging.example.test/api/v1/"'


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://127.0.0.1:99999", "has an invalid port"),
        ("http://127.0.0.1:abc", "has an invalid port"),
        ("http://127.0.0.1:0", "has an invalid port"),
        ("http://[::1", "has an IPv6 address that is broken"),
        ("http://127.0.0.1:80 ", "has a blank"),
        (r"http://127.0.0.1\t", "has a blank"),
        ("http://user:hunter2@127.0.0.1", "must not hold a user and a password"),
        ("http://127.0.0.1/api?x=1", "must end with its path"),
        ("http://127.0.0.1/api#top", "must end with its path"),
        ("http://*.example.test", "has an invalid host"),
        ("ftp://example.test", "must be an http or https URL"),
        ("https://", "must be an http or https URL"),
    ],
)
def test_a_base_url_that_can_not_be_asked_is_one_line(tmp_path, url, says):
    """Whatever is wrong with it, base_url is named, and no password in it shown."""
    with pytest.raises(ConfigError) as caught:
        load_target(written(tmp_path, GOOD.replace(URL, f'base_url = "{url}"')), {"CI_KEY": "k1"})
    said = str(caught.value)
    assert f"base_url {says}" in said
    assert "\n" not in said
    assert "hunter2" not in said


@pytest.mark.parametrize(
    ("written_url", "asked"),
    [
        ("HTTP://LocalHost:4010/Api", "http://localhost:4010/Api"),
        ("https://BÜCHER.example/v1/", "https://xn--bcher-kva.example/v1"),
        ("http://[::1]:80", "http://[::1]:80"),
    ],
)
def test_a_host_may_be_written_in_any_case_or_language(tmp_path, written_url, asked):
    """Names of hosts know no case (RFC 9110, 4.2.3), and may be IDN."""
    target = load_target(written(tmp_path, GOOD.replace(URL, f'base_url = "{written_url}"')), {"CI_KEY": "k1"})
    assert target.base_url == asked


def test_a_bom_is_no_error(tmp_path):
    """Neither before the file, nor before a variable or value that came from one."""
    path = written(tmp_path, "\ufeff" + GOOD)
    assert load_target(path, {"\ufeffCI_KEY": "\ufeffk1"}).keys[0].secret == "k1"


@pytest.mark.parametrize("value", ["SECRETabc\ndef", "abc…def", "abc def", "clé"])
def test_a_key_that_a_header_can_not_hold_is_named_and_not_shown(tmp_path, value):
    """The variable is named in one line, and nothing of the key is in it."""
    with pytest.raises(ConfigError, match="CI_KEY has a blank, a line end or a character") as caught:
        load_target(written(tmp_path, GOOD), {"CI_KEY": value})
    assert not any(part in str(caught.value) for part in value.split())


def test_one_key_under_two_names_is_a_slip(tmp_path):
    """Both variables are named."""
    second = GOOD[GOOD.index("[[key]]") :].replace('"ci"', '"two"').replace("CI_KEY", "OTHER_KEY")
    with pytest.raises(ConfigError, match="CI_KEY and OTHER_KEY hold the same key"):
        load_target(written(tmp_path, GOOD + second), {"CI_KEY": "k1", "OTHER_KEY": "k1"})


def test_a_target_with_a_control_plane_is_ours(tmp_path):
    """It is put back, and its keys are ours alone; that nobody else acts there is so unless it is said."""
    live = load_target(written(tmp_path, GOOD), {"CI_KEY": "k1"})
    ours = replace(live, control_url="http://127.0.0.1:1/__control")
    shared = replace(ours, shared=True)
    questions = [(t.restorable, t.exclusive_keys, t.undisturbed) for t in (live, ours, shared)]
    assert questions == [(False, False, False), (True, True, True), (True, True, False)]
