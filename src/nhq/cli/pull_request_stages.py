"""The five stages of a pull request, each from documents to a result: nothing is printed or written here."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from nhq.cassettes.breaking_exchanges import Break
from nhq.contract.contract_changes import ContractChange
from nhq.report.pull_request_report import PullRequestStage, StageState
from nhq.report.report_words import count_words, first_few

if TYPE_CHECKING:
    from nhq.contract import Contract
    from nhq.contract.change_approvals import ChangeApprovals
    from nhq.diff import change_records
    from nhq.diff.diff_report import Report
    from nhq.record.run_record import Record


@dataclass(frozen=True, slots=True)
class Documents:
    """Both documents as files, so that every stage can load them, and as the diff reads them."""

    base: "change_records.ComparedDocument"
    head: "change_records.ComparedDocument"
    base_file: Path
    head_file: Path


def _state(is_red: object) -> StageState:
    return StageState.FAILED if is_red else StageState.PASSED


def validate_stage(documents: Documents) -> PullRequestStage:
    """Is the document valid OpenAPI? Problems that the base has too don't count."""
    from nhq.run.openapi_validity import document_problems

    before = set(document_problems(documents.base.content))
    found = document_problems(documents.head.content)
    new = tuple(line for line in found if line not in before)
    known = f"; {len(found) - len(new)} problems were in the base already" if len(found) > len(new) else ""
    told = f"{len(new)} problems" if new else f"OpenAPI {documents.head.content['openapi']}"
    return PullRequestStage("document", _state(new), told + known, new)


def trace_stage(documents: Documents, accepted: "ChangeApprovals") -> PullRequestStage:
    """What the change does to the sentences, rows and overlays that our rules use."""
    from nhq.contract import load_contract
    from nhq.contract.change_approvals import subject_of
    from nhq.contract.revision import load_revision

    known = load_contract()
    changes = load_revision(documents.head_file, former=known).changes
    before = {subject_of(change) for change in load_revision(documents.base_file, former=known).changes}
    new = [change for change in changes if subject_of(change) not in before]
    red = [change for change in new if change.fails and not accepted.accept(change)]
    agreed = sum(change.fails for change in new) - len(red)
    told = f"{len(red)} changes to what we judge by fail, {agreed} approved, {len(new) - len(red) - agreed} warn"
    told += f"; {len(changes) - len(new)} were in the base already" if len(changes) > len(new) else ""
    return PullRequestStage(
        "trace", _state(red), told, tuple(map(_change_line, red)), stanzas=tuple(map(accepted.propose, red))
    )


def _change_line(change: ContractChange) -> str:
    words = f"{change.before} → {change.after}" if change.after else change.before
    rules = f" ({first_few(change.rules, 3)})" if change.rules else ""
    return f"{change.kind} at {change.pointer}{rules}: {words}; {change.todo}"


def compared_stage(report: "Report") -> PullRequestStage:
    """Does the change break a client?"""
    from nhq.diff.approval_subjects import proposed_stanza
    from nhq.diff.diff_text import diff_verdict

    red = [one for one in report.changes if one.fails]
    reasons = [
        f"{one.change.level} {one.change.rule}: {one.change.message} "
        f"({first_few(one.change.operations, 2) or 'the whole API'})"
        for one in red
    ]
    told = diff_verdict(report).partition(": ")[2]
    stanzas = tuple(proposed_stanza(one.change, report.today) for one in red)
    return PullRequestStage("diff", _state(report.exit_code), told, (*reasons, *report.problems), stanzas=stanzas)


def replay_stage(documents: Documents, report: "Report | None") -> PullRequestStage:
    """Which recorded interactions the change breaks, except those that an approved change explains."""
    from nhq.cassettes.changed_contract import judge_changed
    from nhq.contract import load_contract

    contract = load_contract()
    outcome = judge_changed(documents.head_file)
    broken = outcome.breaks
    if broken and documents.base.content != contract.document:
        before = {_name(one) for one in judge_changed(documents.base_file).breaks}
        broken = tuple(one for one in broken if _name(one) not in before)
    red = [one for one in broken if report is None or not is_approved(one, report, contract)]
    places = {one.interaction.place for one in red}
    told = f"{len(places)} of {outcome.judged} recorded interactions broken"
    others = {one.interaction.place for one in broken} - places
    told += f", {len(others)} by approved changes" if others else ""
    return PullRequestStage("cassettes", _state(red), told, tuple(_folded(red)))


