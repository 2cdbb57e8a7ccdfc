"""Tag LinkedIn accounts."""

from nhq.mock.call import MockCall, MockReply
from nhq.mock.operations.reads import list_plain


def list_linkedin_accounts(call: MockCall) -> MockReply:
    """Sender accounts, newest first."""
    return list_plain(call, "accounts", call.store.accounts, call.policies.show_account)
