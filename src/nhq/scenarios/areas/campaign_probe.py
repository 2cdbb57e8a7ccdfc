"""One campaign that actions are run on, and how its rows are compared.

Not convicted: a campaign that ends by itself, one that somebody else acts on, a start that a logged-out sender decides,
and figures that grow.
"""

from dataclasses import dataclass

from nhq.checks.equivalence import differing_members
from nhq.client.api import Api, Crawl
from nhq.client.session import Session
from nhq.contract.disclosure import disclose_value
from nhq.model import Exchange
from nhq.scenarios.campaign_senders import may_lack_a_session
from nhq.scenarios.inventory import Row, first_row
from nhq.scenarios.judge import Judge
from nhq.scenarios.steps import data_of, look_until, read_whole_list, run_action

ACTION_OUTCOMES = {
    "start": ("CAMP-START", "started"),
    "pause": ("CAMP-PAUSE", "paused"),
    "resume": ("CAMP-RESUME", "started"),
}
CAMPAIGN_COUNTERS = ("connectionsSent", "messagesSent", "repliesReceived", "connectionRequestsAccepted")
FITTING_STATES = {"start": "draft", "pause": "started", "resume": "paused"}  # the state that an action fits
SAYS_NOTHING = {401, 403, 404, 429}


@dataclass(frozen=True, slots=True)
class CampaignProbe:
    """One campaign under test, with the api, judge and session to examine it."""

    api: Api
    judge: Judge
    session: Session
    campaign: str

    def rows(self) -> Crawl:
        """All campaigns now."""
        return read_whole_list(self.api, "list_campaigns")

    def row(self, rows: Crawl) -> Row:
        """This campaign's row."""
        return first_row((row for row in rows.items if row["id"] == self.campaign), "row of the campaign acted on")

    def unheard(self, answer: Exchange) -> bool:
        """Does an answer show nothing about the action? A 404 does if the campaign is still listed."""
        if answer.status == 404:
            return self.campaign not in self.rows().ids
        return answer.status in SAYS_NOTHING

    def away(self, answer: Exchange) -> bool:
        """May the sender's session be unavailable just now? Not on a target of ours, time after time."""
        return answer.status == 503 and not self.session.target.undisturbed

    def over(self, answer: Exchange, name: str) -> bool:
        """Is an action refused because the campaign changed its state by itself, or another client changed it?"""
        if answer.status != 409:
            return False
        state = self.row(self.rows())["status"]
        return state == "completed" or (not self.session.target.undisturbed and state != FITTING_STATES[name])

    def unready(self, name: str, answer: Exchange) -> bool:
        """May a start be refused because a sender of the draft is logged out by now?"""
        return name == "start" and may_lack_a_session(self.api, self.row(self.rows()), answer)

    def turn(self, name: str) -> tuple[Exchange, Crawl] | None:
        """Run an action that must succeed, and judge it; returns the answer and all campaigns afterwards, or None."""
        return self.turned(name, run_action(self.api, self.campaign, name))

    def turned(self, name: str, answer: Exchange, after: Crawl | None = None) -> tuple[Exchange, Crawl] | None:
        """Judge an action that must succeed; `after` are all campaigns afterwards, if they were read already."""
        rule, status = ACTION_OUTCOMES[name]
        if self.away(answer) or self.unheard(answer) or self.over(answer, name) or self.unready(name, answer):
            self.judge.unknown(rule, f"the action was answered {answer.status}", "run_campaign_action")
            return None
        shown = data_of(answer).get("status")
        ok = self.judge(
            rule,
            shown == status,
            answer,
            expected=f"200, {status}",
            actual=f"{answer.status}, {disclose_value('status', shown)}",
        )
        if not ok:
            return None
        rows = after or look_until(
            self.session, self.rows, lambda rows: self.row(rows)["status"] in (status, "completed")
        )
        listed = self.row(rows)["status"]
        if status == "started" and listed == "completed":
            self.judge.unknown(rule, "the campaign came to its end by itself", "run_campaign_action")
            return None
        if name == "start" and listed not in ("started", "draft") and not self.session.target.undisturbed:
            self.judge.unknown(rule, "somebody else acted on the campaign after its start", "run_campaign_action")
            return None
        where = {"where": "/data/*/status", "operation": "run_campaign_action"}
        self.judge(
            rule,
            listed == status,
            [answer, rows.last],
            expected=f"{status} in the list",
            actual=disclose_value("status", listed),
            **where,
        )
        return answer, rows


def lasting_members(row: Row) -> Row:
    """The members of a campaign that don't change by themselves."""
    senders = sorted(str(account.get("id")) for account in row.get("linkedinAccounts") or ())
    source = (row.get("leadList") or {}).get("id")
    return {name: row.get(name) for name in ("name", "status", "createdAt")} | {"leadList": source, "senders": senders}


def differing_members_at_rest(one_row: Row, other: Row) -> set[str]:
    """Names of lasting members in which two views of a campaign differ."""
    views = lasting_members(one_row), lasting_members(other)
    return set(differing_members(*views, views[0], ()))


def differing_counts(one_row: Row, other: Row) -> set[str]:
    """Names of counts in which two views of a campaign differ; a running one changes them by itself."""
    return set(differing_members(one_row, other, ("totalLeads", *CAMPAIGN_COUNTERS), ()))
