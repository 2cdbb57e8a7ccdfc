"""Where the target file may be wrong about a key: findings that only a slip of it explains are none of the server's."""

from collections.abc import Collection, Mapping

from nhq.client.target import Target
from nhq.contract import Contract
from nhq.run.collector import Collector
from nhq.run.events import FindingKey, Sighting
from nhq.run.scope_inference import KeyAnswers, ScopeFit, fit_of, wrong_key_lines


def withdraw_doubtful_findings(collector: Collector, target: Target, contract: Contract, answers: KeyAnswers) -> None:
    """Withdraw what a wrong line of the target file explains, as trouble of ours; say beside the rest that one might.

    On a mock of ours the file is known to be right.
    """
    if target.controlled:
        return
    wrong = wrong_key_lines(target, contract, answers)
    fits = {key.label: fit_of(key, contract, answers) for key in target.keys}
    for label in wrong:
        collector.trouble("target file", _line(target, fits[label]))
    tainted = {label: _tests(fit, contract, answers) for label, fit in fits.items()}
    for finding in list(collector.findings):
        seen = collector.sightings(finding)
        slipped = _slipped(finding, seen, wrong, tainted)
        if slipped:
            collector.withdraw(finding, slipped, f"the target file is wrong about key {', '.join(wrong)}")
        about = [_doubted(finding[0], sighting, fits, tainted, answers) for sighting in seen]
        if about and all(about) and finding in collector.findings:
            named = ", ".join(dict.fromkeys(label for labels in about for label in labels))
            collector.remark(finding, f"or the target file is wrong about key {named}")


def excusable(collector: Collector, target: Target, contract: Contract, answers: KeyAnswers) -> set[FindingKey]:
    """The findings that a wrong line of the target file explains, or may yet be seen to explain."""
    if target.controlled:
        return set()
    fits = {key.label: fit_of(key, contract, answers) for key in target.keys}
    tainted = {label: _tests(fit, contract, answers) for label, fit in fits.items()}
    misfit = {label: fit.misfit for label, fit in fits.items() if fit.misfit}

    def may_be(finding: FindingKey) -> bool:
        seen = collector.sightings(finding)
        doubted = [_doubted(finding[0], sighting, fits, tainted, answers) for sighting in seen]
        return bool(seen) and (all(doubted) or _slipped(finding, seen, misfit, tainted) == seen)

    return set(filter(may_be, collector.findings))


def _slipped(
    finding: FindingKey,
    seen: list[Sighting],
    wrong: Mapping[str, Collection[str]],
    tainted: Mapping[str, Collection[str]],
) -> list[Sighting]:
    """The sightings of a finding that a wrong line of the target file explains."""
    if finding[0].endswith("-NO-EFFECT") and any(":write" in scope for label in wrong for scope in wrong[label]):
        return seen  # that key has written where it was meant to be refused, and that is what was read
    return [sighting for sighting in seen if any(sighting[1] in tainted[label] for label in wrong)]


def _tests(fit: ScopeFit, contract: Contract, answers: KeyAnswers) -> set[str]:
    """The tests in which a key was answered as its line in the file doesn't say, always in the same way."""
    at_odds = {(fit.key.label, row.id) for row in contract.operations.values() if row.scope in fit.misfit}
    return set() if fit.mixed else {test for test, learned in answers.tests.items() if learned & at_odds}


def _doubted(
    rule: str, sighting: Sighting, fits: Mapping[str, ScopeFit], tainted: Mapping[str, set[str]], answers: KeyAnswers
) -> list[str]:
    """Labels of the keys of which another line in the file would explain what was seen."""
    label, test = sighting
    if rule == "AUTH-REVOKED":
        return [label] if label in fits and fits[label].key.revoked and not answers.unknown[label] else []
    if rule == "AUTH-VALID":
        return [label] if not answers.known(label) else []
    return [name for name, tests in tainted.items() if test in tests and not fits[name].key.revoked]


def _line(target: Target, fit: ScopeFit) -> str:
    key = fit.key
    parts = [f"it lacks {', '.join(sorted(fit.lacking))}"] if fit.lacking else []
    parts += [f"it has {', '.join(sorted(fit.surplus))} too"] if fit.surplus else []
    line = f"{target.name}: the answers to key {key.label} ({key.env}) fit other scopes than its [[key]] says"
    return f"{line}: {'; '.join(parts)}"
