"""Leads and lead lists."""

from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from nhq.mock.policies.lists import dedupe_key
from nhq.mock.seed_plot import DAY, HOUR, Plot, make_shuffle, tied_moments
from nhq.mock.wire_records import Company, Lead, LeadList, iso_time

BULK = range(600, 760)  # leads, counted from the newest, that were created at one moment
FLAGS = {3: "provider_fails", 4: "provider_errors"}


def plant_leads(plot: Plot) -> None:
    """`leads` leads: ties in creation, nulls, names of many scripts, a third of them enriched."""
    count = int(plot.spec["leads"])
    moments = tied_moments(count, 3, 613.0)
    bulk = [count - 1 - back for back in BULK if back < count]
    mixed = make_shuffle(plot.store.seed, plot.workspace)
    for number in range(count):
        moment = moments[bulk[0]] if bulk and number in range(bulk[-1], bulk[0] + 1) else moments[number]
        ident, order = plot.grow("lead")
        lead = make_lead(plot, ident, number, moment, mixed(number, 1))
        plot.leads.append(ident)
        plot.store.leads[ident] = lead
        plot.place("leads", plot.workspace, moment, order, ident)
        if lead.linkedin_url is not None and (key := dedupe_key(lead.linkedin_url)) is not None:
            plot.store.remember_key(key, plot.workspace, ident)
    _mark_leads(plot)


def make_lead(plot: Plot, ident: str, number: int, moment: float, mix: int) -> Lead:
    """One lead. Each member is null at its own interval; a few leads have nothing but an id."""
    stamp = iso_time(moment)
    if number % 173 == 60:
        return Lead(id=ident, created_at=stamp, updated_at=stamp)
    company: dict[str, Any] = plot.word("company", mix // 7)
    lead = Lead(
        id=ident,
        first_name=plot.word("first_names", mix),
        last_name=None if number % 67 == 1 else plot.word("last_names", mix // 5),
        email=None if number % 11 == 2 else f"contact{number}@{company['domain']}",
        company=None if number % 23 == 5 else company["name"],
        company_linkedin_url=f"https://www.linkedin.com/company/{company['domain'].split('.')[0]}",
        job_title=None if number % 13 == 4 else plot.word("titles", mix // 11),
        industry=company["industry"] if number % 2 else None,
        linkedin_url=None if number % 97 == 50 else f"https://www.linkedin.com/in/{plot.workspace}-contact-{number}",
        phone=f"+1 415 555 {number:04d}" if number % 5 == 0 else None,
        location=None if number % 7 == 6 else plot.word("locations", mix // 13),
        gender=plot.word("genders", mix // 19) if number % 4 else None,
        date_of_birth=iso_time(-(mix % 9000) * DAY / 2) if number % 9 == 0 else None,
        notes=plot.word("notes", mix // 23) if number % 6 == 0 else None,
        enrichment_failed=number % 31 == 1 and number % 3 != 0,
        lead_heat_reason=plot.word("heat_reasons", mix // 29) if number % 4 == 0 else None,
        lead_heat_raw_score=(mix % 1000) / 10 if number % 4 == 0 else UNSET,
        created_at=stamp,
        updated_at=stamp,
    )
    return lead if number % 3 else _enriched(plot, lead, number, iso_time(moment + HOUR / 2), mix, company)


def _enriched(plot: Plot, lead: Lead, number: int, stamp: str, mix: int, company: dict[str, Any]) -> Lead:
    """A lead with what the enrichment provider added."""
    return replace(
        lead,
        headline=plot.word("headlines", mix // 3),
        summary=plot.word("summaries", mix // 17),
        skills=(plot.word("skills", mix), plot.word("skills", mix // 2 + 1)),
        profile_picture_url=f"https://pictures.example/{number}.jpg",
        profile_enriched_at=stamp,
        company_enriched_at=stamp,
        enrichment_requested_at=stamp,
        company_details=make_company(company, stamp),
        updated_at=stamp,
    )


def make_company(company: dict[str, Any], enriched: str) -> Company:
    """The details of a company as the enrichment provider knows them; some it doesn't."""
    name, slug, people = company["name"], company["domain"].split(".")[0], company["employees"]
    return Company(
        id=f"company_{slug}",
        name=name,
        tagline=f"{name}, at your service" if people > 100 else None,
        description=None,
        website=f"https://{company['domain']}",
        linkedin_url=f"https://www.linkedin.com/company/{slug}",
        industry=company["industry"],
        employee_count=people,
        employee_count_range_min=people // 10 * 10,
        employee_count_range_max=people // 10 * 10 + 10,
        hq_city=company["city"],
        hq_country=company["country"],
        founded_year=1900 + people % 120,
        specialties=(company["industry"], "Service") if people > 50 else None,
        logo_url=f"https://pictures.example/{slug}.png",
        follower_count=people * 37,
        company_type="Privately held",
        phone=None,
        active=people != 32,
        top_companies_rank=12 if people > 5000 else None,
        top_companies_list_name="Top Companies" if people > 5000 else None,
        enriched_at=enriched,
    )


def _mark_leads(plot: Plot) -> None:
    """Name leads for each outcome of an enrichment."""
    leads = [plot.store.leads[ident] for ident in plot.leads]
    fresh = [
        lead.id for lead in leads if not lead.profile_enriched_at and lead.linkedin_url and not lead.enrichment_failed
    ]
    named = {"lead": fresh[-1], "lead_enriched": next(lead.id for lead in leads if lead.profile_enriched_at)}
    for position, ident in enumerate(fresh[:3] + fresh[5:8]):
        named["lead_enrichable" if position == 0 else f"lead_enrichable_{position + 1}"] = ident
    for position, flag in FLAGS.items():
        plot.store.flags[fresh[position]] = flag
        named[f"lead_{flag}"] = fresh[position]
    plot.landmarks.update({plot.prefix + name: ident for name, ident in named.items()})


def plant_lists(plot: Plot) -> None:
    """Lead lists with their members, memberships in ties of three."""
    entries = plot.spec["list"]
    for entry, moment in zip(entries, tied_moments(len(entries), 2, DAY), strict=True):
        ident, number = plot.grow("list")
        plot.store.lists[ident] = LeadList(
            id=ident,
            workspace_name=plot.spec["name"] if number % 2 else None,
            name=entry["name"],
            description=entry["description"] or None,
            is_default=entry.get("default", False),
            created_by=f"user_{plot.workspace}",
            created_at=iso_time(moment),
            updated_at=iso_time(moment),
        )
        plot.store.remember_names(plot.workspace, [entry["name"]])
        plot.handles["list", entry["handle"]] = ident
        plot.place("lists", plot.workspace, moment, number, ident)
        plot.mark(entry, ident)
        _plant_members(plot, ident, plot.leads[entry["first"] : entry["first"] + entry["size"]])


def _plant_members(plot: Plot, ident: str, members: list[str]) -> None:
    """Memberships in an order that is not that of the leads: every second lead joined later."""
    members = members[::2] + members[1::2]
    for lead, moment in zip(members, tied_moments(len(members), 3, 47.0), strict=True):
        plot.place("members", ident, moment, plot.store.next_number(), lead)
        plot.store.lists_of[lead] = (*plot.store.lists_of.get(lead, ()), ident)
