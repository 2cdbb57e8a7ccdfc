"""Classify answers by what they show of the counter.

- counted: every answer but 401, 429, 5xx and a gateway's own (the contract: every other answer counts).
- admitted: those below 400. There was room for them. A 400, 403, 404 or 409 may come in a full window instead of a 429,
  because the contract doesn't say which is checked first: it is counted, and shows no room.
- rejected: 429. The window was full at the instant of decision. An exception is a key that is invalid, or no longer
  valid: such callers may be limited by address, about which nothing is promised.
- maybe: no reply, 5xx, 401 and a gateway's own. It may have been counted or not.
- late: no reply, 5xx and a gateway's own may also be decided late: a request given up by the client or by a gateway can
  sit in a queue. We allow for one window after we stopped waiting.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nhq.model import GATEWAY
from nhq.ratelimit.history.history import MISSING, NO_REPLY, Bools, Floats, History, Ints

UNAUTHORIZED, REFUSED = 401, 429


@dataclass(frozen=True, slots=True, eq=False)
class Kinds:
    """Statuses and masks of n events, see the module; all arrays have shape (n,).

    `gateway`: perhaps a gateway's own answer. `judged`: the three headers describe the key's window.
    """

    status: npt.NDArray[np.int16]
    admitted: Bools
    counted: Bools
    rejected: Bools
    maybe: Bools
    late: Bools
    gateway: Bools
    judged: Bools


def classify_answers(history: History, rows: Ints) -> Kinds:
    """Classify the answers at `rows`, which must hold all rows of each key."""
    status = history.status.take(rows)
    gateway = _gateways(history, rows, status)
    late = (status == NO_REPLY) | (status >= 500) | gateway
    maybe = late | (status == UNAUTHORIZED)
    refused = status == REFUSED
    counted = ~(maybe | refused)
    rejected = refused
    if (status == UNAUTHORIZED).any():
        rejected = refused & ~_by_address(
            history.key[rows], history.sent[rows], history.received[rows], status, counted
        )
    judged = (status != NO_REPLY) & (status != UNAUTHORIZED) & (rejected | ~refused)
    return Kinds(status, counted & (status < 400), counted, rejected, maybe, late, gateway, judged)


def _gateways(history: History, rows: Ints, status: npt.NDArray[np.int16]) -> Bools:
    """Answers that a gateway may have given in the server's place: such a status, and none of the three headers."""
    theirs = np.zeros(1000, dtype=bool)
    theirs[list(GATEWAY)] = True
    mask: Bools = theirs[status]
    if mask.any():
        mask &= (history.limit[rows] == MISSING) & (history.remaining[rows] == MISSING) & np.isnan(history.reset[rows])
    return mask


def _by_address(
    key: npt.NDArray[np.int32], sent: Floats, received: Floats, status: npt.NDArray[np.int16], counted: Bools
) -> Bools:
    """Answers to keys that were answered 401, and that no later answer shows to be valid."""
    strange = np.flatnonzero(status == UNAUTHORIZED)
    valid = np.full(int(key.max()) + 1, -np.inf)
    np.maximum.at(valid, key[counted], sent[counted])
    told = np.zeros(len(valid), dtype=bool)
    told[key[strange[received[strange] >= valid[key[strange]]]]] = True
    by_address: Bools = told[key] & (received >= valid[key])
    return by_address
