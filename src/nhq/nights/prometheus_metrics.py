"""A night as a Prometheus text file (exposition format 0.0.4), for node_exporter's textfile collector."""

from collections.abc import Iterator, Mapping, Sequence

from nhq.model import Verdict
from nhq.nights.night import FindingState
from nhq.nights.night_storage import Remembered

Samples = Sequence[tuple[Mapping[str, str], float]]


def metrics_text(told: Remembered) -> str:
    """The night's figures, each labelled with its target; no latency and allowance where a mock's clock stood still."""
    night = told.night
    verdicts = [cell.verdict for cell in night.cells if cell.operation]
    by_verdict: Samples = [({"verdict": v.value}, verdicts.count(v)) for v in Verdict]
    states = [standing.state for standing in told.standings]
    by_state: Samples = [({"state": state.value}, states.count(state)) for state in FindingState]
    timed = ((q, value) for q, value in (("0.5", night.load.p50), ("0.95", night.load.p95)) if night.load.p95)
    latency: Samples = [({"quantile": quantile}, value) for quantile, value in timed]
    allowance: Samples = [({}, night.load.allowance)] if night.load.allowance else []
    families: Sequence[tuple[str, str, Samples]] = (
        ("cells", "Rules on operations by their verdict.", by_verdict),
        ("findings", "Findings by their state.", by_state),
        ("rules_judged", "Rules that were judged.", [({}, len(night.judged))]),
        ("requests", "Requests sent.", [({}, night.load.requests)]),
        ("allowance", "Requests that the keys allowed in the night's time.", allowance),
        ("latency_seconds", "Seconds until an answer was there.", latency),
        ("duration_seconds", "Seconds that the night took.", [({}, night.load.seconds)]),
        ("exit_code", "What the night ended with.", [({}, told.outcome.exit_code)]),
        ("started_timestamp_seconds", "When the night began.", [({}, night.started)]),
    )
    return "".join(line for family in families if family[2] for line in _family(*family, night.target))


def _family(name: str, help_text: str, samples: Samples, target: str) -> Iterator[str]:
    yield f"# HELP nhq_night_{name} {help_text}\n# TYPE nhq_night_{name} gauge\n"
    for labels, value in samples:
        words = ",".join(f'{key}="{_escaped(word)}"' for key, word in {"target": target, **labels}.items())
        yield f"nhq_night_{name}{{{words}}} {value:.17g}\n"


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
