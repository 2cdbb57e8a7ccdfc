"""Every profile against the mock, alone and distributed: what it is made to judge holds, and its budget is kept."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nhq import report
from nhq.cli import main
from nhq.load.profile import load_profile, profile_names
from nhq.ratelimit.history.history import History
from nhq.ratelimit.history.read_history import read_histories

KILLED = "killed"
#: Windows: a request no later than that is sent on time; twenty of them fill a window with a little more to spare.
ON_TIME = 0.03
TABLE: dict[str, dict[str, list[str]]] = tomllib.loads(Path(__file__).with_name("runs.toml").read_text("utf-8"))
RUNS = {name: arguments for name, arguments in TABLE["runs"].items() if name != KILLED}
EVERY = RUNS | TABLE["proofs"]


def marked(names: Iterable[str]) -> list[Any]:
    """Names of runs, left to `make proofs` where their runs are."""
    return [pytest.param(name, marks=pytest.mark.proof if name in TABLE["proofs"] else ()) for name in names]


def test_every_profile_is_run():
    """No profile goes untried."""
    assert {arguments[0] for arguments in RUNS.values()} == set(profile_names())


@pytest.mark.parametrize("name", marked(EVERY))
def test_what_a_profile_judges_holds_on_the_mock(runs, name):
    """A correct server is not accused, and the run shows what it was made to show."""
    ended = runs(name)
    judged = load_profile(EVERY[name][0]).judges
    assert {aspect: ended.verdicts[aspect] for aspect in judged} == dict.fromkeys(judged, "holds"), ended.stdout
    assert "violated" not in ended.verdicts.values()
    slow = [number for number in ended.load["exceeded"] if number.startswith("latency")]  # this machine's, not ours
    assert ended.load["exceeded"] == slow
    assert ended.code == (1 if slow else 0), ended.stdout + ended.stderr
    assert ended.record["verdict"] == ("violated" if slow else "holds")


@pytest.mark.parametrize("name", marked(EVERY))
def test_the_record_obeys_its_schema(runs, name):
    """Load results are data of a known shape."""
    assert report.record_problems(runs(name).record) == []


@pytest.mark.parametrize("name", ["drip", "soak"])
def test_whoever_keeps_to_the_allowance_is_never_refused(runs, name):
    """Window after window is used up, as the server counts them, without one 429; only our own lateness spares any."""
    ended = runs(name)
    assert "429" not in ended.load["statuses"]
    assert ended.load["requests"] == ended.load["keys"] * (1 + 3 * 20)  # one to find the window, then three windows
    history = read_histories(sorted(ended.out.glob("histories/*/*.arrows")))
    for key in range(len(history.keys)):
        _, *whole, _ = windows(history.rows(history.key == key))
        assert [used for used, late in whole if used < 20 and late < ON_TIME * ended.load["window"]] == []
        assert len(whole) >= 2


def windows(history: History) -> Iterator[tuple[int, float]]:
    """Each window that the server declared to a key: how many it admitted; how late (seconds) we were until the next.

    Late is also the first request of the next window, which should have been one of this.
    """
    order = np.argsort(history.sent)
    late = (history.sent - history.intended)[order]
    for reset in np.unique(history.reset):
        mine = np.flatnonzero(history.reset[order] == reset)
        yield len(mine), float(late[mine[0] : mine[-1] + 2].max())


@pytest.mark.parametrize("name", marked(name for name in EVERY if "2 workers" in name))
def test_every_worker_writes_a_history_of_its_own(runs, name):
    """Keys are shared out, each to one worker; together the files hold every request."""
    ended = runs(name)
    paths = sorted(ended.out.glob("histories/*/*.arrows"))
    assert len(paths) == 2
    parts = [read_histories([path]) for path in paths]
    assert {part.keys for part in parts} == {("full",), ("full_2",)}
    assert sum(map(len, parts)) == ended.load["requests"]


def test_the_mix_reaches_all_operations(runs):
    """Where everything is allowed, `mixed` leaves out no operation of the contract."""
    called = runs("mixed").record["requests"]["by_operation"]
    assert len([name for name, count in called.items() if count]) >= 14


def test_a_refused_client_is_served_again_after_reset(runs):
    """`recovery` meets its first refusals, waits, and is admitted in each further window."""
    load = runs("recovery").load
    assert 0 < load["statuses"]["429"] < 0.25 * load["requests"]
    assert load["statuses"]["200"] >= 2 * 20 * 2


def test_nothing_is_left_of_a_run_but_its_files(runs):
    """Histories and logs remain; journals are for workers that died."""
    left = {path.suffix for name in RUNS for path in runs(name).out.glob("histories/*/*")}
    assert left == {".arrows", ".log"}


def test_what_a_run_leaves_is_judged_again_by_its_folder(runs, capsys):
    """`nhq check` takes the folder of a run, Locust's log beside its histories, and says the same of it."""
    ended = runs("boundary")
    with pytest.raises(SystemExit) as code:
        main(["check", str(ended.out / "histories")])
    assert code.value.code == 0
    assert "headers     holds" in capsys.readouterr().out


def test_a_killed_worker_is_judged_by_what_it_left(runs):
    """Its requests are judged up to its death, the others' to the end; the run names it, and accuses nobody."""
    ended = runs(KILLED)
    assert ended.code == 2
    assert re.search(r"worker-\d was killed by signal 9", ended.stdout)
    assert re.search(r"worker-1-.* died: \d+ answers are judged, \d+ requests count as without a reply", ended.stdout)
    assert "violated" not in ended.verdicts.values()
    (mended,) = ended.out.glob("histories/*/worker-1-*.arrows")
    assert len(read_histories([mended])) > 0
    assert not list(ended.out.glob("histories/*/*.sent"))
