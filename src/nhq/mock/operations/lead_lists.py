"""Tag Lead lists."""

from collections.abc import Collection, Iterable
from typing import Any

from msgspec.structs import replace

from nhq.mock.call import MockCall, MockReply, Refused
from nhq.mock.encoded_views import encode
from nhq.mock.listing import paginate_rows, workspace_rows
from nhq.mock.request_bodies import all_body_problems, read_valid_body
from nhq.mock.store import Row, newest_first
from nhq.mock.wire_records import LeadList, iso_time


def list_lead_lists(call: MockCall) -> MockReply:
    """Lead lists, newest first, each with its current member count."""
    page = paginate_rows(call, call.args, workspace_rows(call, "lists"))
    return MockReply(200, call.engine.views.page(call.operation.id, page, lambda ident: view_list(call, ident)))


def get_lead_list(call: MockCall) -> MockReply:
    """One lead list with its current member count."""
    return MockReply(200, b'{"data":' + view_list(call, call.ids[0]) + b"}")


def view_list(call: MockCall, ident: str) -> bytes:
    """A lead list as the wire shows it; counted now, so never cached."""
    policies, operation = call.policies, call.operation.id
    count = policies.member_count(operation, call.store.listed("members", ident))
    return encode(policies.show_list(operation, replace(call.store.lists[ident], lead_count=count)))


def read_new_lists(call: MockCall) -> None:
    """Stage `body`: an array with at least one entry; the entries are validated one by one."""
    call.take(read_valid_body(call, "lists")["lead_lists"])


def create_lead_lists(call: MockCall) -> MockReply:
    """Create the well-formed lists. 201 if all are, 207 if some are, 400 if none is."""
    policies, operation, entries = call.policies, call.operation.id, call.args
    judged = [
        (policies.entry_index(position), all_body_problems(call, "list", entry))
        for position, entry in enumerate(entries)
    ]
    valid = [policies.entry_valid(operation, entry, found) for entry, (_, found) in zip(entries, judged, strict=True)]
    bad = [entry for entry, ok in zip(judged, valid, strict=True) if not ok]
    malformed = [{"index": index, "errors": policies.told_errors(found)} for index, found in bad]
    status = policies.lists_status(sum(valid), len(malformed))
    if status == 400:
        raise Refused(400, "invalid_body", "none of the lead lists is well formed")
    if malformed and not policies.keeps_the_good(operation):
        call.work_on(call.store.copy())
    made = _create_all(call, zip(entries, valid, strict=True))
    summary = policies.lists_summary(len(entries), len(made), len(malformed))
    data = b",".join(view_list(call, ident) for ident in policies.batch_order(operation, "data", made))
    malformed = policies.batch_order(operation, "malformed", malformed)
    tail = b'],"malformed":' + encode(malformed) + b',"summary":' + encode(summary) + b"}"
    return MockReply(status, b'{"data":[' + data + tail)


def _create_all(call: MockCall, entries: Iterable[tuple[dict[str, Any], bool]]) -> list[str]:
    """The ids of the lists made of those entries that are valid, in their order."""
    store, policies, operation = call.store, call.policies, call.operation.id
    workspace = policies.home(operation, call.workspace)
    made: list[str] = []
    rows: list[Row] = []
    names: set[str] = set()
    existing: dict[str, Collection[str]] = {place: store.list_names.get(place, set()) for place in store.workspaces}
    taken, malformed = policies.taken_names(existing, call.workspace, names), 0
    for entry, valid in entries:
        malformed += not valid
        if valid and policies.goes_on(operation, malformed):
            row = _create(call, entry, workspace, taken)
            names.add(store.lists[row[2]].name)
            made.append(row[2])
            rows.append(row)
    store.remember_names(workspace, names)
    if policies.indexed("list"):
        store.insert_all("lists", workspace, rows)
    return made


def _create(call: MockCall, entry: dict[str, Any], workspace: str, taken: Collection[str]) -> Row:
    """One new, empty list with a unique name, and its row."""
    store, policies = call.store, call.policies
    number, moment = store.next_number(), policies.created_moment("list", call.now)
    ident, fields = store.new_id("list", number), policies.list_fields(entry)
    store.lists[ident] = LeadList(
        id=ident,
        workspace_name=store.names[workspace],
        name=policies.unique_name(fields["name"], taken),
        description=fields.get("description"),
        is_default=False,
        created_by=f"user_{workspace}",
        created_at=iso_time(moment),
        updated_at=iso_time(moment),
    )
    store.owner[ident] = workspace
    return newest_first(moment, number, ident)
