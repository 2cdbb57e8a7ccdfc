"""check(history, limit, window): four verdicts, each with its cause and its smallest witnesses. Pure.

Every named finding is certain: no fixed-window counter of `limit` per `window` seconds and key, whatever its anchor,
its rounding of resets, its latency, and whatever happened to lost replies, can have produced the history. The proofs
are in `classify`, `admissions`, `windows`, `overcount` and `resets`. What another client's use of the keys would
explain, too, is a finding only if the recorder was alone; else it is a doubt, and the question stays unknown.
"""

import math

from nhq.errors import HistoryError
from nhq.ratelimit.checker.anomalies import Verdicts
from nhq.ratelimit.checker.partition import BLOCK, make_promise
from nhq.ratelimit.checker.sharing_suspects import Keys, name_sharers
from nhq.ratelimit.checker.tally import tally_blocks
from nhq.ratelimit.checker.verdicts import HistoryFacts, conclude_verdicts
from nhq.ratelimit.history.history import LONGEST, Bools, History, validate_history

#: Counters fit into 31 bits.
MOST = 2**31 - 1


def check_history(
    history: History,
    limit: int,
    window: float,
    *,
    skew: float | None = None,
    fresh: bool | None = None,
    alone: bool | None = None,
    size: int = BLOCK,
) -> Verdicts:
    """Judge a history against `limit` requests per `window` seconds and key.

    `skew`: the maximum difference of the server's clock and ours in seconds; None if unknown. `fresh`: the keys were
    unused for a window before the history began. `alone`: from its first instant on, the history holds every request of
    its keys; nobody else used them. None: as the recorder says. About `size` events are judged at a time.
    Raises HistoryError for a history or a promise that cannot be judged.
    """
    skew = refuse_strange_promise(limit, window, skew)
    validate_history(history, history.meta.worker or "history")
    promise = make_promise(history, limit, window, fresh, alone)
    tally = tally_blocks(history, promise, skew, size)

    def again(chosen: Bools) -> History:
        return history if chosen.all() else history.of_keys(chosen)

    keys = Keys(history.keys, history.counts)
    found = [one for _, one in tally.found]
    if "key" not in history.unrecorded:
        found = name_sharers(found, keys, promise, again, size)
    whole = HistoryFacts.of(history, len(history))
    return conclude_verdicts(whole, promise, found, tally.evidence, tally.skew, skew)


def refuse_strange_promise(limit: int, window: float, skew: float | None) -> float | None:
    """The bound of the clocks' difference; None: no bound. Raises HistoryError for a promise that can't be judged."""
    if not 1 <= limit <= MOST or not 0 < window <= LONGEST or (skew is not None and not skew >= 0):
        clock = "" if skew is None else f" with clocks within {skew:g} s"
        raise HistoryError(f"cannot judge a limit of {limit} per {window:g} s{clock}")
    return None if skew == math.inf else skew
