"""Sender accounts: those that campaigns are to send through are connected to the workspace.

Not convicted: senders of campaigns that are over, or an account that leaves between two looks; the sentence promises
no more, so it is assumed.
"""

from typing import Any

import pytest

from nhq.scenarios import (
    Api,
    Exchange,
    Judge,
    PreconditionNotMet,
    Session,
    look_until,
    read_whole_list,
)


@pytest.mark.scenario("accounts/senders-are-accounts")
@pytest.mark.rule("ACCOUNT-SENDERS")
def test_senders_are_accounts(api: Api, judge: Judge, session: Session) -> None:
    """Every sender assigned to a campaign that is not over stands in the list of accounts.

    What is over may name an account that has been disconnected since, and so may an old conversation.
    """

    def look() -> tuple[set[str], set[str], list[Exchange]]:
        campaigns, accounts = read_whole_list(api, "list_campaigns"), read_whole_list(api, "list_linkedin_accounts")
        going = [row for row in campaigns.items if row["status"] != "completed"]
        named = {sender["id"] for row in going for sender in row["linkedinAccounts"]}
        return named, set(accounts.ids), [campaigns.last, accounts.last]

    named, known, proof = look_until(session, look, lambda seen: seen[0] <= seen[1])
    if not named:
        raise PreconditionNotMet("no campaign with a sender")
    options: dict[str, Any] = {"actual": f"{len(named - known)} of {len(named)} are not", "where": "/data"}
    judge("ACCOUNT-SENDERS", named <= known, proof, expected="every sender of a campaign listed", **options)
