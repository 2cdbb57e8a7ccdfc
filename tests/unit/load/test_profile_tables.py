"""A profile of one's own is a TOML file; what is wrong with it is said by field."""

from pathlib import Path

import pytest

from nhq.errors import ConfigError
from nhq.load.profile import Pace
from nhq.load.profile_tables import change_budget, find_profile, parse_seconds, parse_share
from nhq.ratelimit.checker.anomalies import Aspect

OWN = """
says = "our importer's day"
pace = "polite"
keys = 2
slots = 3
windows = 1.5
judges = ["headers"]
[mix]
list_leads = 3
[budget]
p95 = "300ms"
errors = "1%"
refused = [0, "10%"]
"""


def write(folder: Path, text: str) -> str:
    path = folder / "own.toml"
    path.write_text(text, "utf-8")
    return str(path)


def test_a_profile_is_read_from_its_file(tmp_path: Path) -> None:
    """It is called as its file, and holds what the file says."""
    profile = find_profile(write(tmp_path, OWN))
    assert (profile.name, profile.pace, profile.keys, profile.windows) == ("own", Pace.POLITE, 2, 1.5)
    assert (profile.budget.p95, profile.budget.errors, profile.budget.refused) == (0.3, 0.01, (0.0, 0.1))
    assert profile.judges == (Aspect.HEADERS,)


def test_a_scheduled_profile_names_its_schedules(tmp_path: Path) -> None:
    """Those of the checker."""
    text = 'pace = "scheduled"\nschedules = ["slow_drip"]\n[mix]\nlist_leads = 1'
    assert find_profile(write(tmp_path, text)).schedules == ("slow_drip",)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("keys = 2", "keys = 0"), "keys must be a positive whole number"),
        (("keys = 2", "key = 2"), "key is not a field of a profile; known are"),
        (("polite", "rude"), "pace must be one of scheduled, flood"),
        (("windows = 1.5", "schedules = ['slow_drip']"), "any other needs windows"),
        (("list_leads = 3", "list_leads = 0"), r"\[mix\] must name operations"),
        (('"300ms"', '"300 miles"'), "300 miles: expected a time"),
        (('"1%"', '"101%"'), "101%: expected a share"),
        (('["headers"]', '["body"]'), "judges must be a list of some of admissions"),
        (("says =", "says"), "not TOML"),
    ],
)
def test_what_is_wrong_is_said_by_field(tmp_path: Path, change: tuple[str, str], reason: str) -> None:
    """One line that names the file and the field."""
    with pytest.raises(ConfigError, match=rf"own\.toml: .*{reason}"):
        find_profile(write(tmp_path, OWN.replace(*change)))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """As other files are."""
    with pytest.raises(ConfigError, match=r"none\.toml: cannot be read"):
        find_profile(str(tmp_path / "none.toml"))


@pytest.mark.parametrize(
    ("text", "value"), [("300ms", 0.3), ("1.5s", 1.5), ("1h30m", 5400), ("2m", 120.0), ("0.25", 0.25)]
)
def test_lengths_of_time(text: str, value: float) -> None:
    """With a unit, or in seconds."""
    assert parse_seconds(text) == pytest.approx(value)


@pytest.mark.parametrize(("text", "value"), [("1%", 0.01), ("0.01", 0.01), ("100%", 1.0), ("0", 0.0)])
def test_shares(text: str, value: float) -> None:
    """In per cent, or as a number."""
    assert parse_share(text) == pytest.approx(value)


def test_a_threshold_replaces_one_number_of_a_budget(tmp_path: Path) -> None:
    """The others stay."""
    budget = change_budget(find_profile(write(tmp_path, OWN)).budget, {"p99": 2.0, "errors": 0.5})
    assert (budget.p95, budget.p99, budget.errors, budget.refused) == (0.3, 2.0, 0.5, (0.0, 0.1))
