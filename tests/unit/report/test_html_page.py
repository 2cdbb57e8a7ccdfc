"""report.html: one file, safe to open, that says all the record says."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from nhq.record.record_json import record_of
from nhq.report import html_page
from nhq.report.finding_cards import MOST_CARDS
from tests.sized_records import half_judged, with_findings

VOID = {"meta", "link", "img", "br", "hr", "input"}
HOSTILE_TAGS = {"script", "img", "iframe", "object", "embed", "form", "link", "base", "svg"}


class Page(HTMLParser):
    """Reads a page strictly: every tag closed in order; keeps tags with their attributes, and all text."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(source)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, attribute: str) -> list[str]:
        return [attrs[attribute] or "" for _, attrs in self.tags if attribute in attrs]


def page(record: dict[str, Any]) -> Page:
    return Page(html_page.render_html(record_of(record)))


def test_the_page_is_well_formed_and_loads_nothing(any_record: dict[str, Any]) -> None:
    """Tags nest, ids are unique, every link stays on the page and arrives, and there is no script and no resource."""
    read = page(any_record)
    names = {tag for tag, _ in read.tags}
    assert not names & HOSTILE_TAGS
    assert (
        not read.all("src") + read.all("style") + [name for _, attrs in read.tags for name in attrs if name[:2] == "on"]
    )
    ids = read.all("id")
    assert len(ids) == len(set(ids))
    assert {href[1:] for href in read.all("href")} <= set(ids)
    assert all(href.startswith("#") for href in read.all("href"))


def test_the_policy_admits_the_one_style_sheet(holding: dict[str, Any]) -> None:
    """The page's security policy forbids everything but the style sheet inside, which it names by its hash."""
    source = html_page.render_html(record_of(holding))
    style = re.search("<style>(.*?)</style>", source, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    (policy,) = [attrs["content"] or "" for _, attrs in page(holding).tags if "http-equiv" in attrs]
    assert policy.startswith("default-src 'none'; ")
    assert f"style-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    assert "url(" not in style[1]
    assert "@import" not in style[1]


def test_tables_name_their_rows_and_columns(violated: dict[str, Any]) -> None:
    """Every table header says whether it heads a row, a column or a group."""
    scopes = [attrs.get("scope") for tag, attrs in page(violated).tags if tag == "th"]
    assert len(scopes) > 100
    assert set(scopes) <= {"row", "col", "rowgroup"}


def test_a_finding_tells_all_a_reader_needs(violated: dict[str, Any]) -> None:
    """A finding shows sentence, pointer, expected, actual, the exchange, curl and how to judge again."""
    text = page(violated).text
    rule, finding = violated["rules"][0], violated["findings"][0]
    for part in (
        rule["quote"],
        rule["pointer"],
        finding["expected"],
        finding["actual"],
        finding["curl"],
        finding["rerun"],
    ):
        assert part in text
    assert "GET /leads?limit=7&cursor=c_0007" in text
    assert "x-ratelimit-remaining: 41" in text
    assert '"first_name": "‹name›"' in text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("holding", "PASSED 108 of 108 rules"),
        ("violated", "FAILED 2 of 108 rules, on 2 operations"),
        ("unknown", "COULD NOT JUDGE: 100 of 108 rules judged, none failed"),
    ],
)
def test_the_verdict_comes_first(name: str, words: str, request: pytest.FixtureRequest) -> None:
    """The only first-level heading is the verdict in words."""
    source = html_page.render_html(record_of(request.getfixturevalue(name)))
    assert re.findall("<h1>(.*?)</h1>", source) == [words]


def test_causes_and_troubles_are_shown(unknown: dict[str, Any]) -> None:
    """What could not be judged stands with its cause, with our troubles and with what the target lacks."""
    text = page(unknown).text
    for part in (
        "What was missing",
        "1 cause why 8 rules could not be judged",
        "not permitted: send",
        "no reply within 10 s",
        "no campaign in state completed",
    ):
        assert part in text


def test_verdicts_are_words_as_well_as_signs(violated: dict[str, Any]) -> None:
    """Each verdict in a table is a sign and, for who can't see it, a word."""
    cells = re.findall(r'<td class="(\w+)">(.*?)</td>', html_page.render_html(record_of(violated)))
    words = {
        "ok": "<i>(passed|seen)</i>",
        "bad": "<i>failed</i>",
        "unk": "<i>not judged</i>",
        "warn": "<i>warned</i>",
    }
    assert {css for css, _ in cells} == {*words, "number"}
    assert all(re.search(words[css], inner) for css, inner in cells if css in words)


