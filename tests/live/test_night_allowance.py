"""A night on the mock in real time uses what its keys allow, and ends in time."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from nhq.client.mock_process import mock_target, write_live
from nhq.nights.night_store import NightEntry, NightStore

pytestmark = pytest.mark.proof  # minutes of real time

MINUTES = 2.5
#: Windows of the clock: a Reset is a whole second, so that after windows of first requests a second may be lost.
MOCK = ("--real-time", "--window", "2", "--limit", "5", "--anchor", "clock")
KEYS = ("full", "full_2", "full_3", "only_leads_read", "none", "beta_full")

Night = tuple[int, NightEntry, dict[str, Any]]


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """Its exit code, what is remembered of it, and the record of its last round."""
    folder = tmp_path_factory.mktemp("night")
    with mock_target(seed=1, options=MOCK) as target:
        few = replace(target, keys=tuple(key for key in target.keys if key.label in KEYS))
        file, environ = write_live(few, folder)
        words = ["nightly", "--target", str(file), "--minutes", str(MINUTES), "--seed", "1"]
        done = subprocess.run(
            [sys.executable, "-m", "nhq", *words], cwd=folder, env={**os.environ, **environ}, check=False
        )
    store = NightStore(folder / "reports" / "nights.db")
    (entry,) = store.entries(target.base_url)
    return done.returncode, entry, json.loads((folder / "reports" / "out" / "results.json").read_text("utf-8"))


def test_a_night_uses_its_allowance(night: Night) -> None:
    """Nearly all that its keys allow, those that may read nothing among them.

    Not all: a test of the limiter keeps a key for itself while it waits, and windows as short as these can't be lent.
    """
    load = night[1].load
    assert load.requests >= 0.9 * load.allowance, load


def test_a_night_ends_in_time(night: Night) -> None:
    """Within a minute."""
    assert abs(night[1].load.seconds - 60 * MINUTES) < 60


def test_a_night_accuses_nobody(night: Night) -> None:
    """Exit 0 on an honest mock, and next to no 429 that no test asked for.

    A machine that stands still for a third of a second before the end of a window meets one with windows this short.
    """
    code, entry, record = night
    assert (code, entry.troubles, record["findings"]) == (0, (), [])
    assert record["requests"]["unplanned_429"] <= 0.002 * entry.load.requests
