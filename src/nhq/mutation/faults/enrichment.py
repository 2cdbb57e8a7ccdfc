"""Faults of enrichment and credits."""

from typing import Any

from nhq.mutation.faults.fault import Around, faults_of_family
from nhq.mutation.faults.wire import changed_body, in_data, status_for

plant = faults_of_family("enrichment")

ENRICH = ("enrich_lead",)


def _bare_the_second_time(body: Any) -> Any:
    """Data that was there, returned without what the enrichment brought."""
    if body["enrichment"]["status"] != "already_enriched":
        return body
    return body | {"data": body["data"] | {"headline": None, "summary": None, "company_details": None}}


def _one_before(true: Any) -> Any:
    last: list[Any] = []

    def show(operation: str, lead: Any) -> Any:
        if operation != "enrich_lead":
            return true(operation, lead)
        last.append(lead)
        return true(operation, last[-2] if len(last) > 1 else lead)

    return show


def _first_balance(true: Any) -> Any:
    kept: list[int] = []

    def shown(before: int, after: int) -> int:
        kept.append(true(before, after))
        return kept[0]

    return shown


def _as_it_was(body: Any) -> Any:
    """A lead without what was just added."""
    if body["enrichment"]["status"] != "enriched":
        return body
    bare = {"headline": None, "summary": None, "company_details": None, "profile_enriched_at": None}
    return body | {"data": body["data"] | bare}


