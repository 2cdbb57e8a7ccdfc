"""The table of operations, and the way from a path to one of them."""

from collections.abc import Callable, Iterable, Set
from functools import lru_cache
from urllib.parse import unquote

from nhq.mock.call import MockCall, MockOperation, MockReply, Refused, check_nothing
from nhq.mock.listing import read_ask
from nhq.mock.operations import (
    campaigns,
    conversations,
    enrichment,
    imports,
    lead_lists,
    leads,
    lifecycle,
    linkedin_accounts,
    overrides,
    reads,
    sending,
)

Act = Callable[[MockCall], MockReply]
Stage = Callable[[MockCall], None]


def _unknown_path(call: MockCall) -> MockReply:
    raise Refused(404, "not_found", "there is nothing at this path")


def _wrong_method(call: MockCall) -> MockReply:
    raise Refused(405, "method_not_allowed", "this path does not take this method")


UNKNOWN_PATH = MockOperation("unknown_path", "", "", "", _unknown_path)
WRONG_METHOD = MockOperation("wrong_method", "", "", "", _wrong_method)


def _row(
    ident: str,
    line: str,
    scope: str,
    act: Act,
    read: Stage = check_nothing,
    find: Stage = check_nothing,
    errors: Set[int] = frozenset(),
) -> MockOperation:
    method, _, path = line.partition(" ")
    return MockOperation(ident, method, path, scope, act, read, find, frozenset(errors))


# id, method and path, scope, what it does, stage `body`, stage `exists`, documented errors besides 401, 403 and 429
OPERATIONS = (
    _row("list_campaigns", "GET /campaigns", "campaigns:read", campaigns.list_campaigns, read_ask),
    _row(
        "run_campaign_action",
        "POST /campaigns/{campaign_id}/actions",
        "campaigns:write",
        lifecycle.run_campaign_action,
        lifecycle.read_action,
        reads.find_campaign,
        {400, 404, 409, 503},
    ),
    _row(
        "list_campaign_leads",
        "GET /campaigns/{campaign_id}/leads",
        "campaigns:read",
        campaigns.list_campaign_leads,
        read_ask,
        reads.find_campaign,
        {400, 404},
    ),
    _row(
        "save_message_overrides",
        "PUT /campaigns/{campaign_id}/leads/{lead_id}/message-overrides",
        "campaigns:write",
        overrides.save_message_overrides,
        overrides.read_overrides,
        overrides.find_campaign_and_lead,
        {400, 404, 409},
    ),
    _row(
        "list_linkedin_accounts",
        "GET /linkedin_accounts",
        "linkedin_accounts:read",
        linkedin_accounts.list_linkedin_accounts,
        read_ask,
        check_nothing,
        {400},
    ),
    _row("list_lead_lists", "GET /lead_lists", "lead_lists:read", lead_lists.list_lead_lists, read_ask),
    _row(
        "create_lead_lists",
        "POST /lead_lists",
        "lead_lists:write",
        lead_lists.create_lead_lists,
        lead_lists.read_new_lists,
        check_nothing,
        {400},
    ),
    _row(
        "get_lead_list",
        "GET /lead_lists/{lead_list_id}",
        "lead_lists:read",
        lead_lists.get_lead_list,
        check_nothing,
        reads.find_list,
        {404},
    ),
    _row(
        "list_members",
        "GET /lead_lists/{lead_list_id}/leads",
        "leads:read",
        leads.list_members,
        read_ask,
        reads.find_list,
        {404},
    ),
    _row(
        "import_leads",
        "POST /lead_lists/{lead_list_id}/leads",
        "leads:write",
        imports.import_leads,
        imports.read_import,
        reads.find_list,
        {400, 404},
    ),
    _row("list_leads", "GET /leads", "leads:read", leads.list_leads, leads.read_lead_ask),
    _row("get_lead", "GET /leads/{lead_id}", "leads:read", leads.get_lead, check_nothing, reads.find_lead, {404}),
    _row(
        "enrich_lead",
        "POST /leads/{lead_id}/enrich",
        "leads:write",
        enrichment.enrich_lead,
        check_nothing,
        reads.find_lead,
        {404, 502},
    ),
    _row(
        "list_conversations",
        "GET /conversations",
        "conversations:read",
        conversations.list_conversations,
        conversations.read_conversation_ask,
    ),
    _row(
        "get_conversation",
        "GET /conversations/{conversation_id}",
        "conversations:read",
        conversations.get_conversation,
        read_ask,
        reads.find_conversation,
        {404},
    ),
    _row(
        "send_message",
        "POST /conversations/{conversation_id}/messages",
        "conversations:write",
        sending.send_message,
        sending.read_message,
        reads.find_conversation,
        {400, 404, 502, 503},
    ),
)

# A path of ours is known by its length and its literal segments; ids stand at every second place.
Shape = tuple[int, tuple[str, ...]]


def _shape(segments: list[str]) -> Shape:
    return len(segments), tuple(segments[::2])


def table_of(operations: Iterable[MockOperation]) -> dict[Shape, dict[str, MockOperation]]:
    table: dict[Shape, dict[str, MockOperation]] = {}
    for operation in operations:
        table.setdefault(_shape(operation.path[1:].split("/")), {})[operation.method] = operation
    return table


_TABLE = table_of(OPERATIONS)
LONGEST_KEPT = 256  # bytes of a path that is remembered


def resolve_route(method: str, raw_path: bytes) -> tuple[MockOperation, tuple[str, ...]]:
    """The operation of a path and the ids in it, or one that refuses with 404 or 405."""
    return _kept(method, raw_path) if len(raw_path) <= LONGEST_KEPT else _looked_up(method, raw_path)


def _looked_up(method: str, raw_path: bytes) -> tuple[MockOperation, tuple[str, ...]]:
    path = raw_path.decode("latin-1")
    segments = path[1:].split("/")
    methods = _TABLE.get(_shape(segments))
    if methods is None:
        return UNKNOWN_PATH, ()
    ids = tuple(segments[1::2])
    if "%" in path:
        ids = tuple(unquote(ident) for ident in ids)
    return methods.get(method, WRONG_METHOD), ids


_kept = lru_cache(4096)(_looked_up)


def allowed_methods(raw_path: bytes) -> bytes:
    """The methods of a known path, as the Allow header lists them."""
    path = raw_path.decode("latin-1")
    return ", ".join(sorted(_TABLE.get(_shape(path[1:].split("/")), {}))).encode()
