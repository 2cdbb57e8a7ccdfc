"""The record itself: what was run, against what and by which contract, and all that it saw and judged."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from nhq.model import Effect, Level, Verdict
from nhq.record.judged_rows import ExchangeRow, FindingRow, OperationRow, RuleRow, TestRow
from nhq.record.load_rows import LoadRecord
from nhq.record.mutation_rows import MutationRecord
from nhq.record.scalars import Count, Counts, Lines, Name, Names, Seconds, Status

#: 1 had no ids of scenarios, no codes and no fingerprints. 2 called a mutation run power, its variants liberties, a
#: status fate; `nhq.record.former_record` reads it.
SCHEMA_VERSION: Literal[3] = 3
Kind = Literal["gate", "nightly", "load", "check", "mutation", "diff", "replay"]
ExitCode = Literal[0, 1, 2, 130]


class ToolRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What made the record."""

    name: Literal["networkhq-conformance"]
    version: Name


class ChangeRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One finding about the contract."""

    kind: Name
    pointer: Annotated[str, Meta(description="JSON pointer into the contract; into the former one for what has gone.")]
    before: str
    after: str
    todo: Annotated[Name, Meta(description="What a person does about it.")]
    operation: str | None
    rules: Annotated[Lines, Meta(description="Ids of the rules it touches.")]
    fails: Annotated[bool, Meta(description="Fails the run, unless it is approved.")]
    approved: bool
    stanza: Annotated[str, Meta(description="TOML that would approve it; empty where nothing fails.")]


class ContractRow(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Which contract was judged by."""

    title: str
    version: str
    digest: Annotated[Name, Meta(description="Of the contract's bytes.")]
    former: Annotated[
        str,
        Meta(
            description="Digest of the contract that rules and mock were written for, where another one was judged by."
        ),
    ] = ""
    changes: Annotated[
        tuple[ChangeRow, ...],
        Meta(description="Findings about a contract that moved: all that doesn't fit what is written about ours."),
    ] = ()


class TargetRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The server judged."""

    name: str
    base_url: str
    kind: Literal["mock", "live"]
    allow: Annotated[
        tuple[Effect, ...],
        Meta(description="Effects the run was permitted.", extra_json_schema={"uniqueItems": True}),
    ]
    limit: Annotated[int, Meta(description="Requests per window and key.", ge=1)]
    window: Annotated[float, Meta(description="Seconds.", gt=0)]
    refused: Annotated[
        Lines, Meta(description="Labels of the keys that the server didn't know, and that the run went on without.")
    ] = ()
    usable: Annotated[Lines, Meta(description="Labels of the keys that the run could use, of any workspace.")] = ()


class StanzaRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What became of one stanza of the approvals file."""

    fingerprint: Annotated[str, Meta(pattern="^[0-9a-f]{12}$")]
    use: Literal["used", "expired", "unused", "unseen"]
    problem: Annotated[str, Meta(description='What to say of it where that is wrong, else "".')]


class RequiredRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much had to be judged (--require), and what of it was not."""

    asked: Annotated[Name, Meta(description="As it was written.")]
    least: Annotated[Count, Meta(description="So many rules at least; 0 where rules were named alone.")]
    judged: Annotated[Count, Meta(description="Rules judged on at least one operation.")]
    lacking: Annotated[Names, Meta(description="Rules that were not judged.")]
    met: bool


class GainRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to add to judge more."""

    add: Annotated[Names, Meta(description="All of it is needed together.")]
    rules: Annotated[Names, Meta(description="Rules that nothing was judged of.")]
    places: Annotated[Count, Meta(description="Operations more, of rules that were judged on others.")]


class PairsRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Documented (operation, status) pairs, and which were not observed."""

    documented: Count
    observed: Count
    missing: tuple[tuple[Name, Status], ...]


class RequestsRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was sent."""

    total: Count
    preflight: Annotated[
        Count,
        Meta(description="Of these, sent before the first test to see whether the address and the keys are right."),
    ] = 0
    background: Annotated[
        Count, Meta(description="Of these, reads sent beside the tests with what keys had left of their windows.")
    ] = 0
    by_operation: Counts
    by_key: Annotated[Counts, Meta(description="A key's label → requests sent with it.")]
    waits: Annotated[Count, Meta(description="How often the budget waited for a new window.")]
    waited_seconds: Seconds
    unplanned_429: Annotated[Count, Meta(description="429s no test asked for: our trouble, not the server's.")]
    unused_while_waiting: Annotated[
        Count, Meta(description="What the widest keys could still have sent when waits for allowance began.")
    ] = 0
    digest: Annotated[
        str, Meta(description="SHA-256 over every request in order and its status: two equal runs have one.")
    ] = ""


class TroubleRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What went wrong on our side."""

    where: str
    cause: Name
    time_up: Annotated[bool, Meta(description="It is that the run's time was used up before all tests were made.")] = (
        False
    )


class QuestionRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question the contract leaves open, and which way the target chose."""

    id: Name
    question: str
    chosen: str


class Record(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one run of nhq saw and judged, without keys and personal data. Every report is made from it alone."""

    format: Literal["nhq-run/1"]
    schema_version: Annotated[
        Literal[3], Meta(description="Raised when a field is renamed or dropped, or means something else.")
    ]
    tool: ToolRow
    kind: Kind
    verdict: Verdict
    exit_code: Annotated[
        ExitCode, Meta(description="0 nothing violated, 1 violated, 2 could not judge, 130 interrupted.")
    ]
    fail_on: Annotated[
        Level, Meta(description="The least binding rules whose breach fails the run (--fail-on); others warn.")
    ] = Level.MUST
    interrupted: bool
    ended_early: Annotated[
        str,
        Meta(description="Why the run ended before its last test (--fail-fast, --max-findings), if it did."),
    ] = ""
    started: Annotated[
        str,
        Meta(
            description="When the run began, UTC.",
            pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)$",
        ),
    ]
    seconds: Annotated[Seconds, Meta(description="How long the run took.")]
    seed: int
    nonce: Annotated[
        str, Meta(description="Carried by all that this run created; empty where the target is put back.")
    ] = ""
    profile: str
    command: Annotated[str, Meta(description="The command line, as typed.")]
    versions: Annotated[dict[str, str], Meta(description="Name of a tool or library → its version.")]
    contract: ContractRow
    target: Annotated[TargetRow | None, Meta(description="The server judged; null where none was (a diff, a replay).")]
    operations: tuple[OperationRow, ...]
    required: Annotated[RequiredRow | None, Meta(description="Null where nobody asked.")] = None
    gains: Annotated[
        tuple[GainRow, ...],
        Meta(
            description="What to add to judge more, what judges most first. A rule that several would judge is in each."
        ),
    ] = ()
    pairs: PairsRow
    rules: tuple[RuleRow, ...]
    findings: tuple[FindingRow, ...]
    approval_problems: Annotated[
        Names, Meta(description="Approvals that have expired, or approve nothing any more: each fails the run.")
    ] = ()
    approvals: Annotated[
        tuple[StanzaRow, ...],
        Meta(description="What became of each stanza of the approvals file that is for this command."),
    ] = ()
    exchanges: Annotated[
        dict[Annotated[str, Meta(pattern=r"^\d+$")], ExchangeRow],
        Meta(description="Exchange id → the exchange: those that a finding or a cell names as evidence."),
    ]
    requests: RequestsRow
    troubles: tuple[TroubleRow, ...]
    ambiguities: tuple[QuestionRow, ...]
    unsatisfied: Annotated[Lines, Meta(description="What the scenarios needed and the target doesn't have.")]
    written: Annotated[Lines, Meta(description="What the run left behind on the target.")]
    tests: tuple[TestRow, ...]
    load: Annotated[LoadRecord | None, Meta(description="Null for other runs.")]
    mutation: Annotated[MutationRecord | None, Meta(description="Null for other runs.")]
