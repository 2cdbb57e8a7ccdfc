"""Is there anything to judge? One request before a run: a wrong URL is one line, not a thousand findings."""

from nhq.drive.session import Session
from nhq.errors import NhqError, TargetError


def preflight(session: Session) -> None:
    """Ask for the first list with a key. Raises TargetError when no HTTP server answers at the target's base_url."""
    target = session.target
    key = next((k for k in target.keys if not k.revoked), None)
    headers = {"Authorization": f"Bearer {key.secret}"} if key is not None else {}
    try:
        session.http.get(f"{target.base_url}/campaigns", params={"limit": 1}, headers=headers)
    except TargetError as problem:
        raise TargetError(f"{target.base_url}: {_plain(str(problem))}") from None
    except NhqError:
        raise
    session.budget.forget()


def _plain(problem: str) -> str:
    if "NewConnectionError" in problem or "ConnectionRefusedError" in problem or "NameResolutionError" in problem:
        return "no server answers there"
    if "BadStatusLine" in problem or "ProtocolError" in problem or "RemoteDisconnected" in problem:
        return "something answers there, but it speaks no HTTP"
    return problem
