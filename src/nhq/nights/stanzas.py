"""For how many nights each stanza of the approvals file has approved nothing. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from nhq.contract.approvals import StanzaUse, Use

#: Number of nights in a row without its finding after which a stanza fails the night.
STALE_AFTER = 3
#: The uses of a stanza, the strongest last.
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
    """One line for each stanza that approved nothing tonight and in the judged nights before."""
    stale = (s for s in stanzas if s.use is Use.UNUSED and counts.get(s.fingerprint, 0) >= STALE_AFTER)
    return [f"{s.problem} (gone for {counts[s.fingerprint]} judged nights)" for s in stale]


def merge_stanzas(rounds: Iterable[Sequence[StanzaUse]]) -> tuple[StanzaUse, ...]:
    """The use of each stanza in a night of several rounds: used if one of them used it."""
    merged: dict[str, StanzaUse] = {}
    for stanza in (one for stanzas in rounds for one in stanzas):
        other = merged.setdefault(stanza.fingerprint, stanza)
        if _TELLING.index(stanza.use) > _TELLING.index(other.use):
            merged[stanza.fingerprint] = stanza
    return tuple(merged.values())
