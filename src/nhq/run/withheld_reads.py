"""Reads with keys that must not see what they ask for: without its scope, or of another workspace."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from urllib.parse import unquote

from nhq.contract import Operation
from nhq.errors import NhqError
from nhq.model import Exchange, Identity
from nhq.run.list_reads import Read
from nhq.scenarios.inventory import Inventory
from nhq.scenarios.judge import Judge
from nhq.scenarios.payloads import may_hold
from nhq.scenarios.refusals import judge_refused

#: The rules that such a read is judged by.
WITHHELD = frozenset({"SCOPE-MISSING", "SCOPE-WRITE-NOT-READ", "WS-FOREIGN-404"})


def withheld_by(row: Operation, key: Identity, workspace: str) -> str:
    """The rule by which a key must not be shown what it asks for, whose ids are of this workspace; "" for none."""
    if row.scope not in key.scopes:
        sibling = f"{row.scope.partition(':')[0]}:write"
        return "SCOPE-WRITE-NOT-READ" if sibling in key.scopes else "SCOPE-MISSING"
    return "WS-FOREIGN-404" if key.workspace != workspace and row.path_parameters else ""


def foreign_reads(
    world: Inventory, operations: Mapping[str, Operation], reads: Iterable[Read]
) -> frozenset[tuple[str, str]]:
    """Reads of the main workspace that show nothing to another: that one's name, and the path.

    Left out are paths with ids that the other may hold as well, or whose things it can't be asked for: no sentence
    makes ids unique beyond a workspace and a kind.
    """
    found = set[tuple[str, str]]()
    for read in reads:
        template = operations[read.operation].path.split("/")
        steps = zip(template, read.path.split("/"), strict=False)
        named = [(name.strip("{}"), unquote(step)) for name, step in steps if name.startswith("{")]
        with suppress(NhqError):
            if not any(may_hold(world.foreign, name, ident) for name, ident in named):
                found.add((world.foreign.workspace, read.path))
    return frozenset(found)


def judge_withheld(judge: Judge, rule: str, answer: Exchange) -> None:
    """Nothing is shown: a success breaks the rule, in the words of the tests about it.

    How else a request is refused that may be wrong, those look at.
    """
    owed, when = (404, "for an id of another workspace") if rule == "WS-FOREIGN-404" else (403, "without the scope")
    if answer.ok or answer.status == owed:
        judge_refused(judge, rule, answer, owed, when)
