"""Keep Hypothesis from drawing literals of the suite's own sources.

Hypothesis mixes literals of "local" modules into what it draws (hypothesis.internal.conjecture.providers). Ours are
local in a checkout and not when installed from the wheel, and an edit of any text would change what a seed sends. No
setting switches this off, so this module, and no other, replaces the function behind it for the time of a run.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

_NONE = Constants()


@contextmanager
def without_source_literals() -> Iterator[None]:
    """Within this, what Hypothesis draws depends on the seed and the strategies, not on the text of our modules."""
    with patch.object(providers, "_get_local_constants", lambda: _NONE):
        providers.CONSTANTS_CACHE.cache.clear()
        try:
            yield
        finally:
            providers.CONSTANTS_CACHE.cache.clear()
