"""Where the target file may be wrong about a key: findings that only a slip of it explains are none of the server's."""

from nhq.contract import Contract
from nhq.drive.target import Target
from nhq.run.collect import Collector, FindingKey
from nhq.run.keyfit import Answers, Fit, fit_of, slips


def weigh(collector: Collector, target: Target, contract: Contract, answers: Answers) -> None:
    """Withdraw what a wrong line of the target file explains, as trouble of ours; say beside the rest that one might.

    On a mock of ours the file is known to be right.
    """
    if target.control_url:
        return
    wrong = slips(target, contract, answers)
    fits = {key.label: fit_of(key, contract, answers) for key in target.keys}
    for label in wrong:
        collector.trouble("target file", _line(target, fits[label]))
    for finding in list(collector.findings):
        scope = contract.operations[finding[1]].scope if finding[1] is not None else ""
        about = [label for label in collector.accused(finding) if _explains(finding, fits.get(label), scope, answers)]
        slipped = [label for label in about if label in wrong]
        if slipped:
            collector.withdraw(finding, slipped, f"the target file is wrong about key {', '.join(slipped)}")
        elif about and about == collector.accused(finding):
            collector.remark(finding, f"or the target file is wrong about key {', '.join(about)}")


def _explains(finding: FindingKey, fit: Fit | None, scope: str, answers: Answers) -> bool:
    """Would another line about its key explain a finding?"""
    rule, _, where, _ = finding
    if fit is None:
        return False
    if rule == "AUTH-REVOKED":
        return fit.key.revoked
    if rule == "AUTH-VALID":
        return not any(label == fit.key.label for label, _ in (*answers.let_in, *answers.kept_out))
    if fit.key.revoked or not (rule.startswith("SCOPE-") or where == "status"):
        return False
    return not fit.mixed and scope in fit.misfit


def _line(target: Target, fit: Fit) -> str:
    key = fit.key
    parts = [f"it lacks {', '.join(sorted(fit.lacking))}"] if fit.lacking else []
    parts += [f"it has {', '.join(sorted(fit.surplus))} too"] if fit.surplus else []
    line = f"{target.name}: the answers to key {key.label} ({key.env}) fit other scopes than its [[key]] says"
    return f"{line}: {'; '.join(parts)}"
