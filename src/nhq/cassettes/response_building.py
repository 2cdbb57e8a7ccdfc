"""A response made by hand, as `requests` would have made it from the network."""

from collections.abc import Mapping

from requests import PreparedRequest, Response
from requests.structures import CaseInsensitiveDict


def build_response(
    request: PreparedRequest, status: int, reason: str | None, headers: Mapping[str, str], body: bytes
) -> Response:
    """The answer to a request, its body already read."""
    response = Response()
    response.status_code, response.reason = status, reason or ""
    response.headers = CaseInsensitiveDict(headers)
    response.request, response.url = request, request.url or ""
    response._content = body  # what `requests` reads into; there is no public way to set it
    return response
