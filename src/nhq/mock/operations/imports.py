"""POST /lead_lists/{lead_list_id}/leads: one lead, or a batch of up to 100."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import msgspec

from nhq.mock.call import MockCall, MockReply, Refused
from nhq.mock.encoded_views import encode
from nhq.mock.operations.lifecycle import enroll_joined
from nhq.mock.request_bodies import all_body_problems, read_json, require_valid_body
from nhq.mock.store import newest_first
from nhq.mock.wire_records import Lead, iso_time

FAILED = {"code": "processing_failed", "message": "the lead could not be processed"}


def read_import(call: MockCall) -> None:
    """Stage `body`: with a member `leads` it is a batch, whose entries are validated one by one; else a single lead."""
    body = read_json(call)
    batch = isinstance(body, dict) and "leads" in body
    require_valid_body(call, "batch" if batch else "lead", body)
    call.take(body["leads"] if batch else body)


def import_leads(call: MockCall) -> MockReply:
    """Import one lead or a batch."""
    return _import_batch(call, call.args) if isinstance(call.args, list) else _import_single(call, call.args)


def _import_single(call: MockCall, given: dict[str, Any]) -> MockReply:
    """The lead and its result: 200 when it was a member already, 201 otherwise."""
    if _fails(call, given):
        raise Refused(400, FAILED["code"], FAILED["message"])
    result, ident = import_lead(call, given)
    view = call.engine.views.lead(call.operation.id, call.store, ident)
    body = b'{"data":' + view + b',"result":' + encode(result) + b"}"
    return MockReply(call.policies.single_status(result), body)


@dataclass(slots=True)
class Outcome:
    """The outcomes of a batch's entries."""

    data: list[dict[str, Any]] = field(default_factory=list)
    malformed: list[dict[str, Any]] = field(default_factory=list)
    failed: list[dict[str, Any]] = field(default_factory=list)
    results: list[str] = field(default_factory=list)
    made: list[str] = field(default_factory=list)


def _import_batch(call: MockCall, entries: list[Any]) -> MockReply:
    """Each entry's result, what was malformed or failed, and a summary whose counts add up to the entries sent."""
    policies, outcome = call.policies, Outcome()
    if not policies.keeps_the_good(call.operation.id) and any(
        all_body_problems(call, "lead", entry) for entry in entries
    ):
        call.work_on(call.store.copy())
    for position, entry in enumerate(entries):
        if policies.goes_on(call.operation.id, len(outcome.malformed)):
            _import_entry(call, policies.entry_index(position), entry, outcome)
    if policies.refuses_batch(len(entries), len(outcome.malformed)):
        raise Refused(400, "invalid_body", "none of the leads is well formed")
    summary = policies.import_summary(len(entries), outcome.results, len(outcome.malformed), len(outcome.failed))
    parts = {"data": outcome.data, "malformed": outcome.malformed, "failed": outcome.failed}
    told = {part: policies.batch_order(call.operation.id, part, rows) for part, rows in parts.items()}
    body = {**told, "summary": summary}
    return MockReply(policies.batch_status(summary), encode(body))


def _import_entry(call: MockCall, index: int, entry: Any, outcome: Outcome) -> None:
    found = all_body_problems(call, "lead", entry)
    if not call.policies.entry_valid(call.operation.id, entry, found):
        outcome.malformed.append({"index": index, "errors": call.policies.told_errors(found)})
    elif _fails(call, entry) or call.policies.entry_fails(entry.get("linkedin_url", "")):
        outcome.failed.append({"index": index, "error": FAILED})
    else:
        result, ident = import_lead(call, entry, outcome.made)
        if ident in outcome.made:
            result = call.policies.twin_result(result)
        if result == "failed":
            outcome.failed.append({"index": index, "error": FAILED})
            return
        if result == "created":
            outcome.made.append(ident)
        view = msgspec.Raw(call.engine.views.lead(call.operation.id, call.store, ident))
        outcome.data.append({"index": index, "result": result, "lead": view})
        outcome.results.append(result)


def _fails(call: MockCall, given: dict[str, Any]) -> bool:
    trouble = "import_fails" in call.engine.troubles
    return call.policies.processing_fails(given.get("linkedin_url", ""), call.store.failing_imports, trouble)


def import_lead(call: MockCall, given: dict[str, Any], made: Collection[str] = ()) -> tuple[str, str]:
    """Import one valid lead into the list; its result and its id. A lead that the workspace has is not created again.

    `made` are the leads that this request has created so far.
    """
    store, policies, target = call.store, call.policies, call.ids[0]
    first = policies.dedupe_key(given.get("linkedin_url", ""))
    keys = [key for key in (first, *policies.other_keys(given)) if key is not None]
    ident = None
    for key in keys:
        ident = ident or policies.known_lead(store.lead_keys.get(key, {}), call.workspace, made)
    if ident is not None and not policies.recognised(store.lists_of.get(ident, ()), target):
        ident = None
    member = ident is not None and policies.is_member(store.lists_of.get(ident, ()), target)
    result = policies.import_result(ident is not None, member)
    if ident is None:
        ident = _create(call, given)
        for key in keys:
            store.remember_key(key, store.owner[ident], ident)
    else:
        store.leads[ident] = policies.update_existing(store.leads[ident], given)
    if policies.joins(result):
        _join(call, target, ident)
    if policies.also_joins(result):
        _join_default(call, ident)
    return result, ident


def _create(call: MockCall, given: dict[str, Any]) -> str:
    """A new lead of the workspace; what was not given is null."""
    store, policies = call.store, call.policies
    number, moment = store.next_number(), policies.created_moment("lead", call.now)
    ident, workspace = store.new_id("lead", number), policies.home(call.operation.id, call.workspace)
    fields = policies.imported_fields(given)
    store.leads[ident] = msgspec.convert(
        {**fields, "id": ident, "created_at": iso_time(moment), "updated_at": iso_time(moment)}, Lead
    )
    store.owner[ident] = workspace
    if policies.indexed("lead"):
        store.insert("leads", workspace, newest_first(moment, number, ident))
    return ident


def _join(call: MockCall, target: str, lead: str) -> None:
    store = call.store
    moment = call.policies.created_moment("member", call.now)
    store.insert("members", target, newest_first(moment, store.next_number(), lead))
    store.lists_of[lead] = call.policies.memberships(store.lists_of.get(lead, ()), target)
    enroll_joined(call, target, lead)


def _join_default(call: MockCall, lead: str) -> None:
    """Add it to the workspace's default list, too, if there is one without the lead."""
    store = call.store
    lists = [row[2] for row in store.listed("lists", store.owner[lead])]
    for target in [ident for ident in lists if store.lists[ident].is_default][:1]:
        if target not in store.lists_of.get(lead, ()):
            _join(call, target, lead)
