"""The client of the mock's control plane."""

import pytest
from requests import PreparedRequest, Response

from nhq.client.control_plane import ControlPlane
from nhq.errors import TargetError


def test_the_token_follows_no_redirect(wire, answered) -> None:
    """It stays with the address in the target file; that is said in one line."""

    def elsewhere(request: PreparedRequest) -> Response:
        response: Response = answered(307, {"Location": "http://127.0.0.1:9/stolen"})
        response.request, response.url = request, str(request.url)
        return response

    chain = wire(elsewhere)
    with pytest.raises(TargetError, match="control_url"):
        ControlPlane("http://127.0.0.1:8/__control", "token", chain).now()
    assert [request.url for request in chain.sent] == ["http://127.0.0.1:8/__control/clock"]
