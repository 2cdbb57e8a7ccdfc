"""`pytest contracts`: the contract's tests under pytest as anybody runs it."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from nhq import paths
from nhq.client.mock_process import mock_target, write_live

GAPS = ("test_pagination.py", "-k", "one_sequence and list_leads")


def pytest_contracts(
    *words: str, environ: Mapping[str, str] = os.environ, at: str = ""
) -> subprocess.CompletedProcess[str]:
    """pytest on a folder or file of the contract's tests, without a cache in the checkout."""
    command = [sys.executable, "-m", "pytest", str(paths.contracts_folder() / at), "-p", "no:cacheprovider", *words]
    return subprocess.run(command, env=dict(environ), capture_output=True, text=True, timeout=120, check=False)


def test_a_fresh_mock_is_judged_without_any_option() -> None:
    """`pytest contracts -k …` starts the mock, and ends as pytest does."""
    done = pytest_contracts("-k", "each_field", "--junitxml", os.devnull)
    assert done.returncode == 0, done.stdout
    assert "6 passed" in done.stdout


def test_a_broken_promise_fails_its_test_with_the_sentence(tmp_path: Path) -> None:
    """The failed test says the sentence, what was expected, what came, and the command that shows it again."""
    with mock_target(seed=1, options=["--fault", "loses-one-at-pages-of-one"]) as target:
        file, environ = write_live(target, tmp_path, ())
        file.write_text(f'control_url = "{target.control_url}"\ncontrol_env = "C"\n' + file.read_text())
        given = ("--nhq-target", str(file), *GAPS[1:])
        done = pytest_contracts(*given, environ=environ | {"C": target.control_token}, at=GAPS[0])
    assert done.returncode == 1, done.stdout
    assert "PAGE-NO-GAPS list_leads (must): “list endpoints use cursor pagination”" in done.stdout
    assert f"reproduce: nhq gate --target {file} --rule PAGE-NO-GAPS --operation list_leads --seed 1" in done.stdout
    assert "broken promises" in done.stdout


def test_a_target_that_cannot_be_read_is_one_line() -> None:
    """No test runs, and the line names the file."""
    done = pytest_contracts("--nhq-target", "nowhere.toml")
    assert done.returncode == 4
    assert done.stderr.strip() == "ERROR: nowhere.toml: cannot be read (No such file or directory)"


def test_recording_is_refused_with_what_to_run() -> None:
    """pytest-recording's option is answered with the command that makes cassettes."""
    done = pytest_contracts("--record-mode", "once")
    assert done.returncode == 4
    assert "nhq record" in done.stderr


def test_a_live_target_is_judged_by_one_process(tmp_path: Path) -> None:
    """Workers of pytest-xdist would share the keys of a live target: one line, and nothing is sent."""
    file = tmp_path / "live.toml"
    key = '[[key]]\nlabel = "k"\nworkspace = "w"\nenv = "K"\nscopes = ["leads:read"]\n'
    file.write_text(f'base_url = "http://127.0.0.1:9"\n{key}')
    done = pytest_contracts("--nhq-target", str(file), "-n", "2", environ={**os.environ, "K": "nhq_" + "x" * 30})
    assert done.returncode == 4
    assert "a live target needs one" in done.stderr
