"""Histories come from workers to their master through a folder, whole or not at all."""

from pathlib import Path

import pytest

from nhq.clock import ManualClock
from nhq.errors import ConfigError
from nhq.load.gather_histories import gather_histories, hand_over, refuse_used


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """The folder that all can reach."""
    return tmp_path / "shared"


@pytest.fixture
def master(tmp_path: Path) -> Path:
    """The master's own folder."""
    folder = tmp_path / "master"
    folder.mkdir()
    return folder


def worker(tmp_path: Path, shared: Path, name: str, *troubles: str) -> None:
    """A worker that hands one history over."""
    own = tmp_path / name
    own.mkdir()
    (own / f"{name}.arrows").write_bytes(name.encode())
    hand_over(own, shared, list(troubles))


def test_what_is_handed_over_comes_to_the_master(tmp_path: Path, shared: Path, master: Path) -> None:
    """Each history that a worker names is in the master's folder, and its troubles are the master's."""
    worker(tmp_path, shared, "one", "worker died: 3 answers are judged")
    assert list(gather_histories(shared, master, 1, ManualClock())) == ["worker died: 3 answers are judged"]
    assert (master / "one.arrows").read_bytes() == b"one"


def test_a_worker_that_hands_nothing_over_is_told(tmp_path: Path, shared: Path, master: Path) -> None:
    """The master waits, judges the others', and says how many are lost; half a copy is none."""
    worker(tmp_path, shared, "one")
    (shared / "two.arrows").write_bytes(b"half of it")
    (told,) = gather_histories(shared, master, 2, ManualClock())
    assert told == "1 of 2 workers handed no history over, and are lost"
    assert [file.name for file in master.iterdir()] == ["one.arrows"]


def test_nothing_outside_the_folder_is_read(shared: Path, master: Path, tmp_path: Path) -> None:
    """What a file claims to have handed over is a name within the folder, never a way out of it."""
    shared.mkdir()
    (tmp_path / "secret.arrows").write_bytes(b"secret")
    (shared / "bad.handed").write_text('{"histories": ["../secret.arrows"], "troubles": []}')
    (told,) = gather_histories(shared, master, 1, ManualClock())
    assert "secret.arrows was handed over, but cannot be read" in told
    assert not list(master.iterdir())


def test_what_is_no_handing_over_is_told(shared: Path, master: Path) -> None:
    """A damaged file is a trouble of ours, named."""
    shared.mkdir()
    (shared / "bad.handed").write_text("{")
    assert list(gather_histories(shared, master, 1, ManualClock())) == ["bad.handed cannot be read"]


def test_a_folder_of_another_run_is_refused(tmp_path: Path, shared: Path) -> None:
    """Histories of two runs are never judged as one."""
    refuse_used(shared)
    worker(tmp_path, shared, "one")
    with pytest.raises(ConfigError, match="another run"):
        refuse_used(shared)
