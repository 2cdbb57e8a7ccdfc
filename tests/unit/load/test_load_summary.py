"""What a record holds of a load run."""

import json

import msgspec

from nhq.load.budget import judge_budget
from nhq.load.load_summary import POINTS, key_timeline, load_section
from nhq.load.profile import LatencyBudget, load_profile
from nhq.load.send_plan import make_plan
from nhq.ratelimit.checker.check import check_history
from nhq.ratelimit.history.history import History
from nhq.record.load_rows import LoadRecord


def test_a_timeline_holds_every_request_and_the_edges(small_history: History):
    """Sent, left, status; where resets lie; where the counter was seen to start anew."""
    line = key_timeline(small_history, 0, 0.0)
    assert json.loads(msgspec.json.encode(line)) == {
        "key": "k",
        "left_out": 0,
        "points": [[0.0, 1, 200], [1.0, 0, 200], [2.0, 0, 429], [3.0, None, 0], [6.0, 1, 200]],
        "declared": [5.0, 11.0],
        "observed": [[2.1, 6.1]],
    }


def test_a_long_timeline_says_what_it_leaves_out(small_history: History):
    """A picture of a million points helps nobody."""
    import numpy as np

    long = small_history.rows(np.zeros(POINTS + 3, dtype=int))
    line = key_timeline(long, 0, 0.0)
    assert (len(line.points), line.left_out) == (POINTS, 3)


def test_the_record_is_plain_data(small_history: History):
    """It survives JSON unchanged, and names what its budget didn't keep."""
    plan = make_plan(load_profile("boundary"), 2, 5.0)
    kept = judge_budget(small_history, LatencyBudget(p50=0.01))
    record = load_section(small_history, check_history(small_history, 2, 5.0), kept, plan, ["worker-0.arrows"])
    values = json.loads(json.dumps(msgspec.to_builtins(record), allow_nan=False))
    assert msgspec.convert(values, LoadRecord) == record
    assert record.statuses == {"no reply": 1, "200": 3, "429": 1}
    assert record.exceeded == ("latency p50", "errors")
    assert record.seconds == 6.1
