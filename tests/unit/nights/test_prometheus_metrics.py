"""A night's figures for Prometheus, and its lines for a chat."""

import re

from made_nights import make_night, sighting

from nhq.nights.night import Load
from nhq.nights.night_storage import Remembered, remember_night
from nhq.nights.night_store import NightStore
from nhq.nights.night_text import tell_chat, tell_night
from nhq.nights.prometheus_metrics import metrics_text

PAGE = sighting("PAGE-LIMIT", "/data")
SAMPLE = re.compile(r'[a-z_]+\{([a-z]+="(\\.|[^"\\])*",?)*\} \S+')


def night(store: NightStore, target: str = "http://staging") -> Remembered:
    told = make_night(PAGE, target=target, load=Load(10, 60, 2.5, 0.1, 0.25))
    return remember_night(store, store.begin(target, 1.0, "c", "1", 7), told)


def test_every_line_is_a_sample_of_a_family_named_before(store: NightStore) -> None:
    """The text follows the exposition format: HELP and TYPE, then samples of that family, values that float reads."""
    family = ""
    for line in metrics_text(night(store, 'http://"odd"\\host')).splitlines():
        if line.startswith("# TYPE"):
            family = line.split()[2]
        elif not line.startswith("#"):
            assert SAMPLE.fullmatch(line)
            assert line.startswith(family + "{")
            float(line.rsplit(" ", 1)[1])


def test_the_figures_are_the_nights(store: NightStore) -> None:
    """Verdicts, findings by state, requests, latency and duration are the night's own."""
    text = metrics_text(night(store))
    assert 'nhq_night_findings{target="http://staging",state="new"} 1' in text
    assert 'nhq_night_cells{target="http://staging",verdict="holds"} 2' in text
    assert 'nhq_night_latency_seconds{target="http://staging",quantile="0.95"} 0.25' in text
    assert 'nhq_night_requests{target="http://staging"} 10' in text


def test_latency_that_is_not_known_is_not_told(store: NightStore) -> None:
    """A mock whose clock stands still has no latency: the family is left out, never told as 0."""
    told = make_night(target="mock", load=Load(10, 60, 2.5))
    number = store.begin("mock", 1.0, "c", "1", 7)
    assert "latency" not in metrics_text(remember_night(store, number, told))


def test_a_chat_gets_a_few_lines(store: NightStore) -> None:
    """The target, the verdict and what is new: six lines at the most."""
    lines = tell_chat(night(store)).splitlines()
    assert lines[0].startswith("http://staging: FAILED")
    assert lines[1] == "new: PAGE-LIMIT list_leads"
    assert len(lines) <= 6


def test_a_finding_is_told_with_how_to_see_it_again(store: NightStore) -> None:
    """What is new stands first, with what was seen."""
    assert tell_night(night(store)).startswith("new     PAGE-LIMIT list_leads: PAGE-LIMIT broken")
