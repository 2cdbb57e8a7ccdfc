"""The bundled mock as a process that the suite starts."""

import pytest
from known_contract import CONTRACT

from nhq.client.api import Api
from nhq.client.mock_process import mock_target
from nhq.client.session import open_session
from nhq.errors import ConfigError

CRASHES = 120  # each leaves a traceback of some 900 characters; a pipe holds 65,536


def test_a_mock_that_complains_a_lot_goes_on() -> None:
    """However much it writes to its log, a mock answers: nobody has to read along."""
    with mock_target(seed=1, options=["--fault", "fails-on-a-limit-that-is-no-number"]) as target:
        session = open_session(target, CONTRACT)
        answers = [Api(session).call("list_leads", query={"limit": "many"}).status for _ in range(CRASHES)]
        session.close()
    assert answers == [500] * CRASHES


def test_a_mock_that_does_not_start_says_why() -> None:
    """Its own last line is told."""
    with (
        pytest.raises(ConfigError, match=r"the mock did not start: .*no-such-fault"),
        mock_target(seed=1, options=["--fault", "no-such-fault"]),
    ):
        pass
