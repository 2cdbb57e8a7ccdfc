"""Reads with keys that must not see what they ask for: without its scope, or of another workspace."""

from nhq.contract import Operation
from nhq.model import Exchange, Identity
from nhq.scenarios.judge import Judge
from nhq.scenarios.refusals import judge_refused

#: The rules that such a read is judged by.
WITHHELD = frozenset({"SCOPE-MISSING", "SCOPE-WRITE-NOT-READ", "WS-FOREIGN-404"})


def withheld_by(row: Operation, key: Identity, workspace: str) -> str:
    """The rule by which a key must not be shown what it asks for, whose ids are of this workspace; "" for none."""
    if row.scope not in key.scopes:
        sibling = f"{row.scope.partition(':')[0]}:write"
        return "SCOPE-WRITE-NOT-READ" if sibling in key.scopes else "SCOPE-MISSING"
    return "WS-FOREIGN-404" if key.workspace != workspace and row.path_parameters else ""


def judge_withheld(judge: Judge, rule: str, answer: Exchange) -> None:
    """Nothing is shown: a success breaks the rule, in the words of the tests about it.

    How else a request is refused that may be wrong, those look at.
    """
    owed, when = (404, "for an id of another workspace") if rule == "WS-FOREIGN-404" else (403, "without the scope")
    if answer.ok or answer.status == owed:
        judge_refused(judge, rule, answer, owed, when)
