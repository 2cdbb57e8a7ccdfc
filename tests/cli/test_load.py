"""`nhq load` answers bad input with one line and exit 2, ends in order when interrupted, and owns the exit code."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from nhq.cli import main
from nhq.client.mock_process import mock_target
from nhq.load.locust_env import write_target_for_locust
from nhq.load.profile import profile_names

TARGET = """
base_url = "{url}"
[[key]]
label = "one"
env = "NHQ_TEST_KEY"
workspace = "a"
scopes = ["leads:read"]
"""


Load = Callable[..., "subprocess.CompletedProcess[str]"]


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "nhq", "load", *arguments]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Load:
    """Runs the command to its end in this process, which has loaded what a new one takes half a second for."""
    monkeypatch.setenv("NHQ_TEST_KEY", "k")

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        with pytest.raises(SystemExit) as ended:
            main(["load", *arguments])
        return subprocess.CompletedProcess(arguments, int(str(ended.value.code)), *capfd.readouterr())

    return run


def said(result: "subprocess.CompletedProcess[str]") -> str:
    """The one line of a run that could not judge."""
    assert result.returncode == 2, result.stdout + result.stderr
    (line,) = result.stderr.strip().splitlines()
    assert result.stdout == ""
    assert line.startswith("nhq: ")
    return line


@pytest.fixture
def target(tmp_path: Path) -> str:
    """A target file for a port that nothing listens on."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{held.getsockname()[1]}"
    path = tmp_path / "mine.toml"
    path.write_text(TARGET.format(url=url), "utf-8")
    return str(path)


def test_the_profiles_are_listed(load):
    """--list names each profile with what it does."""
    result = load("--list")
    assert result.returncode == 0
    assert [line.split()[0] for line in result.stdout.splitlines()] == profile_names()
    assert all(len(line.split()) > 3 for line in result.stdout.splitlines())


def test_no_profile(load):
    """Without one, the profiles are named."""
    assert "drip" in said(load())


def test_an_unknown_profile(load):
    """It is named, and those that there are."""
    line = said(load("boundry"))
    assert "boundry" in line
    assert "boundary" in line


def test_a_target_file_that_is_not_there(load):
    """The file is named."""
    assert "no-such.toml" in said(load("drip", "--target", "no-such.toml"))


def test_nobody_listens_at_the_target(load, target, tmp_path):
    """The server is named before Locust is started."""
    line = said(load("boundary", "--keys", "1", "--target", target, "--out", str(tmp_path)))
    assert "no server answers" in line


def test_too_few_keys(load, target, tmp_path):
    """How many are needed, with which scopes, and how many there are."""
    line = said(load("boundary", "--keys", "2", "--target", target, "--out", str(tmp_path)))
    assert "2 keys with leads:read are needed" in line
    assert "there are 1" in line


def test_keys_without_the_scopes_of_the_mix(load, target, tmp_path):
    """A key that may not call anything of what the profile calls is no key for it."""
    own = tmp_path / "own.toml"
    own.write_text('pace = "polite"\nwindows = 2\n[mix]\nlist_campaigns = 1\n', "utf-8")
    assert "there are 0" in said(load(str(own), "--target", target, "--out", str(tmp_path)))


def test_what_the_keys_cannot_show_is_said_before(load, target):
    """A profile is planned for the keys that there are; --plan and --list say what stays open, and send nothing."""
    plan = load("recovery", "--target", target, "--plan").stdout
    assert "keys       1, each with leads:read" in plan
    assert "but        leaves out list_campaigns: the target doesn't allow what they do, or no key has their" in plan
    assert "but        can't show RL-PER-KEY: a single key shares its counter with none" in plan
    lines = load("--list", "--target", target).stdout.splitlines()
    (place,) = (number for number, line in enumerate(lines) if line.startswith("stampede"))
    assert lines[place + 1].strip() == "runs with 1 of the 2 keys that stampede is made for"


def test_an_anchor_for_a_target(load, target, tmp_path):
    """A real server's windows start as they start."""
    assert "--anchor works with the mock only" in said(load("drip", "--target", target, "--anchor", "clock"))


@pytest.mark.parametrize("place", ["nowhere", "host:", ":5557", "host:port", "host:99999"])
def test_a_place_that_is_none(load, place):
    """--at wants HOST:PORT."""
    assert "HOST:PORT" in said(load("drip", "--worker", "--at", place))


def test_halves_of_a_distributed_run(load, target):
    """A master says how many workers it waits for, a worker where its master is, and both need a target."""
    assert "--workers" in said(load("drip", "--master", "--target", target))
    assert "--at HOST:PORT" in said(load("drip", "--worker", "--target", target))
    assert "--target" in said(load("drip", "--worker", "--at", "127.0.0.1:5557"))
    assert "can't be combined" in said(load("drip", "--worker", "--master", "--target", target))
    assert "--gather works with --master or --worker" in said(load("drip", "--gather", "shared", "--target", target))


def test_a_folder_that_cannot_be_written_to(load, target, tmp_path):
    """The folder is named."""
    (tmp_path / "file").write_text("")
    line = said(load("boundary", "--keys", "1", "--target", target, "--out", str(tmp_path / "file" / "out")))
    assert "cannot write" in line