def test_what_the_contract_leaves_open_is_told(holding: dict[str, Any]) -> None:
    """Open questions show which way the target chose; what a run left behind and where it came from is told too."""
    text = page(holding).text
    for part in (
        "What answers a limit out of bounds?",
        "lead list lst_0042",
        "hypothesis 6.170.0",
        "digest sha256:0f0f",
    ):
        assert part in text


def test_hostile_text_stays_text(hostile: dict[str, Any]) -> None:
    """Markup from a server's answer is shown as characters, controls as U+FFFD, and the page can be encoded."""
    source = html_page.render_html(record_of(hostile))
    source.encode()
    assert "<img" not in source
    assert "</script>" not in source
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", source)
    assert "</script></title><img src=x onerror=alert(1)>" in page(hostile).text


def test_a_holding_page_is_small(holding: dict[str, Any]) -> None:
    """The page of a run that holds, 108 rules on 16 operations, stays under 400 kB."""
    assert len(html_page.render_html(record_of(holding)).encode()) < 400_000


def test_huge_answers_are_cut(violated: dict[str, Any]) -> None:
    """A body of megabytes, a thousand findings or a sentence without end make the page longer, not unusable."""
    violated["exchanges"]["18"]["body"] = "x" * 3_000_000
    violated["findings"] = [{**violated["findings"][0], "id": f"F{n}", "actual": "y" * 50_000} for n in range(1, 1001)]
    source = html_page.render_html(record_of(violated))
    assert len(source) < 500_000
    assert "Findings: 1,000, by 1 cause" in source
    assert "(2,999,000 more characters)" in source


def test_three_hundred_findings_are_a_table_and_so_many_cards(holding: dict[str, Any]) -> None:
    """Every failed rule is in the table, the first causes have cards, and the page stays under 1 MB."""
    source = html_page.render_html(record_of(with_findings(holding, 300)))
    assert len(source.encode()) < 1_000_000
    assert source.count('<article class="finding"') == MOST_CARDS
    assert f"{len(holding['rules']) - MOST_CARDS} more causes in" in source
    anchors = {f'<tr id="broken-{rule["id"]}">' for rule in holding["rules"]}
    assert all(anchor in source for anchor in anchors)


def test_findings_stand_before_rules_and_these_are_folded(violated: dict[str, Any]) -> None:
    """A reader meets the table of findings, then the cards, then what is missing; rules that passed are folded away."""
    source = html_page.render_html(record_of(violated))
    places = [source.index(f'id="{name}"') for name in ("findings", "finding-1", "unjudged", "rules", "matrix")]
    assert places == sorted(places)
    folded = re.search(r'<details class="part">\s*<summary><h2 id="rules-h">(.*?)</h2>', source)
    assert folded is not None
    assert folded[1] == "All rules: 104 passed, 2 failed, 1 warned, 1 not judged"
    assert source.index("AUTH-2</code>") > folded.start()


def test_a_run_that_judged_half_never_says_that_it_passed(holding: dict[str, Any]) -> None:
    """Below 90 % of the `must` rules PASSED stands nowhere; what to add is listed, what gains most first."""
    text = page(half_judged(holding)).text
    assert "PASSED" not in text
    assert "NOTHING BROKEN, 54 of 108 judged" in text
    gains = [text.index(words) for words in ("To judge more, add", "a key with leads:write +", '"send" in `allow`')]
    assert gains == sorted(gains)


def test_a_card_names_one_command_and_what_else_it_might_be(violated: dict[str, Any]) -> None:
    """A reader can run it again without choosing, and knows what to rule out first."""
    source = html_page.render_html(record_of(violated))
    (card,) = re.findall('<article class="finding".*?</article>', source, re.DOTALL)
    assert card.count('class="command"') == 1
    assert "What else it might be" in card


def test_same_record_same_page(violated: dict[str, Any]) -> None:
    """The page depends on the record alone."""
    assert html_page.render_html(record_of(violated)) == html_page.render_html(record_of(violated))
