"""Tag Lead lists."""

from msgspec.structs import replace

from nhq.server.call import Call, Reply
from nhq.server.listing import paginate, workspace_rows
from nhq.server.views import encode


def list_lead_lists(call: Call) -> Reply:
    """Lead lists, newest first, each with its current member count."""
    page = paginate(call, call.args, workspace_rows(call, "lists"))
    return Reply(200, page.around([view_list(call, row[2]) for row in page.rows]))


def get_lead_list(call: Call) -> Reply:
    """One lead list with its current member count."""
    return Reply(200, b'{"data":' + view_list(call, call.ids[0]) + b"}")


def view_list(call: Call, ident: str) -> bytes:
    """A lead list as the wire shows it; counted now, so never cached."""
    policies, operation = call.policies, call.operation.id
    count = policies.member_count(operation, call.store.listed("members", ident))
    return encode(policies.show_list(operation, replace(call.store.lists[ident], lead_count=count)))