def _folded(red: Iterable[Break]) -> Iterator[str]:
    """One line for all that is broken alike, whichever item of a list it is, and in how many interactions."""
    alike: dict[str, set[str]] = {}
    for one in red:
        where = re.sub(r"/\d+(?=/|$)", "/*", one.where) or "/"
        line = f"{one.rule} on {one.operation} at {where}: {one.expected}"
        alike.setdefault(line, set()).add(one.interaction.place)
    for line, places in sorted(alike.items(), key=lambda row: -len(row[1])):
        yield f"{line}: {count_words(len(places), 'interaction')}, as {min(places)}"


def _name(one: Break) -> tuple[str, str, str]:
    return one.interaction.place, one.rule, one.where


def is_approved(one: Break, report: "Report", contract: "Contract") -> bool:
    """Is the place where a recorded interaction breaks touched by approved changes only?"""
    row = contract.operations[one.operation]
    touching = [told for told in report.changes if _touches(told.change, f"{row.method} {row.template}", one)]
    return any(told.approval for told in touching) and not any(told.fails for told in touching)


def _touches(change: "change_records.DocumentChange", operation: str, one: Break) -> bool:
    """Is it a change of that operation, of that side of it, at that place, above it or below it?"""
    if change.operations and operation not in change.operations:
        return False
    answers = change.where.startswith("response")
    if change.where and answers is (one.rule == "REQUEST-VALID"):
        return False
    place = [part for part in one.where.split("/") if part]
    return change.where.count(" parameter ") > 0 or all(
        wanted in ("*", found) or found == "*" for wanted, found in zip(change.place, place, strict=False)
    )


def server_stage(record: "Record") -> PullRequestStage:
    """What a gate run found about the server; changes of the contract belong to the trace."""
    from nhq.report import record_facts
    from nhq.report.run_headline import run_headline

    found = [
        f"{rule.id} on {', '.join(places[:3])}: expected {finding.expected}; saw {finding.actual}"
        for rule, findings in record_facts.by_rule(record)
        for finding, places in record_facts.fold_findings(
            filter(partial(record_facts.finding_fails_run, record), findings)
        )
    ]
    troubles = [f"trouble on our side, {one.where}: {one.cause}" for one in record.troubles]
    held = any(rule.selected and rule.verdict == "holds" for rule in record.rules)
    could = held and not troubles and not record.interrupted
    found += record.approval_problems
    state = StageState.FAILED if found else StageState.PASSED if could else StageState.UNJUDGED
    return PullRequestStage(
        "server",
        state,
        run_headline(record),
        (*found, *troubles),
        stanzas=tuple(record_facts.approval_stanzas(record)),
    )


def run_stages(
    stages: Iterable[tuple[str, str, Callable[[], PullRequestStage]]], now: Callable[[], float]
) -> list[PullRequestStage]:
    """Run the stages in order and time each; an error becomes that stage's result, and the others go on."""
    return [_timed(name, again, make, now) for name, again, make in stages]


def _timed(name: str, again: str, make: Callable[[], PullRequestStage], now: Callable[[], float]) -> PullRequestStage:
    from dataclasses import replace

    from nhq.cli.optional_extras import lacking_extra
    from nhq.errors import NhqError, crash_place

    began = now()
    try:
        stage = make()
    except NhqError as problem:
        stage = PullRequestStage(name, StageState.UNJUDGED, "could not be judged", (str(problem),))
    except Exception as problem:
        lacking = lacking_extra(problem)
        told = "could not be judged" if lacking else "nhq itself went wrong"
        stage = PullRequestStage(name, StageState.UNJUDGED, told, (lacking or crash_place(problem),))
    return replace(stage, again=again, seconds=now() - began)
