"""What each kind of change does to a client: one row a rule.

Rows about values come in pairs, one for each side: what a request's schema may do from base to head, a response's
may do from head to base. `MIRRORED` says which rows are each other's mirror; a test holds them to one level.
"""

from dataclasses import dataclass

from nhq.diff.comparing import Answer
from nhq.diff.records import Level, Side

B, R, V, C, D = Level.BREAKING, Level.RISKY, Level.REVIEW, Level.COMPATIBLE, Level.DOCS


@dataclass(frozen=True, slots=True)
class Row:
    """One rule: how bad it is, and the words for it. `{name}`, `{before}`, `{after}` are filled in."""

    rule: str
    level: Level
    words: str


_ROWS = (
    # operations
    Row("operation-removed", B, "the operation has gone"),
    Row("operation-removed-after-sunset", R, "the operation has gone, after the sunset it had announced ({before})"),
    Row("operation-added", C, "a new operation"),
    Row("operation-deprecated", C, "deprecated now{name}"),
    Row("operation-undeprecated", C, "no longer deprecated"),
    Row("operation-sunset-earlier", R, "its sunset moved from {before} to {after}"),
    Row("operation-sunset-later", C, "its sunset moved from {before} to {after}"),
    Row("operation-id", C, "operationId {before} is {after} now: names in generated clients change"),
    Row("operation-tags", D, "its tags changed"),
    Row("path-parameter-renamed", C, "path parameter {before} is called {after} now, which no request shows"),
    # parameters
    Row("parameter-added-required", B, "new required {name}: requests without it are refused"),
    Row("parameter-added", C, "new optional {name}"),
    Row("parameter-removed", R, "{name} has gone: what clients send there is ignored, or refused"),
    Row("parameter-required", B, "{name} is required now"),
    Row("parameter-optional", C, "{name} is optional now"),
    Row("parameter-style", B, "{name} is written another way now ({before}, {after})"),
    Row(
        "parameter-default",
        R,
        "the default of {name} is {after} now, it was {before}: requests without it mean more or less",
    ),
    Row("parameter-deprecated", C, "{name} is deprecated now"),
    Row("parameter-undeprecated", C, "{name} is no longer deprecated"),
    Row("parameter-empty-refused", R, "{name} may no longer be empty"),
    # bodies
    Row("request-body-added-required", B, "a request body is required now, and there was none"),
    Row("request-body-added", C, "a request body may be sent now"),
    Row("request-body-removed", B, "no request body is taken any more"),
    Row("request-body-required", B, "the request body is required now"),
    Row("request-body-optional", C, "the request body is optional now"),
    Row("request-media-type-removed", B, "requests in {name} are no longer taken"),
    Row("request-media-type-added", C, "requests in {name} are taken now"),
    Row("response-media-type-removed", B, "answers in {name} are no longer given"),
    Row("response-media-type-added", C, "answers in {name} are given now"),
    Row("request-encoding", R, "the parts of {name} are written another way now"),
    Row("response-encoding", R, "the parts of {name} are written another way now"),
    # statuses
    Row(
        "response-success-added",
        B,
        "{name} is a new success status: clients that know the old ones take it for a failure, or not at all",
    ),
    Row("response-success-removed", B, "{name} was the only success status"),
    Row("response-one-success-removed", R, "{name} is no longer given; other success statuses are"),
    Row("response-redirect-added", R, "{name} is a new redirect"),
    Row("response-status-added", C, "{name} is a new status"),
    Row("response-status-removed", C, "{name} is no longer given"),
    # headers of responses
    Row("response-header-required-removed", B, "header {name} was promised with every answer, and has gone"),
    Row("response-header-removed", R, "header {name} has gone"),
    Row("response-header-added", C, "new header {name}"),
    Row("response-header-optional", B, "header {name} was promised with every answer, and is optional now"),
    Row("response-header-required", C, "header {name} is promised with every answer now"),
    # inbound operations
    Row("inbound-removed", B, "the API no longer calls this"),
    Row("inbound-added", C, "the API may call this now"),
    Row("inbound-body-optional", B, "the body that the API sends may be missing now"),
    Row("inbound-reply-removed", B, "a reply of {name} is no longer taken"),
    # security and servers
    Row("security-narrowed", B, "credentials that were accepted no longer are: {before}"),
    Row("security-widened", C, "more credentials are accepted: {after}"),
    Row("servers-replaced", B, "none of the servers is left: {before}"),
    Row("server-removed", R, "server {before} has gone"),
    Row("server-added", C, "new server {after}"),
    # values, either side
    Row(
        "request-property-unnamed",
        C,
        "{name} is named now; only a request that used the name before it had a meaning can show it",
    ),
    Row("response-property-unnamed", R, "{name} is no longer described: it may be missing, or mean something else"),
    Row("request-property-removed", R, "{name} has gone: what clients send there is ignored"),
    Row("request-default", R, "the default of {name} is {after} now, it was {before}"),
    Row("response-default", C, "the default that is said of {name} is {after} now, it was {before}"),
    Row("request-format", C, "format {before} is {after} now; no validator asserts either"),
    Row("response-format", C, "format {before} is {after} now; no validator asserts either"),
    Row("request-format-narrowed", R, "format {before} is {after} now: larger numbers may be refused"),
    Row("response-format-widened", R, "format {before} is {after} now: larger numbers may come"),
    Row("request-content-encoding", R, "contentEncoding {before} is {after} now: the text holds something else"),
    Row("response-content-encoding", R, "contentEncoding {before} is {after} now: the text holds something else"),
    Row("request-content-media-type", R, "contentMediaType {before} is {after} now: the text holds something else"),
    Row("response-content-media-type", R, "contentMediaType {before} is {after} now: the text holds something else"),
    Row("request-discriminator", R, "the discriminator chooses otherwise now"),
    Row("response-discriminator", R, "the discriminator chooses otherwise now"),
    Row("request-deprecated", C, "{name} is deprecated now"),
    Row("response-deprecated", C, "{name} is deprecated now"),
    Row("request-undeprecated", C, "{name} is no longer deprecated"),
    Row("response-undeprecated", C, "{name} is no longer deprecated"),
    # prose
    Row("prose-value", B, "what a client relies on changed: {name}"),
    Row("prose-value-wider", V, "a value that is promised allows more now: {name}"),
    Row("prose-promise", V, "the words of a promise changed"),
    Row("prose-promise-removed", V, "the words of a promise have gone"),
    Row("prose-words", D, "words that no rule stands on"),
)

TABLE: dict[str, Row] = {row.rule: row for row in _ROWS}

#: A value's answer, as a level; the same for both sides.
ANSWERS: dict[Answer, Level] = {
    Answer.BROKEN: Level.BREAKING,
    Answer.UNDECIDED: Level.REVIEW,
    Answer.PROVEN: Level.COMPATIBLE,
    Answer.VACUOUS: Level.COMPATIBLE,
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
    (Side.REQUEST, Answer.BROKEN): "requests that were fine are refused now",
    (Side.RESPONSE, Answer.BROKEN): "answers may come that were never given before",
    (Side.REQUEST, Answer.PROVEN): "everything that was taken is still taken",
    (Side.RESPONSE, Answer.PROVEN): "every answer fits what was promised before",
}


def value_words(side: Side, answer: Answer) -> str:
    """What an answer means to a client, on that side."""
    if answer is Answer.VACUOUS:
        return "written otherwise; no value shows it"
    if answer is Answer.UNDECIDED:
        return "whether a value shows it could not be decided: look at it"
    return _WORDS[(side, answer)]
