"""Steps of import scenarios: send leads and read the results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nhq.checks.batches import BatchOutcome, read_batch
from nhq.client.api import Api
from nhq.model import Exchange
from nhq.scenarios import steps

Body = dict[str, Any]


def send_import(api: Api, lead_list: str, body: Any, **options: Any) -> Exchange:
    """Import one lead, or a batch when several are given; whatever comes back."""
    sent = {"leads": body} if isinstance(body, list) else body
    return api.call("import_leads", path={"lead_list_id": lead_list}, json=sent, **options)


def import_result(answer: Exchange) -> tuple[str, str]:
    """Result and lead id of a single import; "" for a missing one."""
    body = answer.json() if answer.ok else {}
    data = body.get("data") if isinstance(body, dict) else None
    return (str(body.get("result")), str(data.get("id"))) if isinstance(data, dict) else ("", "")


def send_batch(api: Api, lead_list: str, leads: Sequence[Any]) -> BatchOutcome:
    """Import a batch, and read its outcome."""
    return read_batch(send_import(api, lead_list, list(leads)), len(leads))


@dataclass(frozen=True, slots=True)
class Misplaced:
    """Of the entries of a batch: how many have another lead under their index, and how many have none."""

    wrong: int
    lacking: int

    @property
    def none(self) -> bool:
        """Does each lead stand under its index?"""
        return not self.wrong and not self.lacking

    def __str__(self) -> str:
        return f"{self.wrong} others, {self.lacking} missing"


def misplaced_lead(api: Api, batch: BatchOutcome, leads: Mapping[int, Mapping[str, Any]]) -> Misplaced | None:
    """Is the lead under each index the one sent there? None if every entry failed in processing, as any may.

    Its profile's last step is the one sent, however the URL is spelt.
    An answer may show nothing of a lead but its id; then the lead is read.
    """
    sent = {place: str(lead["linkedin_url"]).rpartition("/")[2].casefold() for place, lead in leads.items()}
    places = [place for place in sent if place in batch.data]
    if not places and batch.failed:
        return None
    wrong = [place for place in places if sent[place] not in _url_of(api, batch, place)]
    return Misplaced(len(wrong), len(sent) - len(places) - len(sent.keys() & batch.failed.keys()))


def _url_of(api: Api, batch: BatchOutcome, place: int) -> str:
    """The profile URL of the lead at a place, from the answer or by reading the lead."""
    lead = batch.data[place].get("lead")
    url = lead.get("linkedin_url") if isinstance(lead, dict) else None
    if url is None and batch.ident(place):
        url = steps.data_of(api.call("get_lead", path={"lead_id": batch.ident(place)})).get("linkedin_url")
    return str(url or "").casefold()
