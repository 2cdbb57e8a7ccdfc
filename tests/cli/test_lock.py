"""Two runs never write into one folder."""

import os

import pytest

from nhq.cli import main
from nhq.files import lock_folder


@pytest.mark.parametrize("command", ["gate", "load drip", "record", "mutation --fault noop", "replay"])
def test_the_second_of_two_runs_is_refused(command, tmp_path, capsys):
    """Whatever writes there: one line names the process that does, exit 2, and nothing is sent or written."""
    with lock_folder(tmp_path), pytest.raises(SystemExit) as exited:
        main([*command.split(), "--out", str(tmp_path)])
    said = capsys.readouterr()
    assert (exited.value.code, said.out) == (2, "")
    assert said.err.splitlines() == [
        f"nhq: {tmp_path}: another run (process {os.getpid()}) writes there; wait for it, or choose another --out"
    ]
    assert list(tmp_path.iterdir()) == []
