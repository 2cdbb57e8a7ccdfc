"""Status, media type and body of one answer against the published contract and what its prose promises."""

from collections.abc import Iterator

from nhq.checks.seen import MISSING, Seen, judges
from nhq.contract import SchemaProblem
from nhq.model import Level, Observation


@judges("STATUS-DOCUMENTED")
def status_documented(seen: Seen) -> Iterator[Observation]:
    """Every status is one that the operation documents; where the contract documents no 400, a refused request may be one."""
    known = sorted(seen.operation.statuses)
    ok = seen.status in known or seen.status in _tolerated(seen)
    yield seen.judged("STATUS-DOCUMENTED", ok, f"one of {', '.join(map(str, known))}", f"{seen.status}")


def _tolerated(seen: Seen) -> set[int]:
    """Undocumented answers that the contract leaves open: to requests it doesn't say how to refuse."""
    return {400, 413, 414, 415, 422, 431} - set(seen.operation.statuses) if 400 not in seen.operation.statuses else {413, 414, 415, 431}
