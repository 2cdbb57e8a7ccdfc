"""Steps that several areas share: fresh rows, members, enrolled leads, leads of our own, repeated looks."""

import random
from collections.abc import Callable
from typing import Any, TypeVar

from nhq.client.api import Api, Crawl
from nhq.client.nonce import MARK
from nhq.client.session import Session
from nhq.errors import PreconditionNotMet
from nhq.model import Exchange
from nhq.needs import GIVEN
from nhq.scenarios.inventory import Inventory, Row
from nhq.scenarios.payloads import unique_word, valid_body

T = TypeVar("T")
WAITS = (1.0, 2.0, 4.0, 8.0)  # seconds: a server may do slowly what it promises to do
AWAY = frozenset({502, 503})  # what stands behind a server may be out of reach now and then
TRIES = 3


def read_whole_list(api: Api, operation: str, *, max_pages: int = 8, **options: Any) -> Crawl:
    """A list to its end. Raises PreconditionNotMet for one longer than a scenario should read."""
    crawl = api.crawl(operation, max_pages=max_pages, **options)
    if not crawl.complete:
        raise PreconditionNotMet(f"no {operation} short enough to be read to its end")
    return crawl


def row_now(api: Api, operation: str, ident: str) -> tuple[Row, Exchange]:
    """The row of one thing in its list as it stands now, and the page that shows it.

    Raises PreconditionNotMet when it is gone.
    """
    for page in read_whole_list(api, operation).pages:
        for row in page.json()["data"]:
            if row["id"] == ident:
                return row, page
    raise PreconditionNotMet(f"no row in {operation} for the thing it is about")


def read_members(api: Api, lead_list: str, least: int = 0) -> Crawl:
    """The members of a lead list, looked at again for some seconds while there are fewer than `least`."""
    path = {"lead_list_id": lead_list}
    return look_until(
        api.session, lambda: read_whole_list(api, "list_members", path=path), lambda seen: len(seen.ids) >= least
    )


def campaign_leads(api: Api, campaign: str) -> Crawl:
    """The rows of everyone enrolled in a campaign."""
    return read_whole_list(api, "list_campaign_leads", path={"campaign_id": campaign})


def lead_ids(rows: Crawl) -> list[str]:
    """Which leads the rows of a campaign are about; a row whose lead is gone names none."""
    named = [row["lead_id"] or row["lead"]["id"] for row in rows.items]
    return [ident for ident in named if ident is not None]


def startable_draft(api: Api, world: Inventory, *, largest: bool = False) -> Row:
    """A draft that the target file says is ready to start, and that looks it: the first named, or that of most leads.

    Starting reaches people, so only drafts that the target's owner named are taken. Raises PreconditionNotMet when all
    of them are used up.
    """
    named = named_startable(api)
    if not named:
        world.given("campaign_startable")
    rows: dict[str, Row] = {row["id"]: row for row in read_whole_list(api, "list_campaigns").items}
    drafts = [rows[ident] for ident in named if ident in rows and _looks_ready(rows[ident])]
    if not drafts:
        told = "no campaign named campaign_startable… in [given] is still a draft with a lead list and a sender"
        raise PreconditionNotMet(told, f"{GIVEN} campaign_startable")
    sizes = {row["id"]: row.get("lead_count", 0) for row in world.lists} if largest else {}
    return max(drafts, key=lambda row: sizes.get(row["leadList"]["id"], 0))


def named_startable(api: Api) -> list[str]:
    """Campaigns that the target file names as drafts to be started, in the order of their names."""
    return [ident for name, ident in sorted(api.target.given.items()) if name.startswith("campaign_startable")]


def _looks_ready(row: Row) -> bool:
    return row["status"] == "draft" and bool(row["leadList"]) and bool(row["linkedinAccounts"])


def run_action(api: Api, campaign: str, name: str) -> Exchange:
    """Run an action on a campaign, whatever comes back."""
    path, sent = {"campaign_id": campaign}, {"action": name}
    return ask_until_back(api.session, lambda: api.call("run_campaign_action", path=path, json=sent))


def new_list(api: Api, rng: random.Random) -> str:
    """Create a lead list; returns its id."""
    return str(
        api.ok("create_lead_lists", json=valid_body("create_lead_lists", unique_word(rng))).json()["data"][0]["id"]
    )


def spare_list(api: Api, world: Inventory, rng: random.Random) -> str:
    """A list for leads whose membership nobody looks at: of an earlier run, where nothing is put back; else a new one.

    The API deletes nothing, so each list that isn't made is one fewer to be cleaned up.
    """
    kept = [row for row in world.lists if not api.target.restorable and str(row.get("name")).startswith(MARK)]
    return str(kept[0]["id"]) if kept else new_list(api, rng)


def new_lead(rng: random.Random) -> dict[str, Any]:
    """The smallest lead that nobody has yet."""
    lead: dict[str, Any] = valid_body("import_leads", unique_word(rng))
    return lead


def import_into(api: Api, lead_list: str, lead: dict[str, Any]) -> str:
    """Import a lead into a list; returns its id."""
    answer = api.ok("import_leads", path={"lead_list_id": lead_list}, json=lead)
    return str(answer.json()["data"]["id"])


def look_until(session: Session, look: Callable[[], T], done: Callable[[T], bool]) -> T:
    """Look until it is done, for at most a few seconds; returns what the last look showed."""
    seen = look()
    for seconds in WAITS:
        if done(seen):
            break
        session.clock.sleep(seconds)
        seen = look()
    return seen


def as_named(session: Session, answer: Exchange, ok: bool) -> bool:
    """`ok`: did the service behind the server do what the owner named this thing for: fail, err, be pending?

    Raises PreconditionNotMet if it did something else that the contract documents, on a target that isn't ours: the
    target file may be out of date.
    """
    if not ok and not session.target.undisturbed and (answer.ok or answer.status in AWAY):
        raise PreconditionNotMet(
            f"{answer.operation} answered {answer.status}: what the target file names behaves differently by now"
        )
    return ok


def ask_until_back(session: Session, ask: Callable[[], Exchange]) -> Exchange:
    """Ask; on a target of ours again while something behind it is away: what never comes back there, is a refusal."""
    answer = ask()
    for _ in range(TRIES - 1 if session.target.restorable else 0):
        if answer.status not in AWAY:
            break
        answer = ask()
    return answer


def data_of(exchange: Exchange) -> Row:
    """The object under `data` of a success; {} for anything else, so that a broken body breaks no scenario."""
    try:
        data = exchange.json()["data"] if exchange.ok else {}
    except (ValueError, KeyError, TypeError):
        return {}
    return data if isinstance(data, dict) else {}
