"""A server that isn't on this machine is sent more than it allows only where somebody said so."""

import pytest

from nhq.client.target import Target
from nhq.errors import ConfigError
from nhq.load.excess_load import exceeds_allowance, most_a_second, refuse_unasked
from nhq.load.profile import load_profile
from nhq.load.send_plan import make_plan

AFAR = Target("https://staging.example.com/api/v1", ())
HERE = Target("http://127.0.0.1:4010", ())


@pytest.mark.parametrize(("name", "more"), [("drip", False), ("soak", False), ("boundary", True), ("saturate", True)])
def test_what_sends_beyond_the_allowance_needs_a_word(name: str, more: bool) -> None:
    """The line names the rate, the server and the option; on this machine, and with the word, all goes."""
    plan = make_plan(load_profile(name), 60, 60.0)
    assert exceeds_allowance(plan) is more
    refuse_unasked(plan, HERE, asked=False)
    refuse_unasked(plan, AFAR, asked=True)
    if more:
        rate = f"{most_a_second(plan):,.0f} requests a second; --allow-load says that https://staging.example.com"
        with pytest.raises(ConfigError, match=rate):
            refuse_unasked(plan, AFAR, asked=False)
    else:
        refuse_unasked(plan, AFAR, asked=False)


def test_the_rate_is_that_of_all_keys() -> None:
    """A flood rests after each refusal; a schedule's rate is its fullest second."""
    assert most_a_second(make_plan(load_profile("saturate"), 60, 60.0, keys=2)) % 8 == 0
    assert most_a_second(make_plan(load_profile("stampede"), 60, 60.0)) >= 60
