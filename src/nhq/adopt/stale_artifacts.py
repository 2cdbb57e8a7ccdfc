"""What was made of the former document and is no more good with the changed one."""

import re
from pathlib import Path

from nhq.contract.contract import Contract

_URI = re.compile(r"(?m)^    method: (\w+)\n    uri: http://[^/\n]+(/[^\n?]*)")


def stale_files(root: Path, contract: Contract) -> tuple[str, ...]:
    """Files to make anew, each with how. Cassettes that hold what changed come by name."""
    told = [
        "fixtures/corpus.json: was made for the former contract; `nhq live-corpus --write` rebuilds it",
        "fixtures/costs.json: was measured with the former contract; `nhq live-corpus --costs RECORD` rebuilds it",
        "reports/POWER.md: was measured with the former rules; `make mutation` measures it again",
    ]
    found = [line for line in told if (root / line.partition(":")[0]).is_file()]
    tapes = sorted((root / "cassettes").rglob("*.yaml"))
    if tapes:
        touched = [tape for tape in tapes if _touches(tape, contract)]
        named = "".join(f"\n    {tape.relative_to(root)}" for tape in touched)
        found.append(
            f"cassettes: {len(tapes)} were recorded under the former contract (`nhq record`); "
            f"{len(touched)} of them hold requests to what changed{':' if named else ''}{named}"
        )
    return tuple(found)


def _touches(tape: Path, contract: Contract) -> bool:
    """Does a cassette hold a request to an operation that a finding about the contract names?"""
    former = contract.former
    changed = {change.operation for change in contract.changes if change.operation is not None}
    if former is None:
        return False
    for method, path in _URI.findall(tape.read_text(encoding="utf-8")):
        match = former.match(method, path)
        if match is not None and match[0].id in changed:
            return True
    return False
