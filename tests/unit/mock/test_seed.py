"""What the seed plants: the same bytes each time, every enum value, and a case for each landmark."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nhq import paths
from nhq.clock import ManualClock
from nhq.errors import ConfigError
from nhq.mock.app import create_app

PATHS = ("/campaigns", "/linkedin_accounts", "/lead_lists", "/leads", "/conversations")


def test_same_seed_same_bytes(make) -> None:
    """Two mocks of one seed answer alike, keys and landmarks included; another seed differs in all ids and keys."""
    one, two, other = make(seed=7), make(seed=7), make(seed=8)
    assert one.secrets == two.secrets
    assert one.given == two.given
    assert [one.get(path).body for path in PATHS] == [two.get(path).body for path in PATHS]
    assert not set(one.secrets.values()) & set(other.secrets.values())
    ids = {name for name in one.given if name != "import_url_fails"}
    assert not {one.given[name] for name in ids} & {other.given[name] for name in ids}


def test_sizes(mock) -> None:
    """Enough of everything to page through, in both workspaces."""
    assert len(mock.crawl("/leads", 500)) >= 1200
    counts = sorted(item["lead_count"] for item in mock.crawl("/lead_lists", 500))
    assert counts[0] == 0
    assert counts[-1] > 500
    for path in PATHS:
        assert mock.crawl(path, 500, key="beta_full")


def _enums(node: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Each enum value of the contract's response schemas, by the property it belongs to."""
    if isinstance(node, dict):
        for value in node.get("enum", []):
            yield place, value
        for name, child in node.items():
            yield from _enums(child, name if name not in ("properties", "items", "schema") else place)
    elif isinstance(node, list):
        for child in node:
            yield from _enums(child, place)


def _values(node: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(node, dict):
        for name, child in node.items():
            yield from _values(child, name)
    elif isinstance(node, list):
        for child in node:
            yield from _values(child, place)
    else:
        yield place, node


def test_every_enum_value(mock, contract_document) -> None:
    """Every enum value of every record that can be read is there."""
    schemas = contract_document["components"]["schemas"]
    records = {
        "Campaign": mock.crawl("/campaigns", 500),
        "LinkedInAccount": mock.crawl("/linkedin_accounts", 500),
        "Conversation": mock.crawl("/conversations", 500),
        "ConversationMessage": mock.crawl(f"/conversations/{mock.given['conversation_long']}", 500),
        "CampaignLead": mock.crawl(f"/campaigns/{mock.given['campaign_large']}/leads", 500),
    }
    records["CampaignLeadCurrentState"] = records["CampaignLeadActionEvent"] = records["CampaignLead"]
    for schema, items in records.items():
        present = set(_values(items))
        assert set(_enums(schemas[schema])) <= present, schema


def test_nulls_and_scripts(mock) -> None:
    """Each nullable field of a lead is null somewhere and filled somewhere, and text is not all ASCII."""
    leads = mock.crawl("/leads", 500)
    for field, value in leads[0].items():
        if field in ("id", "created_at", "updated_at", "enrichment_failed", "lead_heat_raw_score", "lead_list_ids"):
            continue
        kinds = {item[field] is None for item in leads}
        assert kinds == {True, False}, (field, value)
    assert {item["enrichment_failed"] for item in leads} == {True, False}
    assert {"lead_heat_raw_score" in item for item in leads} == {True, False}
    assert any(not str(item["first_name"]).isascii() for item in leads)


LANDMARKS = """
campaign_startable campaign_startable_2 campaign_startable_3 campaign_without_lead_list campaign_without_schedule
campaign_without_sender campaign_without_session campaign_without_messages campaign_missing_slot campaign_large
campaign_completed campaign_session_unavailable lead_enrichable lead_enrichable_5 lead_enriched lead_provider_fails
lead_provider_errors conversation_long conversation_empty conversation_send_fails conversation_send_unavailable
conversation_pending import_url_fails list_large list_empty beta_campaign beta_campaign_lead beta_list beta_lead
beta_conversation beta_account
"""


def test_landmarks(mock) -> None:
    """The landmarks that scenarios rely on are there, each naming something of its own."""
    names = LANDMARKS.split()
    assert set(names) <= set(mock.given)
    assert len({mock.given[name] for name in names}) == len(names)


def test_everything_lies_in_the_past(mock) -> None:
    """No record was created after the moment at which a still clock starts."""
    for path in PATHS:
        stamps = [value for name, value in _values(mock.crawl(path, 500)) if name in ("created_at", "createdAt")]
        assert max(stamps) < "2025-10-09T08:53:20.000Z"


def _copy(folder: Path) -> None:
    for file in (paths.fixtures_folder() / "workspace").glob("*.toml"):
        (folder / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("alpha.toml", "credits = ", "alpha.toml cannot be read"),
        ("alpha.toml", "name = 'x'\ncredits = 1\n", "alpha.toml cannot be planted: KeyError 'leads'"),
        ("beta.toml", "name = 'x'\ncredits = 1\nleads = 'many'\n", "beta.toml cannot be planted"),
        ("words.toml", "", "cannot be planted: KeyError"),
        ("words.toml", None, "words.toml is missing"),
    ],
)
def test_broken_seed_file(tmp_path: Path, name: str, text: str | None, told: str) -> None:
    """A seed file that cannot be used is named in one line, with what is wrong."""
    _copy(tmp_path)
    if text is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=told) as caught:
        create_app(clock=ManualClock(), data=tmp_path)
    assert "\n" not in str(caught.value)
