"""Target files are checked before anything is sent."""

from pathlib import Path

import pytest

from nhq.drive.target import load_target
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
