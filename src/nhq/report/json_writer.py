"""`results.json`: the record itself, which every other report is made from."""

from nhq.record.record_json import record_text
from nhq.record.run_record import Record


def render_json(record: Record) -> str:
    """The record as JSON, keys in the given order, one trailing line break; lone surrogates stay escaped."""
    return record_text(record)
