"""Enrichments in one workspace, their outcomes, and the leads to try them on."""

from collections.abc import Iterator
from dataclasses import dataclass

from nhq.client.api import Api
from nhq.client.session import Session
from nhq.errors import PreconditionNotMet
from nhq.model import Exchange
from nhq.scenarios.inventory import Inventory, Row
from nhq.scenarios.judge import Judge
from nhq.scenarios.steps import AWAY, ask_until_back, data_of


@dataclass(frozen=True, slots=True)
class EnrichmentOutcome:
    """The outcome of an enrichment, as answered."""

    answer: Exchange
    status: str = ""
    charged: bool = False
    balance: int = 0

    @property
    def cost(self) -> int:
        return int(self.charged)


def read_enrichment(answer: Exchange) -> EnrichmentOutcome | None:
    """The outcome in an answer, if any."""
    try:
        said = answer.json()["enrichment"]
        return EnrichmentOutcome(answer, said["status"], said["charged"] is True, int(said["credits_remaining"]))
    except (ValueError, KeyError, TypeError):
        return None


@dataclass(frozen=True, slots=True)
class EnrichmentProbe:
    """Enrichments in one workspace."""

    api: Api
    world: Inventory

    def read(self, lead: str) -> Exchange:
        """The lead as it stands now."""
        return self.api.ok("get_lead", path={"lead_id": lead}, key=self.api.key("get_lead", self.world.workspace))

    def call(self, lead: str) -> Exchange:
        """Enrich, whatever comes back."""
        key = self.api.key("enrich_lead", self.world.workspace)
        return self.api.call("enrich_lead", path={"lead_id": lead}, key=key)

    def enrich(self, lead: str) -> EnrichmentOutcome:
        """Enrich, and read the outcome. Raises PreconditionNotMet where there is none to read."""
        answer = self.call(lead)
        outcome = read_enrichment(answer)
        if outcome is None:
            raise PreconditionNotMet(f"no outcome of an enrichment: it was answered {answer.status}")
        return outcome

    def paid(self, lead: str, while_credits_remain: bool = False) -> EnrichmentOutcome:
        """Enrich where credits are needed.

        Raises PreconditionNotMet if the answer, or the balance in it, says that there are none.
        """
        outcome = self.enrich(lead)
        if outcome.status == "insufficient_credits" and while_credits_remain and outcome.balance > 0:
            outcome = self.enrich(lead)  # once more: somebody may have bought credits just now
        if outcome.status == "insufficient_credits" and not (while_credits_remain and outcome.balance > 0):
            raise PreconditionNotMet("no credits for an enrichment")
        return outcome

    def asked(self, lead: str, expected: str, judge: Judge, session: Session) -> EnrichmentOutcome | None:
        """The outcome for a lead that was not enriched before; None if a finding was reported.

        The contract leaves open when an enrichment fails and when it is a 502, so a 502 convicts only on a target of
        ours, if it is repeated: there the provider errs only now and then, or for leads that are named for that.
        """
        if not session.target.undisturbed:
            return self.paid(lead, while_credits_remain=expected == "enriched")
        answer = ask_until_back(session, lambda: self.call(lead))
        if answer.status in AWAY:
            judge(f"ENRICH-{expected.upper()}", False, answer, expected=expected, actual="502", where="status")
            return None
        outcome = read_enrichment(answer) or self.enrich(lead)
        if expected == "enriched" and outcome.status == "insufficient_credits" and outcome.balance <= 0:
            raise PreconditionNotMet("no credits for an enrichment")
        return outcome

    def fresh(self) -> Iterator[str]:
        """Leads never enriched so far: first those that the target file names, then any that look so."""
        seen = [row["id"] for row in self.world.leads if looks_unenriched(row)]
        for lead in dict.fromkeys([*self.named("lead_enrichable"), *seen]):
            if looks_unenriched(data_of(self.read(lead))):
                yield lead
        raise PreconditionNotMet("no lead that was never enriched")

    def enriched(self) -> str:
        """A lead enriched long ago."""
        rows = (row["id"] for row in self.world.leads if row.get("profile_enriched_at"))
        for lead in [*self.named("lead_enriched"), *rows]:
            return str(lead)
        raise PreconditionNotMet("no lead enriched before")

    def named(self, name: str) -> list[str]:
        """Ids of [given] by a prefix of their name; the target file names those of the main workspace."""
        main = self.world.workspace == self.api.target.workspace
        return [ident for key, ident in sorted(self.api.target.given.items()) if main and key.startswith(name)]


def looks_unenriched(row: Row) -> bool:
    """Does a lead look as if it was never enriched, and could be?"""
    traces = ("profile_enriched_at", "company_enriched_at", "company_details", "enrichment_failed")
    return bool(row.get("linkedin_url")) and not any(row.get(name) for name in traces)
