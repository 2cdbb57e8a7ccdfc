"""Plays a case again, alone: the part of a scenario that showed a finding, with its own set-up, on any target."""

from dataclasses import dataclass, replace
from pathlib import Path

from msgspec import structs

from nhq.contract import Contract
from nhq.errors import ConfigError
from nhq.model import Verdict
from nhq.record.case_file import Case, read_case
from nhq.record.case_row import CaseRow
from nhq.record.run_record import ExitCode, Record
from nhq.run.gate import judge_target
from nhq.run.gate_options import GateOptions
from nhq.run.interrupt import Interrupts
from nhq.run.plugin import RunProgress
from nhq.run.revised_observations import contract_of


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """The outcome of a case: the run's record, whether it was reproduced, and the part that was played last.

    `requests` are those of the case itself, without the check of the keys before it.
    """

    case: Case
    record: Record
    seen: bool
    requests: int
    part: CaseRow

    @property
    def exit_code(self) -> ExitCode:
        """1 if it was reproduced, 0 if the rule held there, 2 if that couldn't be judged."""
        if self.record.interrupted:
            return 130
        if self.seen:
            return 1
        return 0 if self._held and not self.record.troubles else 2

    @property
    def _held(self) -> bool:
        rows = [rule for rule in self.record.rules if rule.id == self.case.rule]
        cells = [cell for rule in rows for name, cell in rule.cells.items() if name == (self.case.operation or name)]
        return any(cell.verdict is Verdict.HOLDS for cell in cells) or any(r.verdict is Verdict.HOLDS for r in rows)

    @property
    def words(self) -> str:
        """The outcome in one line."""
        told = f"case {self.case.fingerprint[:12]} ({self.case.kind} of {self.case.part.scenario})"
        if self.seen:
            return f"{told}: reproduced, after {self.requests} request{'s' * (self.requests != 1)}"
        how = "not reproduced, the rule held" if self.exit_code == 0 else "could not be judged"
        return f"{told}: {how}, {self.requests} requests"


def load_case(file: Path) -> Case:
    """A case from its file. Raises ConfigError if that can't be read, or holds none."""
    try:
        return read_case(file.read_text("utf-8"), str(file))
    except (OSError, UnicodeDecodeError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else "no UTF-8"
        raise ConfigError(f"{file}: cannot be read ({reason})") from None


def judge_case(
    case: Case, options: GateOptions, progress: RunProgress | None = None, interrupts: Interrupts | None = None
) -> CaseOutcome:
    """Play a case, and where its part of the scenario shows nothing, the whole scenario. Raises as `judge_target`.

    The options' target is used; rules, operations, seed and depth are the case's.
    """
    outcome = CaseOutcome(case, *_played(case, case.part, options, progress, interrupts), case.part)
    whole = whole_scenario(case.part)
    if outcome.seen or whole == case.part or outcome.record.interrupted:
        return outcome
    record, seen, requests = _played(case, whole, options, progress, interrupts)
    return CaseOutcome(case, record, seen, outcome.requests + requests, whole)


def whole_scenario(part: CaseRow) -> CaseRow:
    """The whole scenario instead of one part of it."""
    return structs.replace(part, variant=None, request=None, keyless=False, sequence="")


def _played(
    case: Case, part: CaseRow, options: GateOptions, progress: RunProgress | None, interrupts: Interrupts | None
) -> tuple[Record, bool, int]:
    contract = contract_of(options.contract)
    played = replace(
        options,
        seed=part.seed,
        rules=(case.rule,),
        operations=_operations(case, contract),
        case=structs.replace(case, part=part),
        unplanned=True,
    )
    record = judge_target(played, progress, interrupts)
    seen = any(finding.fingerprint == case.fingerprint for finding in record.findings)
    return record, seen, record.requests.total - record.requests.preflight


def _operations(case: Case, contract: Contract) -> tuple[str, ...]:
    """The operation, where its rule is judged there. Raises ConfigError for a rule that the contract hasn't."""
    if case.rule not in contract.rules:
        raise ConfigError(f"the case is about {case.rule}, which no rule of this contract is called")
    return (case.operation,) if case.operation in contract.applies(case.rule) else ()
