"""The senders of a campaign: a start is rightly refused where one of them is logged out."""

from nhq.client.api import Api
from nhq.errors import PreconditionNotMet
from nhq.model import Exchange
from nhq.scenarios.inventory import Row
from nhq.scenarios.steps import read_whole_list

REFUSED = (400, 409)  # what a start that lacks something may be answered


def all_senders_connected(api: Api, campaign: Row) -> bool:
    """Does the list of accounts show every sender of a campaign as connected? Not where it can't be read."""
    try:
        accounts = read_whole_list(api, "list_linkedin_accounts")
    except PreconditionNotMet:
        return False
    well = {account["id"] for account in accounts.items if account["status"] == "connected"}
    return {sender["id"] for sender in campaign["linkedinAccounts"]} <= well


def may_lack_a_session(api: Api, campaign: Row, answer: Exchange) -> bool:
    """May a start be refused because a sender has logged out meanwhile? Never on our own mock."""
    return answer.status in REFUSED and not api.target.undisturbed and not all_senders_connected(api, campaign)


def has_a_session_by_now(api: Api, campaign: Row, answer: Exchange) -> bool:
    """May a start succeed because a sender has logged in again? Never on our own mock."""
    return answer.ok and not api.target.undisturbed and all_senders_connected(api, campaign)