FAULTS = (
    plant(
        "charges-two-credits",
        "A new enrichment takes two credits.",
        "ENRICH-BALANCE",
        on=ENRICH,
        price=lambda status: 2 if status == "enriched" else 0,
    ),
    plant(
        "charges-again",
        "A lead enriched before is charged again.",
        "ENRICH-ALREADY-FREE",
        subtle="repeated call",
        on=ENRICH,
        price=lambda status: 1 if status in ("enriched", "already_enriched") else 0,
    ),
    plant(
        "says-that-it-charged-again",
        "A lead enriched before is reported as charged, and costs nothing.",
        "ENRICH-ALREADY-FREE",
        "ENRICH-BALANCE",
        subtle="repeated call",
        on=ENRICH,
        charged=lambda status, cost: cost > 0 or status == "already_enriched",
    ),
    plant(
        "charges-in-silence",
        "A credit is taken, and charged is false.",
        "ENRICH-BALANCE",
        "ENRICH-ENRICHED-CHARGED",
        on=ENRICH,
        charged=lambda status, cost: False,
    ),
    plant(
        "charges-nothing",
        "A new enrichment is free.",
        "ENRICH-ENRICHED-CHARGED",
        on=ENRICH,
        price=lambda status: 0,
    ),
    plant(
        "shows-the-balance-before-the-call",
        "credits_remaining is the balance before the call.",
        "ENRICH-BALANCE",
        subtle="repeated call",
        on=ENRICH,
        credits_shown=lambda before, after: before,
    ),
    plant(
        "shows-the-first-balance-for-ever",
        "credits_remaining is kept from the first call.",
        "ENRICH-BALANCE",
        subtle="repeated call",
        on=ENRICH,
        credits_shown=Around(_first_balance),
    ),
    plant(
        "pays-with-another-purse",
        "All workspaces pay with the credits of the first.",
        "ENRICH-BALANCE",
        subtle="one state",
        on=ENRICH,
        purse=lambda operation, workspace: "alpha",
    ),
    plant(
        "calls-every-lead-enriched",
        "A lead that was never enriched is reported as already_enriched.",
        "ENRICH-ENRICHED",
        on=ENRICH,
        is_enriched=lambda lead: True,
    ),
    plant(
        "enriches-again",
        "A lead enriched before is enriched, and charged, again.",
        "ENRICH-ALREADY",
        subtle="repeated call",
        on=ENRICH,
        is_enriched=lambda lead: False,
    ),
    plant(
        "keeps-nothing-of-the-enrichment",
        "What the provider said is gone with the answer.",
        "ENRICH-STORED",
        "ENRICH-ALREADY",
        on=ENRICH,
        stores_enrichment=lambda status: False,
    ),
    plant(
        "shows-enrichment-in-the-answer-only",
        "Enriched leads are read without what the enrichment brought.",
        "ENRICH-STORED",
        "LEAD-DETAILS",
        subtle="one operation",
        sent_body=changed_body(
            lambda body: body | {"data": body["data"] | {"company_details": None, "profile_enriched_at": None}},
            "get_lead",
        ),
    ),
    plant(
        "returns-less-the-second-time",
        "A lead enriched before is returned without what the enrichment brought.",
        "ENRICH-ALREADY-DATA",
        subtle="repeated call",
        on=ENRICH,
        sent_body=changed_body(_bare_the_second_time, *ENRICH),
    ),
    plant(
        "enriches-on-credit",
        "Without credits a lead is enriched all the same; the balance falls below zero.",
        "ENRICH-INSUFFICIENT",
        "SCHEMA-COUNTS",
        subtle="one state",
        on=ENRICH,
        can_pay=lambda credits: True,
    ),
    plant(
        "gives-one-on-credit",
        "One lead too many is enriched: at a balance of zero.",
        "ENRICH-INSUFFICIENT",
        subtle="exact boundary",
        on=ENRICH,
        can_pay=lambda credits: credits >= 0,
    ),
    plant(
        "keeps-the-last-credit",
        "The last credit can't be spent.",
        "ENRICH-INSUFFICIENT",
        subtle="exact boundary",
        on=ENRICH,
        can_pay=lambda credits: credits >= 2,
    ),
    plant(
        "charges-without-credits",
        "insufficient_credits is charged.",
        "ENRICH-INSUFFICIENT-FREE",
        subtle="one state",
        on=ENRICH,
        price=lambda status: 1 if status in ("enriched", "insufficient_credits") else 0,
    ),
    plant(
        "calls-failures-enriched",
        "A lead that the provider can't enrich is reported as enriched.",
        "ENRICH-FAILED",
        subtle="one state",
        on=ENRICH,
        provider_answer=Around(lambda true: lambda *given: "enriched" if (said := true(*given)) == "failed" else said),
    ),
    plant(
        "calls-failures-insufficient",
        "A lead that the provider can't enrich is reported as insufficient_credits.",
        "ENRICH-INSUFFICIENT",
        "ENRICH-FAILED",
        subtle="one state",
        on=ENRICH,
        provider_answer=Around(
            lambda true: lambda *given: "insufficient_credits" if (said := true(*given)) == "failed" else said
        ),
    ),
    plant(
        "calls-provider-errors-failures",
        "When the provider errs, the answer is 200 with failed.",
        "ENRICH-502",
        subtle="one state",
        on=ENRICH,
        provider_answer=Around(lambda true: lambda *given: "failed" if (said := true(*given)) == "error" else said),
    ),
    plant(
        "answers-503-for-provider-errors",
        "When the provider errs, the answer is 503.",
        "ENRICH-502",
        "STATUS-DOCUMENTED",
        subtle="one state",
        on=ENRICH,
        error_status=status_for({502: 503}, *ENRICH),
    ),
    plant(
        "charges-for-provider-errors",
        "A 502 costs a credit.",
        "ENRICH-502-FREE",
        subtle="one state",
        on=ENRICH,
        price=lambda status: 1 if status in ("enriched", "error") else 0,
    ),
    plant(
        "answers-with-the-lead-before",
        "An enrichment answers with the lead of the call before.",
        "ENRICH-SAME-ID",
        subtle="repeated call",
        on=ENRICH,
        show_lead=Around(_one_before),
    ),
    plant(
        "keeps-the-profile-only",
        "What the provider said of the company is gone with the answer.",
        "ENRICH-STORED",
        subtle="one field",
        on=("enrich_lead", "get_lead"),
        near=["ENRICH-STORED"],
        sent_body=changed_body(in_data(lambda lead: lead | {"company_details": None}), "get_lead"),
    ),
    plant(
        "keeps-the-company-only",
        "What the provider said of the person is gone with the answer.",
        "ENRICH-STORED",
        subtle="one field",
        on=("enrich_lead", "get_lead"),
        near=["ENRICH-STORED"],
        sent_body=changed_body(
            in_data(lambda lead: lead | {"headline": None, "profile_enriched_at": None}), "get_lead"
        ),
    ),
    plant(
        "answers-with-the-lead-as-it-was",
        "An enrichment answers with the lead as it was before.",
        "ENRICH-STORED",
        subtle="repeated call",
        on=ENRICH,
        sent_body=changed_body(_as_it_was, *ENRICH),
    ),
    plant(
        "enriches-again-after-a-while",
        "A lead enriched more than a day ago is enriched, and charged, again.",
        "ENRICH-ALREADY",
        subtle="one state",
        on=ENRICH,
        is_enriched=lambda lead: (lead.profile_enriched_at or "") > "2025-10-08T08",
    ),
    plant(
        "looks-at-the-company-for-enrichment",
        "A lead counts as enriched when its company's page is known.",
        "ENRICH-ENRICHED",
        subtle="one state",
        on=ENRICH,
        is_enriched=lambda lead: lead.company_linkedin_url is not None,
    ),
    plant(
        "says-that-failures-were-charged",
        "A failed enrichment is reported as charged, and costs nothing.",
        "ENRICH-BALANCE",
        subtle="one state",
        on=ENRICH,
        charged=lambda status, cost: cost > 0 or status == "failed",
    ),
    plant(
        "tells-no-balance-where-nothing-is-charged",
        "credits_remaining is 0 where nothing was charged.",
        "ENRICH-BALANCE",
        subtle="one state",
        on=ENRICH,
        credits_shown=lambda before, after: after if after != before else 0,
    ),
    plant(
        "tells-what-was-charged-for-what-is-left",
        "credits_remaining is what the call cost.",
        "ENRICH-BALANCE",
        on=ENRICH,
        credits_shown=lambda before, after: before - after,
    ),
    plant(
        "never-has-enough-credits",
        "Every enrichment is answered insufficient_credits, whatever the balance.",
        "ENRICH-INSUFFICIENT",
        "ENRICH-ENRICHED",
        on=ENRICH,
        can_pay=lambda credits: False,
    ),
    plant(
        "answers-200-for-insufficient-credits-as-failed",
        "A lead that can't be paid for is reported as failed.",
        "ENRICH-INSUFFICIENT",
        subtle="one state",
        on=ENRICH,
        sent_body=changed_body(
            lambda body: (
                body | {"enrichment": body["enrichment"] | {"status": "failed"}}
                if body["enrichment"]["status"] == "insufficient_credits"
                else body
            ),
            *ENRICH,
        ),
    ),
    plant(
        "charges-failures-in-silence",
        "A failed enrichment takes a credit of which nothing is said.",
        "ENRICH-BALANCE",
        subtle="one state",
        on=ENRICH,
        taken=lambda status, cost: cost + (status == "failed"),
    ),
    plant(
        "says-that-want-was-charged",
        "insufficient_credits is reported as charged, and costs nothing.",
        "ENRICH-INSUFFICIENT-FREE",
        subtle="one state",
        on=ENRICH,
        charged=lambda status, cost: cost > 0 or status == "insufficient_credits",
    ),
    plant(
        "answers-502-for-failures",
        "A lead that the provider can't enrich is answered 502.",
        "ENRICH-FAILED",
        subtle="one state",
        on=ENRICH,
        provider_answer=Around(lambda true: lambda *given: "error" if (said := true(*given)) == "failed" else said),
    ),
    plant(
        "answers-502-for-what-could-be-enriched",
        "Every enrichment that the provider is asked for is answered 502.",
        "ENRICH-ENRICHED",
        on=ENRICH,
        provider_answer=Around(lambda true: lambda *given: "error" if (said := true(*given)) == "enriched" else said),
    ),
)
