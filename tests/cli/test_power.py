"""`nhq mutation` as a command: what it lists, what it is asked for in vain."""

import subprocess
import sys

import pytest

from nhq.mutation.faults.catalogue import FAULTS
from nhq.mutation.variants.catalogue import VARIANTS


def power(*options: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "nhq", "mutation", *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_faults_are_listed() -> None:
    """Each fault with its family and its sentence."""
    lines = power("--list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == [fault.id for fault in FAULTS]


def test_variants_are_listed() -> None:
    """Each variant with its area and its sentence."""
    lines = power("--variants", "--list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == [variant.id for variant in VARIANTS]
    assert all(line.endswith(variant.sentence) for line, variant in zip(lines, VARIANTS, strict=True))


@pytest.mark.proof
def test_one_variant_is_taken_and_nothing_found() -> None:
    """Without any fault: the command says how many honest mocks of other choices were accused."""
    done = power("--variant", "says-charset", "--workers", "1")
    assert done.returncode == 0, done.stderr
    assert "1 mocks with one variant each: 0 with a false positive or trouble" in done.stdout


def test_a_part_of_the_catalogue_is_not_written() -> None:
    """reports/POWER.md tells of all faults: a run of some would leave the others out."""
    done = power("--fault", "noop", "--write")
    assert done.returncode == 2
    assert "--write needs the whole catalogue" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_variant_is_one_clear_line() -> None:
    """It is the caller's mistake: exit 2 and its name."""
    done = power("--variant", "nobody")
    assert done.returncode == 2
    assert done.stderr.splitlines() == ["nhq: no variant nobody; `nhq mutation --variants --list` names them"]
