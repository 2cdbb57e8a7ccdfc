"""A small history, made by hand."""

import numpy as np
import pytest

from nhq.ratelimit.history.history import MISSING, History, Meta


@pytest.fixture
def small_history() -> History:
    """One key, five requests over two windows of 5 s: three answered, one refused, one without a reply."""
    return History(
        keys=("k",),
        operations=("list_leads", "list_campaigns"),
        key=np.zeros(5, dtype=np.int32),
        operation=np.array([0, 1, 0, 0, 1], dtype=np.int32),
        intended=np.array([0.0, 1.0, 2.0, 3.0, 6.0]),
        sent=np.array([0.0, 1.0, 2.0, 3.0, 6.0]),
        received=np.array([0.1, 1.1, 2.1, 4.0, 6.1]),
        status=np.array([200, 200, 429, 0, 200], dtype=np.int16),
        limit=np.array([2, 2, 2, MISSING, 2], dtype=np.int32),
        remaining=np.array([1, 0, 0, MISSING, 1], dtype=np.int32),
        reset=np.array([1005.0, 1005.0, 1005.0, np.nan, 1011.0]),
        origin=1000.0,
        meta=Meta(2, 5.0, True, "w"),
    )
