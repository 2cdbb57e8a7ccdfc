"""Documented failures by chance, as services behind a server have them: in one case of a hundred, of ten, or always.

A mock that fails so is judged as somebody else's: services behind one of ours are always available.
"""

from collections.abc import Iterator
from typing import Any

from nhq.mutation.variants.variant import Variant, choose_sometimes, variants_of_area

take = variants_of_area("failures", "enrichment", "conversations", "lifecycle")

SHARES = (("one-time-in-a-hundred", "One time in a hundred", 0.01), ("one-time-in-ten", "One time in ten", 0.1))
WHERE_DOCUMENTED = "documented-5xx", "502 and 503 where documented"


def _at_all_shares(ident: str, sentence: str, usual: Any, instead: Any, policy: str) -> Iterator[Variant]:
    """`sentence` goes on after the share, which stands at its beginning."""
    for name, words, share in (*SHARES, ("always", "Always", 1.0)):
        choice: dict[str, Any] = {policy: choose_sometimes(usual, instead, share)}
        yield take(f"{ident}-{name}", f"{words} {sentence}", *WHERE_DOCUMENTED, shared=True, **choice)


VARIANTS = (
    *_at_all_shares("errs-in-enriching", "the provider errs: 502.", "enriched", "error", "provider_answer"),
    *_at_all_shares("fails-to-send", "a send fails: 502.", "sent", "failed", "send_outcome"),
    *_at_all_shares("cannot-send", "sending is unavailable: 503.", "sent", "unavailable", "send_outcome"),
    *_at_all_shares(
        "cannot-ask-a-session", "a sender's session can't be asked: 503.", True, False, "session_reachable"
    ),
    take(
        "fails-to-enrich-one-time-in-ten",
        "One time in ten the provider has nothing.",
        "enrich-failed-or-502",
        "either, where the provider gives nothing",
        shared=True,
        provider_answer=choose_sometimes("enriched", "failed", 0.1),
    ),
    take(
        "never-enriches",
        "The provider has nothing about anybody.",
        "enrich-failed-or-502",
        "either, where the provider gives nothing",
        shared=True,
        provider_answer=choose_sometimes("enriched", "failed", 1.0),
    ),
    take(
        "leaves-one-message-in-ten-pending",
        "One message in ten is pending at first.",
        "pending-or-sent",
        "one in ten",
        send_outcome=choose_sometimes("sent", "pending", 0.1),
    ),
)
