"""What we write stays in its folder, and one run at a time writes there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nhq.errors import ConfigError
from nhq.files import append_text, create_new, keep_inside, lock_folder, replace_text

HOLD = """
import sys
from pathlib import Path
from nhq.files import lock_folder
with lock_folder(Path(sys.argv[1])):
    print("held", flush=True)
    input()
"""


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A file of somebody else."""
    path = tmp_path / "other"
    path.write_text("theirs", "utf-8")
    return path


@pytest.mark.parametrize("name", ["file", ".file.part"])
def test_a_link_is_replaced_and_not_followed(tmp_path: Path, other: Path, name: str) -> None:
    """Neither the file itself nor the one that is written beside it leads elsewhere."""
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / name).symlink_to(other)
    replace_text(folder / "file", "ours")
    assert (other.read_text("utf-8"), (folder / "file").read_text("utf-8")) == ("theirs", "ours")
    assert not (folder / "file").is_symlink()


def test_a_new_file_takes_a_links_place(tmp_path: Path, other: Path) -> None:
    """Histories and logs begin so."""
    path = tmp_path / "link"
    path.symlink_to(other)
    with os.fdopen(create_new(path), "w", encoding="utf-8") as stream:
        stream.write("ours")
    assert (other.read_text("utf-8"), path.read_text("utf-8")) == ("theirs", "ours")


def test_nothing_is_appended_through_a_link(tmp_path: Path, other: Path) -> None:
    """It is an error, and not a write somewhere else."""
    path = tmp_path / "link"
    path.symlink_to(other)
    with pytest.raises(OSError):
        append_text(path, "ours")
    assert other.read_text("utf-8") == "theirs"


def test_a_folder_may_be_a_link_and_what_is_in_it_may_not(tmp_path: Path) -> None:
    """Whoever links their folder of reports means it; a link inside leads out of it."""
    real, elsewhere = tmp_path / "real", tmp_path / "elsewhere"
    real.mkdir()
    elsewhere.mkdir()
    (tmp_path / "out").symlink_to(real)
    (real / "histories").symlink_to(elsewhere)
    keep_inside(tmp_path / "out", tmp_path / "out" / "new")
    with pytest.raises(ConfigError, match="leads out of"):
        keep_inside(tmp_path / "out", tmp_path / "out" / "histories" / "run")


def test_the_second_run_is_refused_until_the_first_has_died(tmp_path: Path) -> None:
    """It names the process that writes there; the kernel frees the folder when that is killed."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    with holder.stdin, holder.stdout:
        assert holder.stdout.readline() == b"held\n"
        with (
            pytest.raises(ConfigError, match=rf"another run \(process {holder.pid}\) writes there"),
            lock_folder(tmp_path),
        ):
            pass
        holder.kill()
        holder.wait(5)
    with lock_folder(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


def test_one_run_after_the_other_is_no_two_at_once(tmp_path: Path) -> None:
    """Nothing is left of the lock; a folder that isn't there is made, and none at all is locked by nobody."""
    for _ in range(2):
        with lock_folder(tmp_path / "new" / "out"), lock_folder(None):
            pass
    assert list((tmp_path / "new" / "out").iterdir()) == []
