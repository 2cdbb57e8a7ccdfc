"""`results.json`: the record itself, which every other report is made from."""

from nhq.record.record_json import record_text
from nhq.record.run_record import Record


def render_json(record: Record) -> str:
    """The record as JSON, keys in the order given, one trailing line break. A lone surrogate stays escaped."""
    return record_text(record)
