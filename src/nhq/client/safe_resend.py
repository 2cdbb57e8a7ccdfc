"""May a write without an answer be sent again? Only if it can't take effect twice.

A read shows whether the first had one: what we write bears a word that stands nowhere else. What replaces may be
repeated whether it had or not. What sends or spends isn't asked of: it is never sent twice.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from nhq.client.api import Api
from nhq.client.nonce import MARK
from nhq.errors import PreconditionNotMet, TargetError

#: The list that shows what a write has made. What isn't here is never sent again.
_SHOWN_BY = {"create_lead_lists": "list_lead_lists", "import_leads": "list_members"}
#: «each is upserted by (`node_type`, `message_stage`), so repeating a call replaces the text previously saved»: the
#: contract promises that two of the same leave what one does, and no operation reads an override back.
_REPLACES = frozenset({"save_message_overrides"})
_WORD = re.compile(rf"{MARK}[a-z]{{12,}}")
_PAGES_MOST = 8


def may_be_sent_again(api: Api, operation: str, path: Mapping[str, str], sent: Any) -> bool:
    """Would this write, sent once more, have the effect of one? False where a read shows the first, or nothing shows.

    `sent` is its body as JSON values.
    """
    if operation in _REPLACES:
        return True
    words = set(_WORD.findall(json.dumps(sent)))
    if operation not in _SHOWN_BY or not words:
        return False
    try:
        crawl = api.crawl(_SHOWN_BY[operation], path=path, max_pages=_PAGES_MOST)
    except (TargetError, PreconditionNotMet):
        return False
    shown = " ".join(page.body.decode("utf-8", "replace") for page in crawl.pages)
    return crawl.complete and not any(word in shown for word in words)