@pytest.mark.parametrize("option", ["--keys=-1", "--window=no", "--duration=-5", "--workers=1000", "--ancor=clock"])
def test_options_that_make_no_sense(load, option):
    """They are one line too."""
    assert option.split("=")[0].strip("-")[:4] in said(load("drip", option))


def test_an_interrupted_run_is_judged_by_what_it_has(tmp_path):
    """Ctrl-C ends Locust in order; what was recorded is judged, reports are written, and the exit code is 130."""
    process = subprocess.Popen(
        command("recovery", "--window", "3", "--limit", "20", "--duration", "60", "--out", str(tmp_path)),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    next(line for line in process.stderr if not line.startswith("    0 s"))
    process.send_signal(signal.SIGINT)
    stdout, _ = process.communicate(timeout=60)
    assert process.returncode == 130, stdout
    record = json.loads((tmp_path / "results.json").read_text("utf-8"))
    assert record["interrupted"]
    assert record["load"]["requests"] > 20
    assert "violated" not in {row["verdict"] for row in record["load"]["verdicts"]}


def test_a_mock_whose_clock_stands_still(tmp_path):
    """Its windows would never end."""
    with mock_target(seed=1) as target:
        path, keys = write_target_for_locust(tmp_path, target, target.holders("leads:read")[:2])
        path.write_text(f'control_url = "{target.control_url}"\ncontrol_env = "CONTROL"\n' + path.read_text("utf-8"))
        result = subprocess.run(
            command("boundary", "--target", str(path), "--out", str(tmp_path)), capture_output=True, text=True,
            timeout=60, check=False, env={**os.environ, **keys, "CONTROL": target.control_token},
        )  # fmt: skip
    assert "clock stands still" in said(result)


def test_a_violated_promise_fails_the_run(tmp_path):
    """A server that keeps another limit than it is held to: exit 1, and the promise is named with its witnesses."""
    with mock_target(seed=1, options=["--real-time", "--limit", "17", "--window", "3"]) as target:
        path, keys = write_target_for_locust(tmp_path, target, target.holders("leads:read")[:2])
        result = subprocess.run(
            command("boundary", "--target", str(path), "--limit", "20", "--duration", "9", "--out", str(tmp_path)),
            capture_output=True, text=True, timeout=90, check=False, env={**os.environ, **keys},
        )  # fmt: skip
    assert result.returncode == 1, result.stdout + result.stderr
    assert "RL-LIMIT" in result.stdout
    record = json.loads((tmp_path / "results.json").read_text("utf-8"))
    assert record["verdict"] == "violated"
    found = {one["name"]: one for row in record["load"]["verdicts"] for one in row["findings"]}
    assert found["limit wrong"]["witness"][0]["status"] == "200"
    assert 'command = "load"' in record["findings"][0]["stanza"]


def test_the_plan_is_told_and_nothing_sent(load: Load, target: str) -> None:
    """--plan names target, keys, seconds and requests; the port that nothing listens on is never asked."""
    result = load("boundary", "--target", target, "--plan", "--window", "5")
    assert result.returncode == 0, result.stderr
    assert "60 requests per 5 s per key" in result.stdout
    assert "list_leads" in result.stdout


def test_a_threshold_that_is_none_is_refused_by_its_name(load: Load) -> None:
    """--p95 wants a length of time, --errors a share."""
    assert "--p95 soon: expected a time" in said(load("boundary", "--p95", "soon"))
    assert "--errors some: expected a share" in said(load("boundary", "--errors", "some"))


def test_a_place_for_csv_files_that_is_none(load: Load, target: str, tmp_path: Path) -> None:
    """It is named before anything is sent."""
    (tmp_path / "file").write_text("")
    words = ["--keys", "1", "--target", target, "--csv", str(tmp_path / "file" / "run"), "--out", str(tmp_path / "out")]
    assert f"--csv {tmp_path / 'file' / 'run'}: " in said(load("boundary", *words))


def test_a_profile_of_ones_own_is_planned_by_its_path(load: Load, tmp_path: Path) -> None:
    """A TOML file is a profile; one that can't be used is named with its field."""
    own = tmp_path / "own.toml"
    own.write_text('says = "ours"\npace = "polite"\nwindows = 2\n[mix]\nget_lead = 1\n', "utf-8")
    assert "own: ours" in load(str(own), "--plan").stdout
    own.write_text('pace = "polite"\nwindows = 2\n', "utf-8")
    assert "own.toml: [mix] must name operations" in said(load(str(own)))


def test_too_few_file_descriptors(target, tmp_path):
    """They are named before anything is sent, and the server isn't accused of what we could not send."""
    limited = ["sh", "-c", 'ulimit -n 120; exec "$@"', "sh"]
    result = subprocess.run(
        [*limited, *command("stampede", "--target", target, "--out", str(tmp_path))],
        capture_output=True, text=True, timeout=60, check=False, env={**os.environ, "NHQ_TEST_KEY": "k"},
    )  # fmt: skip
    assert "here it may have 120: raise `ulimit -n`" in said(result)


def test_a_run_that_would_take_too_long(load, target, tmp_path):
    """It is refused before anything is sent, with both times."""
    line = said(load("boundary", "--max-minutes", "0.5", "--keys", "1", "--target", target, "--out", str(tmp_path)))
    assert "boundary takes" in line
    assert "more than --max-minutes 0.5" in line
