"""What a seed draws doesn't depend on the text of our sources."""

from collections.abc import Callable

from hypothesis import given, seed, settings, strategies
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

from nhq.generate.source_literals import without_source_literals

_MANY = settings(max_examples=300, database=None)


def drawn() -> list[str]:
    """Texts that one seed draws."""
    texts: list[str] = []

    @_MANY
    @seed(1)
    @given(strategies.text())
    def keep(text: str) -> None:
        texts.append(text)

    keep()
    return texts


def literals(text: str) -> Callable[[], Constants]:
    """Hypothesis' search for local literals, as it is when a module holds this text."""
    constants = Constants()
    constants.strings.add(text)
    return lambda: constants


def test_an_edited_literal_changes_no_draw(monkeypatch) -> None:
    """Two states of our sources with other literals draw the same texts from one seed."""
    draws = []
    for text in ("one literal of a module", "and another"):
        monkeypatch.setattr(providers, "_get_local_constants", literals(text))
        with without_source_literals():
            draws.append(drawn())
    assert draws[0] == draws[1]
    assert "and another" not in draws[1]


def test_hypothesis_is_given_back_as_it_was(monkeypatch) -> None:
    """Outside of a run Hypothesis draws literals of local modules as ever."""
    monkeypatch.setattr(providers, "_get_local_constants", literals("one literal of a module"))
    with without_source_literals():
        pass
    providers.CONSTANTS_CACHE.cache.clear()
    assert "one literal of a module" in drawn()
    providers.CONSTANTS_CACHE.cache.clear()
