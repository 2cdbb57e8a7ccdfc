"""Tag Conversations: reading. Sending is in `sending`."""

from collections.abc import Callable
from typing import NamedTuple

import msgspec

from nhq.mock.call import MockCall, MockReply, Refused
from nhq.mock.encoded_views import encode
from nhq.mock.listing import Ask, asked_for, paginate_rows, read_page_request, take_filter, workspace_rows
from nhq.mock.operations.reads import join_plain
from nhq.mock.operations.sending import sync

NOBODY = " "  # no account's id


class ConversationAsk(NamedTuple):
    """A page of conversations, and the filters of the request."""

    page: Ask
    unread_only: bool
    read_only: bool
    account: str


def read_conversation_ask(call: MockCall) -> None:
    """Stage `body` of GET /conversations. Refuses with 400 an `unread_only` that is neither true nor false."""
    page, policies = read_page_request(call), call.policies
    held = policies.filters_hold(call.operation.id, "unread_only", page.cursor is not None)
    flag = page.query.get("unread_only") if held else None
    unread = False if flag is None else policies.read_flag(flag)
    if unread is None:
        raise Refused(400, "invalid_parameter", "unread_only must be true or false")
    read = flag is not None and policies.hides_unread(unread)
    call.take(ConversationAsk(page, unread, read, _account(call, page)))


def _account(call: MockCall, page: Ask) -> str:
    """The sender to filter by; "" for none. Refuses with 400 one that the policies don't take."""
    policies, raw = call.policies, asked_for(call, page, "linkedin_account_id")
    account = policies.wanted_account(call.own(raw, "acc") if raw else "", call.store.accounts)
    if account:
        take_filter(call, [account], call.store.accounts)
    elif "linkedin_account_id" in page.query and policies.empty_filter(call.operation.id):
        return NOBODY
    return account


def list_conversations(call: MockCall) -> MockReply:
    """Conversations by most recent message."""
    sync(call.engine, call.now)
    wanted: ConversationAsk = call.args
    keep = _filter(call, wanted)
    told = (("unread_only", wanted.unread_only), ("linkedin_account_id", wanted.account))
    rows = workspace_rows(call, "conversations", [name for name, value in told if value])
    page = paginate_rows(call, wanted.page, rows, keep)
    items = join_plain(call, page, call.store.conversations, call.policies.show_conversation)
    return MockReply(200, items)


def _filter(call: MockCall, wanted: ConversationAsk) -> Callable[[str], bool] | None:
    if not wanted.unread_only and not wanted.read_only and not wanted.account:
        return None
    policies, records = call.policies, call.store.conversations

    def keep(ident: str) -> bool:
        record = records[ident]
        unread = policies.passes_unread(record, wanted.unread_only) and not (wanted.read_only and record.is_unread)
        sender = policies.passes_account(record, wanted.account)
        return policies.both_filters(call.operation.id, unread, sender)

    return keep


def get_conversation(call: MockCall) -> MockReply:
    """One conversation with a page of its messages, oldest first."""
    sync(call.engine, call.now)
    store, policies, operation, ident = call.store, call.policies, call.operation.id, call.ids[0]
    page = paginate_rows(call, call.args, store.listed("messages", ident))
    shown = msgspec.to_builtins(policies.show_conversation(operation, store.conversations[ident]))
    shown.pop("last_message", None)
    head = b'{"data":' + encode(shown)[:-1] + b',"messages":['
    page = page._replace(tail=b"]}" + page.tail[1:])
    _read(call, ident)
    return MockReply(200, join_plain(call, page, store.messages, policies.show_message, head))


def _read(call: MockCall, ident: str) -> None:
    """Change a conversation's unread flag as reading does."""
    conversation = call.store.conversations[ident]
    unread = call.policies.unread_after_reading(conversation.is_unread)
    if unread != conversation.is_unread:
        call.store.conversations[ident] = msgspec.structs.replace(conversation, is_unread=unread)
        call.engine.views.stale()
