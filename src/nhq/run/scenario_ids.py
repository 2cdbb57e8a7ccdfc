"""Permanent ids of scenarios, independent of the names of functions, files and folders.

Chance, the costs kept per test, a journal that is taken up again and cassettes go by it. `@pytest.mark.scenario("id")`
says it; a variant (a parametrised test) adds its parameters in brackets.
"""

import pytest

#: pytest's own store by test: a plan that changes as it runs asks for these after every test, of every test.
_ID = pytest.StashKey[str]()
_LAST = pytest.StashKey[bool]()


def scenario_id(item: pytest.Item) -> str:
    """The id of a test: its mark's, with its parameters; pytest's own name for a test that has no such mark."""
    if _ID not in item.stash:
        base, callspec = _marked_id(item), getattr(item, "callspec", None)
        varied = f"{base}[{callspec.id}]" if callspec is not None else base
        item.stash[_ID] = varied if base else item.nodeid
    return item.stash[_ID]


def running_order(item: pytest.Item) -> tuple[bool, bool, str]:
    """What tests are sorted by, so that no file's name decides: their ids; those without one come last, as they are.

    Behind them all come those that read again what the others wrote.
    """
    base = _marked_id(item)
    return comes_last(item), not base, base


def comes_last(item: pytest.Item) -> bool:
    """Does a test read what all the others wrote?"""
    if _LAST not in item.stash:
        item.stash[_LAST] = item.get_closest_marker("last") is not None
    return item.stash[_LAST]


def _marked_id(item: pytest.Item) -> str:
    """The id that all variants of a test share, or ""."""
    mark = item.get_closest_marker("scenario")
    return str(mark.args[0]) if mark is not None else ""
