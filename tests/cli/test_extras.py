"""A command that needs an extra which isn't installed says so in one line; the gate needs none."""

import subprocess
import sys
import tomllib

import pytest

from nhq import paths
from nhq.cli.optional_extras import EXTRAS

# Runs nhq in a Python that lacks the modules of all extras.
WITHOUT = f"""
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {sorted(name for modules in EXTRAS.values() for name in modules)}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Absent())
from nhq.cli import main
main()
"""
HISTORY = paths.fixtures_folder() / "histories" / "violates-premature-429.jsonl"


def lacking(*words: str) -> "subprocess.CompletedProcess[str]":
    """What a command of a bare installation says."""
    return subprocess.run([sys.executable, "-c", WITHOUT, *words], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("words", "extra"),
    [(("load", "saturate"), "load"), (("check", str(HISTORY)), "load"), (("record",), "cassettes"),
     (("replay",), "cassettes")],
    ids=lambda value: value if isinstance(value, str) else value[0],
)  # fmt: skip
def test_a_command_names_the_extra_that_it_needs(words: tuple[str, ...], extra: str) -> None:
    """One line with what to install, and exit 2."""
    done = lacking(*words)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert f"pip install 'networkhq-conformance[{extra}]'" in done.stderr


def test_the_gate_needs_no_extra(tmp_path) -> None:
    """It judges the mock, and writes its reports."""
    done = lacking("gate", "--rule", "AUTH-ABSENT", "--operation", "list_linkedin_accounts", "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr


def test_all_is_every_extra_but_those_of_developers() -> None:
    """`[all]` adds what the commands can use, and no more."""
    extras = tomllib.loads((paths.data_root() / "pyproject.toml").read_text("utf-8"))["project"][
        "optional-dependencies"
    ]
    assert extras["all"] == [f"networkhq-conformance[{','.join(EXTRAS)}]"]
