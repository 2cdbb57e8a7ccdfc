"""The plain values of a record, with the bounds that its JSON Schema states."""

from typing import Annotated

from msgspec import Meta

Name = Annotated[str, Meta(min_length=1)]
Count = Annotated[int, Meta(ge=0)]
Seconds = Annotated[float, Meta(ge=0)]
Status = Annotated[int, Meta(ge=100, le=999)]
Names = tuple[Name, ...]
Lines = tuple[str, ...]
Counts = dict[str, Count]
Headers = Annotated[dict[str, str], Meta(description="Lower-case header names → values, scrubbed.")]
