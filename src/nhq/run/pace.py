"""How fast a live run goes that fills a time: evenly, so that it ends when the time is over and never meets a 429.

Sent evenly, any window of a key holds what it allows, wherever windows begin. A run that is late isn't held back.
"""

from dataclasses import dataclass

from nhq.client.run_deadline import RunDeadline

#: What of a run's time its plan is spread over: the last tests take the rest.
SPREAD = 0.97
#: What part of its time a run may end after that is over: what is begun is ended.
LATE = 0.03


@dataclass(frozen=True, slots=True)
class EvenPace:
    """`planned` requests in `seconds` from the beginning of a run's course."""

    course: RunDeadline
    seconds: float
    planned: int

    def wait(self, sent: int) -> float:
        """Seconds to wait before a test that begins when so many requests were sent."""
        due = SPREAD * self.seconds * sent / max(1, self.planned)
        return max(0.0, due - self.course.elapsed)

    @property
    def left(self) -> float:
        """Seconds until the time is used up."""
        return max(0.0, self.seconds - self.course.elapsed)

    @property
    def over(self) -> bool:
        """Is the time used up? Then no other test begins."""
        return not self.left
