"""Preflight: one request before a run, so that a wrong URL is one line, not a thousand findings."""

import requests

from nhq.checks.rate_headers import RATE_HEADERS
from nhq.client.recorder import NO_ANSWER
from nhq.client.session import Session
from nhq.errors import TargetError


def check_reachable(session: Session) -> None:
    """Ask for the first list with a key. Raises TargetError, with one line, where nothing answers that could be judged.

    A web page without any of the API's headers is somebody else's: the base_url is wrong, or the API isn't behind it.
    """
    target = session.target
    key = next((k for k in target.keys if not k.revoked), None)
    headers = {"Authorization": f"Bearer {key.secret}"} if key is not None else {}
    try:
        answer = session.http.get(f"{target.base_url}/campaigns", params={"limit": 1}, headers=headers)
    except TargetError as problem:
        raise TargetError(f"{target.base_url}: {str(problem).removeprefix(NO_ANSWER)}") from None
    if _page(answer):
        raise TargetError(f"{target.base_url}: a web page answers there ({answer.status_code}), not the API")
    session.budget.forget()


def _page(answer: requests.Response) -> bool:
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return kind == "text/html" and not any(name in answer.headers for name in RATE_HEADERS)
