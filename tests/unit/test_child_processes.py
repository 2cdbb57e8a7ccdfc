"""A child ends with the process that started it, and SIGTERM is heard as Ctrl-C."""

import os
import signal
import subprocess
import sys
import threading

import pytest

from nhq.child_processes import parent_descriptor, terminated_as_interrupted, tie_to_parent

CHILD = "from nhq.child_processes import end_with_parent; end_with_parent(); print('here', flush=True); input()"
PARENT = f"""
import os, subprocess, sys
from nhq.child_processes import tie_to_parent
subprocess.Popen([sys.executable, "-c", {CHILD!r}], stdin=int(sys.argv[1]), **tie_to_parent(os.environ))
input()
"""


def test_a_child_ends_when_its_parent_is_killed():
    """By `kill -9`, which the parent can't answer: the child's output ends, because it has."""
    reading, writing = os.pipe()  # the child's input stays open here: nothing but its parent's end can end it
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(reading)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=(reading,)
    )
    assert parent.stdout is not None
    assert parent.stdin is not None
    with parent.stdin, parent.stdout:
        assert parent.stdout.readline() == b"here\n"
        parent.kill()
        assert parent.stdout.read() == b""
    parent.wait(5)
    os.close(reading)
    os.close(writing)


def test_who_was_not_tied_waits_for_nobody(monkeypatch):
    """A process of its own, or one to which somebody told nonsense."""
    monkeypatch.delenv("NHQ_PARENT_FD", raising=False)
    assert parent_descriptor() is None
    for told in ("x", "-1", "99999"):
        monkeypatch.setenv("NHQ_PARENT_FD", told)
        assert parent_descriptor() is None


def test_what_a_child_is_given_besides_stays():
    """Its environment and the descriptors it is to inherit."""
    told = tie_to_parent({"NAME": "value"}, 7)
    assert told["env"]["NAME"] == "value"
    assert 7 in told["pass_fds"]
    assert len(told["pass_fds"]) == 2


def test_sigterm_is_heard_as_ctrl_c():
    """And the handler before is put back."""
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), terminated_as_interrupted():
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before


def test_in_another_thread_nothing_is_heard():
    """Only the main thread may have handlers."""
    went = []

    def inside() -> None:
        with terminated_as_interrupted():
            went.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=inside)
    thread.start()
    thread.join()
    assert went == [signal.getsignal(signal.SIGTERM)]
