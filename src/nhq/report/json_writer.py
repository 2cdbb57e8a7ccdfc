"""`results.json`: the record itself, which every other report is made from."""

import json

from nhq.report.words import Record


def render(record: Record) -> str:
    """The record as JSON, keys in the order given, one trailing line break. A lone surrogate stays escaped."""
    text = json.dumps(record, indent=1, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = json.dumps(record, indent=1)
    return text + "\n"
