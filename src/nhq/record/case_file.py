"""A case: one finding with what shows it again, as a file beside the reports, and back."""

import json
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from nhq.errors import ConfigError
from nhq.record.case_row import CaseRow
from nhq.record.judged_rows import ExchangeRow
from nhq.record.run_record import Record
from nhq.record.scalars import Name

FORMAT: Literal["nhq-case/1"] = "nhq-case/1"


class Case(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A finding, the part of a run that showed it, and the exchanges that prove it, oldest first."""

    format: Literal["nhq-case/1"]
    rule: Name
    operation: str | None
    code: str
    where: str
    fingerprint: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    expected: str
    actual: str
    contract: Annotated[str, Meta(description="Digest of the contract it was found by.")]
    kind: Annotated[str, Meta(description="What is played: a request, a sequence, a variant, a scenario, discovery.")]
    part: CaseRow
    nonce: Annotated[str, Meta(description='What the names that the run made bore; "" where everything is put back.')]
    requests: tuple[ExchangeRow, ...]


def cases_of(record: Record) -> list[Case]:
    """A case for each of a run's findings that a part of it shows again, each fingerprint once."""
    told: dict[str, Case] = {}
    for finding in sorted(record.findings, key=lambda one: one.case.requests if one.case is not None else 0):
        if finding.case is None or finding.fingerprint in told:
            continue
        shown = (record.exchanges.get(str(number)) for number in finding.exchanges)
        told[finding.fingerprint] = Case(
            format=FORMAT,
            rule=finding.rule,
            operation=finding.operation,
            code=finding.code,
            where=finding.where,
            fingerprint=finding.fingerprint,
            expected=finding.expected,
            actual=finding.actual,
            contract=record.contract.digest,
            kind=finding.case.kind,
            part=finding.case,
            nonce=record.nonce,
            requests=tuple(exchange for exchange in shown if exchange is not None),
        )
    return list(told.values())


def case_text(case: Case) -> str:
    """A case as indented JSON with one trailing line break, all of it ASCII."""
    return json.dumps(msgspec.to_builtins(case), indent=1) + "\n"


def read_case(text: str, name: str) -> Case:
    """The case that a text holds; `name` is that of its file. Raises ConfigError, naming the place, for none."""
    try:
        return msgspec.convert(json.loads(text), Case)
    except (ValueError, RecursionError) as problem:
        raise ConfigError(f"{name}: holds no case: {str(problem)[:200]}") from None
