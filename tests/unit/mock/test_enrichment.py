"""Enrichment and credits."""

PATH = "/leads/{lead_id}/enrich"


def enrich(mock, landmark: str, key: str = "full"):
    """POST /leads/{id}/enrich for a landmark."""
    return mock.post(f"/leads/{mock.given[landmark]}/enrich", key=key)


def balance(mock) -> int:
    """The credits of alpha, read without spending any."""
    return enrich(mock, "lead_enriched").json["enrichment"]["credits_remaining"]


def test_enriched_once(mock, contracted) -> None:
    """The first call enriches and charges one credit; the second returns what is there and charges nothing."""
    before = balance(mock)
    first, second = enrich(mock, "lead_enrichable"), enrich(mock, "lead_enrichable")
    contracted(PATH, "post", first)
    assert first.json["enrichment"] == {"status": "enriched", "charged": True, "credits_remaining": before - 1}
    assert second.json["enrichment"] == {
        "status": "already_enriched",
        "charged": False,
        "credits_remaining": before - 1,
    }
    assert first.data["profile_enriched_at"]
    assert first.data["company_details"]["enriched_at"]
    assert second.data == first.data
    stored = mock.get(f"/leads/{mock.given['lead_enrichable']}").data
    assert {name: stored[name] for name in first.data} == first.data


def test_provider_fails(mock, contracted) -> None:
    """`failed` is a 200 which charges nothing and leaves the lead without enriched data."""
    before = balance(mock)
    answer = enrich(mock, "lead_provider_fails")
    contracted(PATH, "post", answer)
    assert answer.json["enrichment"] == {"status": "failed", "charged": False, "credits_remaining": before}
    assert answer.data["enrichment_failed"] is True
    assert answer.data["profile_enriched_at"] is None


def test_provider_errors(mock) -> None:
    """A provider's error is 502, charges nothing and changes nothing."""
    before, path = balance(mock), f"/leads/{mock.given['lead_provider_errors']}"
    lead = mock.get(path).data
    assert enrich(mock, "lead_provider_errors").status == 502
    assert mock.get(path).data == lead
    assert balance(mock) == before


def test_insufficient_credits(mock) -> None:
    """Without credits nothing is enriched or charged, while enriched leads are still returned."""
    answer = enrich(mock, "beta_lead_enrichable", key="beta_full")
    assert answer.json["enrichment"] == {"status": "insufficient_credits", "charged": False, "credits_remaining": 0}
    assert answer.data["profile_enriched_at"] is None
    assert enrich(mock, "beta_lead_enriched", key="beta_full").json["enrichment"]["status"] == "already_enriched"


def test_down_to_the_last_credit(mock) -> None:
    """The last credit can be spent, and not one more."""
    fresh = [item["id"] for item in mock.crawl("/leads", 500) if not item["profile_enriched_at"]]
    statuses = [mock.post(f"/leads/{ident}/enrich").json["enrichment"] for ident in fresh[:60]]
    spent = [item for item in statuses if item["charged"]]
    assert [item["credits_remaining"] for item in spent] == list(range(49, -1, -1))
    assert statuses[-1] == {"status": "insufficient_credits", "charged": False, "credits_remaining": 0}


def test_troubles(mock) -> None:
    """Troubles of the provider can be switched on and off."""
    mock.control("POST", "/trouble", {"name": "provider_errors", "on": True})
    assert enrich(mock, "lead_enrichable").status == 502
    mock.control("POST", "/trouble", {"name": "provider_errors", "on": False})
    mock.control("POST", "/trouble", {"name": "provider_fails", "on": True})
    assert enrich(mock, "lead_enrichable").json["enrichment"]["status"] == "failed"
    mock.control("POST", "/trouble", {"name": "provider_fails", "on": False})
    assert enrich(mock, "lead_enrichable").json["enrichment"]["status"] == "enriched"
