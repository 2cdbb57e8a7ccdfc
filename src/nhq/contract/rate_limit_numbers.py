"""The numbers of the rate limit, as the prose says them."""

import re
from collections.abc import Mapping
from typing import Any

_RATE = re.compile(r"\b(\d[\d,]*) (?:requests )?(?:per|every|a|an) (?:(\d+) )?(second|minute|hour|day)s?\b")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


def rate_of(document: Mapping[str, Any]) -> tuple[int, float] | None:
    """Requests, and seconds of a window: «capped at 60 per minute». None where the prose says neither."""
    text = document.get("info", {}).get("description", "")
    found = _RATE.search(text) if isinstance(text, str) else None
    if found is None:
        return None
    return int(found[1].replace(",", "")), float(int(found[2] or 1) * _SECONDS[found[3]])
