"""Did a write that got no answer happen? A read shows it: what we write bears a word that stands nowhere else."""

import json
import re
from collections.abc import Mapping
from typing import Any

from nhq.drive.api import Api
from nhq.drive.calls import MARK
from nhq.errors import TargetError, Unmet

#: The list that shows what a write has made. What isn't here is never sent again.
_SHOWN_BY = {"create_lead_lists": "list_lead_lists", "import_leads": "list_members"}
_WORD = re.compile(rf"{MARK}[a-z]{{12,}}")
_PAGES_MOST = 8


def undone(api: Api, operation: str, path: Mapping[str, str], sent: Any) -> bool:
    """Does a read show that this write had no effect? False where it had, and where nothing shows it.

    `sent` is its body as JSON values.
    """
    words = set(_WORD.findall(json.dumps(sent)))
    if operation not in _SHOWN_BY or not words:
        return False
    try:
        crawl = api.crawl(_SHOWN_BY[operation], path=path, max_pages=_PAGES_MOST)
    except (TargetError, Unmet):
        return False
    shown = " ".join(page.body.decode("utf-8", "replace") for page in crawl.pages)
    return crawl.complete and not any(word in shown for word in words)
