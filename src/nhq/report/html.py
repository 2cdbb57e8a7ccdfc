"""`report.html`: one file that explains a run to a person. No script, nothing loaded from anywhere.

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
from nhq.report import facts, sections, views, words

if TYPE_CHECKING:
    from jinja2 import Environment

MOST_FINDINGS = 100
"""How many findings the page shows in full; all of them stand in results.json."""


def render(record: Record) -> str:
    """The record as one HTML page."""
    return page("report.html.j2", record=record, **_view(record))


def page(template: str, *sheets: str, **view: Any) -> str:
    """A page of one file from a template: our style sheet inside, and those named; everything else forbidden."""
    css = "\n".join(map(_style, ("report.css", *sheets)))
    return _environment().get_template(template).render(css=Markup(css), csp=_policy(css), **view) + "\n"


def _view(record: Record) -> dict[str, Any]:
    """Everything the template shows that has to be computed first."""
    return {
        "headline": facts.headline(record),
        "asides": facts.aside(record),
        "counts": facts.count(record),
        "tiles": facts.tiles(record),
        "rules": facts.selected(record),
        "broken": facts.by_rule(record),
        "unjudged": facts.stopped(record),
        "matrix": views.matrix(record),
        "pairs": views.pairs(record),
        "sections": sections.sections(record),
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
    environment.globals.update({"required": facts.required, "lacking": facts.lacking, "gains": facts.gains})
    functions = (
        words.mark,
        words.many,
        words.area,
        words.seconds,
        text.cut,
        text.pretty,
        facts.place,
        facts.shown_level,
    )
    environment.globals.update({function.__name__: function for function in functions})
    environment.globals.update(
        {"MARKS": words.MARKS, "MOST_FINDINGS": MOST_FINDINGS, "evidence": views.evidence, "instant": views.instant}
    )
    environment.globals["anchor"] = views.anchor
    return environment


def _safe(value: Any) -> Any:
    """Every value on its way into the page: control characters and lone surrogates out (escaping comes after)."""
    return text.printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value
