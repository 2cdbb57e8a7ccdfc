"""`report.html`: one file that explains a run to a person, without scripts and outside resources.

The policy in its head forbids everything but the one style sheet inside, by its hash: should a server's answer ever
get past the escaping, the browser still runs none of it.
"""

import hashlib
from base64 import b64encode
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from nhq.formats import text
from nhq.record.run_record import Record
from nhq.report import finding_cards, other_explanations, page_views, record_facts, report_words, sections
from nhq.report.run_headline import headline_mark, run_headline

if TYPE_CHECKING:
    from jinja2 import Environment

MOST_OPEN = 3
"""How many cards have their proof open: of a long report a reader opens what is of interest."""
MOST_GAINS = 12
"""How many additions to a target the page lists."""


def render_html(record: Record) -> str:
    """The record as one HTML page."""
    return single_file_page("report.html.j2", record=record, **_view(record))


def single_file_page(template: str, *sheets: str, **view: Any) -> str:
    """A page of one file from a template: our style sheet inside, and those named; everything else forbidden."""
    css = "\n".join(map(_style, ("report.css", *sheets)))
    return _environment().get_template(template).render(css=Markup(css), csp=_policy(css), **view) + "\n"


def _view(record: Record) -> dict[str, Any]:
    """Everything the template shows that has to be computed first."""
    cards = finding_cards.finding_cards(record)
    return {
        "headline": run_headline(record),
        "verdict": headline_mark(record),
        "asides": record_facts.headline_remarks(record),
        "counts": record_facts.count_run(record),
        "tiles": record_facts.headline_counts(record),
        "rules": record_facts.selected_rules(record),
        "cards": cards,
        "findings": finding_cards.finding_table(cards),
        "rule_counts": page_views.rule_counts(record),
        "unjudged": record_facts.causes_of_unknown(record),
        "unjudged_rules": len(record_facts.unjudged_rules(record)),
        "matrix": page_views.rule_matrix(record),
        "pairs": page_views.pair_grid(record),
        "sections": sections.record_sections(record),
    }


@cache
def _style(name: str) -> str:
    sheet = resources.files("nhq.report").joinpath("templates", name).read_text(encoding="utf-8")
    return "\n".join(line.strip() for line in sheet.splitlines() if line.strip())


def _policy(css: str) -> str:
    digest = b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("nhq.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_safe,
    )
    environment.globals.update(
        {
            "required": record_facts.required_line,
            "lacking": record_facts.lacking_rules,
        }
    )
    environment.globals.update(
        {
            "mark": report_words.verdict_mark,
            "many": report_words.count_words,
            "area": report_words.area_heading,
            "seconds": report_words.duration_words,
            "cut": text.cut_text,
            "pretty": text.pretty_body,
            "marked": record_facts.marked_level,
            "first": report_words.first_few,
        }
    )
    environment.globals.update(
        {
            "MARKS": report_words.MARKS,
            "MOST_CARDS": finding_cards.MOST_CARDS,
            "MOST_GAINS": MOST_GAINS,
            "MOST_OPEN": MOST_OPEN,
            "evidence": page_views.finding_evidence,
            "explanations": other_explanations.other_explanations,
            "places_by_verdict": page_views.places_by_verdict,
            "instant": page_views.format_instant,
        }
    )
    environment.globals["anchor"] = page_views.page_anchor
    return environment


def _safe(value: Any) -> Any:
    """Every value on its way into the page: control characters and lone surrogates out (escaping comes after)."""
    return text.printable_text(value) if isinstance(value, str) and not isinstance(value, Markup) else value
