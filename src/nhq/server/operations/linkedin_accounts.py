"""Tag LinkedIn accounts."""

from nhq.server.call import Call, Reply
from nhq.server.operations.reads import list_plain


def list_linkedin_accounts(call: Call) -> Reply:
    """Sender accounts, newest first."""
    return list_plain(call, "accounts", call.store.accounts, call.policies.show_account)
