"""What a run creates is new to a target that keeps it; a test's choices stay those of the seed."""

import pytest

from nhq.client.nonce import MARK, chance_of, checked_nonce, new_nonce
from nhq.errors import ConfigError
from nhq.scenarios.payloads import unique_word


def test_words_of_two_runs_with_one_seed_differ_by_the_nonce() -> None:
    """A second run doesn't meet what the first left behind."""
    first, second = unique_word(chance_of("1:test", "abc")), unique_word(chance_of("1:test", "xyz"))
    assert first != second
    assert first.removeprefix(f"{MARK}abc") == second.removeprefix(f"{MARK}xyz")


def test_without_a_nonce_words_are_the_seeds_alone() -> None:
    """On a target that is put back, two runs with one seed send the same."""
    assert unique_word(chance_of("1:test")) == unique_word(chance_of("1:test"))


def test_choices_do_not_depend_on_the_nonce() -> None:
    """Which variant a test takes is the seed's choice, so that a finding is found again by another run."""
    assert chance_of("1:test", "abc").random() == chance_of("1:test", "xyz").random()


def test_a_new_nonce_fits_names_and_urls() -> None:
    """Small letters only: a name, a URL and a search word can hold it."""
    assert checked_nonce(new_nonce())


@pytest.mark.parametrize("word", ["Upper", "with blank", "a" * 17, "späte", "a-b"])
def test_a_nonce_that_names_cannot_hold_is_refused(word: str) -> None:
    """One line that says what is wanted."""
    with pytest.raises(ConfigError, match="small letters"):
        checked_nonce(word)
