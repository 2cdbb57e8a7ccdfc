"""What each kind of change does to a client: one row a rule.

Rows about values come in pairs, one for each side: what a request's schema may do from base to head, a response's
may do from head to base. `MIRRORED` says which rows are each other's mirror; a test holds them to one level.
"""

from dataclasses import dataclass

from nhq.diff.change_records import ChangeLevel, Side
from nhq.diff.compare_schemas import EditAnswer

B, R, V, C, D = ChangeLevel.BREAKING, ChangeLevel.RISKY, ChangeLevel.REVIEW, ChangeLevel.COMPATIBLE, ChangeLevel.DOCS


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One rule: how bad it is, and the words for it. `{name}`, `{before}`, `{after}` are filled in."""

    rule: str
    level: ChangeLevel
    words: str


_ROWS = (
    # operations
    PolicyRow("operation-removed", B, "the operation has gone"),
    PolicyRow(
        "operation-removed-after-sunset", R, "the operation has gone, after the sunset it had announced ({before})"
    ),
    PolicyRow("operation-added", C, "a new operation"),
    PolicyRow("operation-deprecated", C, "deprecated now{name}"),
    PolicyRow("operation-undeprecated", C, "no longer deprecated"),
    PolicyRow("operation-sunset-earlier", R, "its sunset moved from {before} to {after}"),
    PolicyRow("operation-sunset-later", C, "its sunset moved from {before} to {after}"),
    PolicyRow("operation-id", C, "operationId {before} is {after} now: names in generated clients change"),
    PolicyRow("operation-tags", D, "its tags changed"),
    PolicyRow("path-parameter-renamed", C, "path parameter {before} is called {after} now, which no request shows"),
    # parameters
    PolicyRow("parameter-added-required", B, "new required {name}: requests without it are refused"),
    PolicyRow("parameter-added", C, "new optional {name}"),
    PolicyRow("parameter-removed", R, "{name} has gone: what clients send there is ignored, or refused"),
    PolicyRow("parameter-required", B, "{name} is required now"),
    PolicyRow("parameter-optional", C, "{name} is optional now"),
    PolicyRow("parameter-style", B, "{name} is written another way now ({before}, {after})"),
    PolicyRow(
        "parameter-default",
        R,
        "the default of {name} is {after} now, it was {before}: requests without it mean more or less",
    ),
    PolicyRow("parameter-deprecated", C, "{name} is deprecated now"),
    PolicyRow("parameter-undeprecated", C, "{name} is no longer deprecated"),
    PolicyRow("parameter-empty-refused", R, "{name} may no longer be empty"),
    # bodies
    PolicyRow("request-body-added-required", B, "a request body is required now, and there was none"),
    PolicyRow("request-body-added", C, "a request body may be sent now"),
    PolicyRow("request-body-removed", B, "no request body is taken any more"),
    PolicyRow("request-body-required", B, "the request body is required now"),
    PolicyRow("request-body-optional", C, "the request body is optional now"),
    PolicyRow("request-media-type-removed", B, "requests in {name} are no longer taken"),
    PolicyRow("request-media-type-added", C, "requests in {name} are taken now"),
    PolicyRow("response-media-type-removed", B, "answers in {name} are no longer given"),
    PolicyRow("response-media-type-added", C, "answers in {name} are given now"),
    PolicyRow("request-encoding", R, "the parts of {name} are written another way now"),
    PolicyRow("response-encoding", R, "the parts of {name} are written another way now"),
    # statuses
    PolicyRow(
        "response-success-added",
        B,
        "{name} is a new success status: clients that know the old ones take it for a failure, or not at all",
    ),
    PolicyRow("response-success-removed", B, "{name} was the only success status"),
    PolicyRow("response-one-success-removed", R, "{name} is no longer given; other success statuses are"),
    PolicyRow("response-redirect-added", R, "{name} is a new redirect"),
    PolicyRow("response-status-added", C, "{name} is a new status"),
    PolicyRow("response-status-removed", C, "{name} is no longer given"),
    # headers of responses
    PolicyRow("response-header-required-removed", B, "header {name} was promised with every answer, and has gone"),
    PolicyRow("response-header-removed", R, "header {name} has gone"),
    PolicyRow("response-header-added", C, "new header {name}"),
    PolicyRow("response-header-optional", B, "header {name} was promised with every answer, and is optional now"),
    PolicyRow("response-header-required", C, "header {name} is promised with every answer now"),
    # inbound operations
    PolicyRow("inbound-removed", B, "the API no longer calls this"),
    PolicyRow("inbound-added", C, "the API may call this now"),
    PolicyRow("inbound-body-optional", B, "the body that the API sends may be missing now"),
    PolicyRow("inbound-reply-removed", B, "a reply of {name} is no longer taken"),
    # security and servers
    PolicyRow("security-narrowed", B, "credentials that were accepted no longer are: {before}"),
    PolicyRow("security-widened", C, "more credentials are accepted: {after}"),
    PolicyRow("servers-replaced", B, "none of the servers is left: {before}"),
    PolicyRow("server-removed", R, "server {before} has gone"),
    PolicyRow("server-added", C, "new server {after}"),
    # values, either side
    PolicyRow(
        "request-property-unnamed",
        C,
        "{name} is named now; only a request that used the name before it had a meaning can show it",
    ),
    PolicyRow(
        "response-property-unnamed", R, "{name} is no longer described: it may be missing, or mean something else"
    ),
    PolicyRow("request-property-removed", R, "{name} has gone: what clients send there is ignored"),
    PolicyRow("request-default", R, "the default of {name} is {after} now, it was {before}"),
    PolicyRow("response-default", C, "the default that is said of {name} is {after} now, it was {before}"),
    PolicyRow("request-format", C, "format {before} is {after} now; no validator asserts either"),
    PolicyRow("response-format", C, "format {before} is {after} now; no validator asserts either"),
    PolicyRow("request-format-narrowed", R, "format {before} is {after} now: larger numbers may be refused"),
    PolicyRow("response-format-widened", R, "format {before} is {after} now: larger numbers may come"),
    PolicyRow("request-content-encoding", R, "contentEncoding {before} is {after} now: the text holds something else"),
    PolicyRow("response-content-encoding", R, "contentEncoding {before} is {after} now: the text holds something else"),
    PolicyRow(
        "request-content-media-type", R, "contentMediaType {before} is {after} now: the text holds something else"
    ),
    PolicyRow(
        "response-content-media-type", R, "contentMediaType {before} is {after} now: the text holds something else"
    ),
    PolicyRow("request-discriminator", R, "the discriminator selects differently now"),
    PolicyRow("response-discriminator", R, "the discriminator selects differently now"),
    PolicyRow("request-deprecated", C, "{name} is deprecated now"),
    PolicyRow("response-deprecated", C, "{name} is deprecated now"),
    PolicyRow("request-undeprecated", C, "{name} is no longer deprecated"),
    PolicyRow("response-undeprecated", C, "{name} is no longer deprecated"),
    # prose
    PolicyRow("prose-value", B, "what a client relies on changed: {name}"),
    PolicyRow("prose-value-wider", V, "a value that is promised allows more now: {name}"),
    PolicyRow("prose-promise", V, "the words of a promise changed"),
    PolicyRow("prose-promise-removed", V, "the words of a promise have gone"),
    PolicyRow("prose-words", D, "text that no rule quotes"),
)

TABLE: dict[str, PolicyRow] = {row.rule: row for row in _ROWS}

#: A value's answer, as a level; the same for both sides.
ANSWERS: dict[EditAnswer, ChangeLevel] = {
    EditAnswer.BROKEN: ChangeLevel.BREAKING,
    EditAnswer.UNDECIDED: ChangeLevel.REVIEW,
    EditAnswer.PROVEN: ChangeLevel.COMPATIBLE,
    EditAnswer.VACUOUS: ChangeLevel.COMPATIBLE,
}

#: Rows that are each other's mirror and have one level: a request narrowed is what a response widened is.
MIRRORED: tuple[tuple[str, str], ...] = (
    ("request-media-type-removed", "response-media-type-removed"),
    ("request-media-type-added", "response-media-type-added"),
    ("parameter-added-required", "response-header-required-removed"),
    ("parameter-required", "response-header-optional"),
    ("parameter-optional", "response-header-required"),
    ("parameter-added", "response-header-added"),
    ("parameter-removed", "response-header-removed"),
    ("request-format", "response-format"),
    ("request-format-narrowed", "response-format-widened"),
    ("request-discriminator", "response-discriminator"),
    ("request-encoding", "response-encoding"),
    ("request-content-encoding", "response-content-encoding"),
    ("request-content-media-type", "response-content-media-type"),
    ("request-deprecated", "response-deprecated"),
    ("request-undeprecated", "response-undeprecated"),
    ("operation-removed", "inbound-removed"),
    ("operation-added", "inbound-added"),
)

_WORDS = {
    (Side.REQUEST, EditAnswer.BROKEN): "requests that were fine are refused now",
    (Side.RESPONSE, EditAnswer.BROKEN): "answers may come that were never given before",
    (Side.REQUEST, EditAnswer.PROVEN): "everything that was taken is still taken",
    (Side.RESPONSE, EditAnswer.PROVEN): "every answer fits what was promised before",
}


def value_words(side: Side, answer: EditAnswer) -> str:
    """What an answer means to a client, on that side."""
    if answer is EditAnswer.VACUOUS:
        return "written differently; no value shows a difference"
    if answer is EditAnswer.UNDECIDED:
        return "whether a value shows it could not be decided: look at it"
    return _WORDS[(side, answer)]
