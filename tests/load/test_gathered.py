"""A master and two workers in folders of their own: one shared folder, one verdict; a lost worker's keys stay open.

`python tests/load/namespaces.py` does the same over three network namespaces.
"""

import json
from typing import Any

from gathering import Member


def record(member: Member) -> dict[str, Any]:
    """A member's record."""
    read: dict[str, Any] = json.loads((member.folder / "out" / "results.json").read_text("utf-8"))
    return read


def test_a_master_judges_what_its_workers_sent(gathered):
    """Its record holds the requests of all, its verdict is the run's, and it ends with 0."""
    master, *workers = gathered("gathered")
    assert (master.code, [worker.code for worker in workers]) == (0, [0, 0]), master
    judged = record(master)
    assert judged["verdict"] == "holds"
    assert judged["load"]["requests"] == sum(record(worker)["load"]["requests"] for worker in workers)
    assert set(judged["requests"]["by_key"]) == {"full", "full_2"}
    assert len(judged["load"]["histories"]) == 2


def test_a_lost_worker_leaves_its_keys_open(gathered):
    """They are named, what the others sent is judged and holds, and the master ends with 2."""
    master, left, killed = gathered("gathered, one killed")
    assert (master.code, left.code, killed.code) == (2, 0, -9), master
    judged = record(master)
    ((kept, _),) = judged["requests"]["by_key"].items()
    (lost,) = {"full", "full_2"} - {kept}
    told = [row["cause"] for row in judged["troubles"]]
    assert "1 of 2 workers handed no history over, and are lost" in told
    assert f"1 of 2 keys sent nothing, or what they sent is lost, and stay unknown: {lost}" in told
    verdicts = {row["aspect"]: row["verdict"] for row in judged["load"]["verdicts"]}
    assert (verdicts["headers"], verdicts["reset"]) == ("holds", "holds")
