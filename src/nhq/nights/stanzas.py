"""Pure: how long each stanza of the approvals file has approved nothing, from night to night."""

from collections.abc import Iterable, Mapping, Sequence

from nhq.contract.approvals import StanzaUse, Use

#: A stanza whose finding was looked for and not there in so many nights in a row fails the night.
STALE_AFTER = 3
#: What a round says of a stanza, the most telling last.
_TELLING = (Use.UNSEEN, Use.UNUSED, Use.USED, Use.EXPIRED)


def count_unused(before: Mapping[str, int], stanzas: Iterable[StanzaUse]) -> dict[str, int]:
    """For each stanza that approves nothing now, by fingerprint: in how many nights in a row its finding was not there.

    A night that didn't look counts for nothing and ends nothing; one that used the stanza begins the count anew.
    """
    counts = {}
    for stanza in stanzas:
        nights = before.get(stanza.fingerprint, 0)
        if stanza.use is Use.UNUSED:
            counts[stanza.fingerprint] = nights + 1
        elif stanza.use is Use.UNSEEN and nights:
            counts[stanza.fingerprint] = nights
    return counts


def stale_stanzas(counts: Mapping[str, int], stanzas: Iterable[StanzaUse]) -> list[str]:
    """What to say of the stanzas that approved nothing tonight and in the judged nights before it, a line each."""
    stale = (s for s in stanzas if s.use is Use.UNUSED and counts.get(s.fingerprint, 0) >= STALE_AFTER)
    return [f"{s.problem} (gone for {counts[s.fingerprint]} judged nights)" for s in stale]


def merge_stanzas(rounds: Iterable[Sequence[StanzaUse]]) -> tuple[StanzaUse, ...]:
    """What became of each stanza in a night of several rounds: used where one of them used it."""
    merged: dict[str, StanzaUse] = {}
    for stanza in (one for stanzas in rounds for one in stanzas):
        other = merged.setdefault(stanza.fingerprint, stanza)
        if _TELLING.index(stanza.use) > _TELLING.index(other.use):
            merged[stanza.fingerprint] = stanza
    return tuple(merged.values())
