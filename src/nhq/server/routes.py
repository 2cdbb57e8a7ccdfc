"""The table of operations, and the way from a path to one of them."""

from urllib.parse import unquote

from nhq.server.call import Call, Operation, Refused, Reply
from nhq.server.listing import read_ask
from nhq.server.operations import campaigns, conversations, lead_lists, leads, linkedin_accounts, reads


def _unknown_path(call: Call) -> Reply:
    raise Refused(404, "not_found", "there is nothing at this path")


def _wrong_method(call: Call) -> Reply:
    raise Refused(405, "method_not_allowed", "this path does not take this method")


UNKNOWN_PATH = Operation("unknown_path", "", "", "", _unknown_path)
WRONG_METHOD = Operation("wrong_method", "", "", "", _wrong_method)

OPERATIONS = (
    Operation("list_campaigns", "GET", "/campaigns", "campaigns:read", campaigns.list_campaigns, read_ask),
    Operation(
        "list_campaign_leads",
        "GET",
        "/campaigns/{campaign_id}/leads",
        "campaigns:read",
        campaigns.list_campaign_leads,
        read_ask,
        reads.find_campaign,
        frozenset({400, 404}),
    ),
    Operation(
        "list_linkedin_accounts",
        "GET",
        "/linkedin_accounts",
        "linkedin_accounts:read",
        linkedin_accounts.list_linkedin_accounts,
        read_ask,
        statuses=frozenset({400}),
    ),
    Operation("list_lead_lists", "GET", "/lead_lists", "lead_lists:read", lead_lists.list_lead_lists, read_ask),
    Operation(
        "get_lead_list",
        "GET",
        "/lead_lists/{lead_list_id}",
        "lead_lists:read",
        lead_lists.get_lead_list,
        find=reads.find_list,
        statuses=frozenset({404}),
    ),
    Operation(
        "list_members",
        "GET",
        "/lead_lists/{lead_list_id}/leads",
        "leads:read",
        leads.list_members,
        read_ask,
        reads.find_list,
        frozenset({404}),
    ),
    Operation("list_leads", "GET", "/leads", "leads:read", leads.list_leads, leads.read_lead_ask),
    Operation(
        "get_lead",
        "GET",
        "/leads/{lead_id}",
        "leads:read",
        leads.get_lead,
        find=reads.find_lead,
        statuses=frozenset({404}),
    ),
    Operation(
        "list_conversations",
        "GET",
        "/conversations",
        "conversations:read",
        conversations.list_conversations,
        conversations.read_conversation_ask,
    ),
    Operation(
        "get_conversation",
        "GET",
        "/conversations/{conversation_id}",
        "conversations:read",
        conversations.get_conversation,
        read_ask,
        reads.find_conversation,
        frozenset({404}),
    ),
)

# A path is known by its length and its literal segments; ids stand at every second place.
Shape = tuple[int, tuple[str, ...]]


def _shape(segments: list[str]) -> Shape:
    return len(segments), tuple(segments[::2])


def _table() -> dict[Shape, dict[str, Operation]]:
    table: dict[Shape, dict[str, Operation]] = {}
    for operation in OPERATIONS:
        table.setdefault(_shape(operation.path[1:].split("/")), {})[operation.method] = operation
    return table


_TABLE = _table()


def resolve(method: str, raw_path: str) -> tuple[Operation, tuple[str, ...]]:
    """The operation of a path and the ids in it, or one that refuses with 404 or 405."""
    segments = raw_path[1:].split("/")
    methods = _TABLE.get(_shape(segments))
    if methods is None:
        return UNKNOWN_PATH, ()
    ids = tuple(unquote(segment) for segment in segments[1::2]) if len(segments) > 1 else ()
    return methods.get(method, WRONG_METHOD), ids


def allowed(raw_path: str) -> str:
    """The methods of a known path, as the Allow header lists them."""
    return ", ".join(sorted(_TABLE.get(_shape(raw_path[1:].split("/")), {})))
