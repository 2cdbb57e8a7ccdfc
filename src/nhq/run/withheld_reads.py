"""Reads with keys that must not see what they ask for: without its scope, or of another workspace."""

from nhq.contract import Operation
from nhq.fingerprints import Breach
from nhq.model import Exchange, Identity
from nhq.scenarios.judge import Judge

#: The rules that such a read is judged by.
WITHHELD = frozenset({"SCOPE-MISSING", "SCOPE-WRITE-NOT-READ", "WS-FOREIGN-404"})


def withheld_by(row: Operation, key: Identity, workspace: str) -> str:
    """The rule by which a key must not be shown what it asks for, whose ids are of this workspace; "" for none."""
    if row.scope not in key.scopes:
        sibling = f"{row.scope.partition(':')[0]}:write"
        return "SCOPE-WRITE-NOT-READ" if sibling in key.scopes else "SCOPE-MISSING"
    return "WS-FOREIGN-404" if key.workspace != workspace and row.path_parameters else ""


def judge_withheld(judge: Judge, rule: str, answer: Exchange) -> None:
    """Nothing is shown: a success breaks the rule. How else a request is refused that may be wrong, tests look at."""
    owed = 404 if rule == "WS-FOREIGN-404" else 403
    if answer.ok or answer.status == owed:
        told = {"expected": f"{owed} for what the key must not see", "actual": str(answer.status), "where": "status"}
        judge(rule, not answer.ok, answer, code=Breach.STATUS, **told)
