"""Differences between the recorded server and its API documentation, one switch each."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Quirks:
    """True: as recorded of NestMTX v1.1.1. False: as in the server's API documentation."""

    anonymous_connects: bool = True
    """A missing or bad token connects anonymously; false: connect_error "Unauthorized"."""

    first_token_wins: bool = True
    """The first token present (header, auth, query) decides; false: any valid one does."""

    tokens_never_expire: bool = True
    """Tokens never expire; false: they expire after `Times.token_lifetime`."""

    anybody_logs_in: bool = True
    """`can_login` is not checked at login; false: a user without it is refused."""

    lower_case_undemand: bool = True
    """The event is `undemand`; false: `unDemand`."""

    bare_topic: bool = True
    """The third topic of an event is its bare name (`ready`); false: `nestmtx:*`."""

    events_carry_at: bool = True
    """Events have `at`; false: only the documented domain, entity, event, details."""

    application_events: bool = True
    """Events of the domain `application` are sent; false: camera and credentials only."""

    list_needs_payload: bool = True
    """A list without payload is an error; false: it lists everything, as documented."""

    entity_is_string: bool = True
    """`entity` must be a string; false: a number is accepted, too."""

    failure_without_id: bool = True
    """An invalid request is answered with `failure`; false: on its requestId, if it has one."""

    errors_echo_context: bool = True
    """Errors repeat the request and the user in `context`; false: `context` is empty."""

    strict_authorization: bool = True
    """Unknown keys (Google's `iss`) fail an authorization; false: they are ignored."""

    mediamtx_1_9: bool = True
    """MediaMTX is 1.9.0, as included in NestMTX v1.1.1; false: 1.20.1."""

    numeric_levels_of_pino: bool = True
    """Log level 30 means info; false: the documented table, where info is 40."""

    @classmethod
    def by_the_page(cls) -> Quirks:
        """Return the quirks of a server that behaves as documented."""
        return cls(**{field.name: False for field in fields(cls)})
