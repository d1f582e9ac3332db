"""All times of the client in one place, so that tests can shorten them."""

from dataclasses import dataclass

MAX_DOUBLINGS = 16
"""Of a delay: more would only make the number larger."""


@dataclass(frozen=True, slots=True)
class Timings:
    """Times in seconds, and rates."""

    connect_timeout: float = 10.0
    request_timeout: float = 10.0
    # `cronjobs update` answers when the job is done: minutes, for a synchronization with Google.
    job_timeout: float = 300.0

    # The first retries, then one retry after the other for as long as an ordinary restart or
    # update of the server takes, then rarely.
    first_retries: tuple[float, ...] = (0.5, 1.0)
    retry: float = 2.0
    long_outage: float = 120.0
    retry_in_long_outage: float = 10.0
    # A connection that lasted so long was a good one: the retries begin anew. The pauses between
    # connections that did not last double, up to this.
    lasting: float = 60.0
    max_retry: float = 300.0
    # A refused login may be a server whose database is not there yet. Few enough not to lock an
    # account out: the pauses double, from the first to the second.
    login_retry: float = 60.0
    max_login_retry: float = 900.0
    # Each delay is shortened by up to this share, so that clients do not come back in step.
    jitter: float = 0.2

    # Events a second that are read for good, and how many at once: ten times what 600 cameras send
    # when all of them start. 2,000 a second outrun Home Assistant's recorder.
    event_rate: float = 200.0
    event_burst: float = 20_000.0

    # NestMTX polls MediaMTX each 5 s, and its lists lag behind its events: 12.8 s were measured.
    lag: float = 15.0
    resync: float = 60.0
    # A ready stream whose count of received bytes stands still for so long in lists has stalled:
    # up to 20 s were measured of streams in which nothing is wrong.
    stall: float = 45.0
    # The server's load, while somebody looks at it.
    load: float = 30.0
    # For all lists together, each page of which has a request's time.
    resync_timeout: float = 60.0
    # From the first wish to see a camera to its video. MediaMTX holds a reader for 60 s.
    start_timeout: float = 75.0
    # A stream that ends sooner than this after its beginning was refused by Google: of cameras that
    # speak WebRTC 1.2 s were measured, of others less than the 4 s from one to the next.
    refusal: float = 4.0
    # For so long after a refusal, only a person asks again: each time costs calls at Google.
    refusal_pause: float = 300.0
    # A request that is refused after so long was held by MediaMTX until it gave up, after 60 s.
    held: float = 50.0
    # A camera for which nothing runs for so long, though its stream was asked for, is forgotten.
    stuck: float = 5.0
    # Before a stream that broke off, or is not there, is asked for again.
    read_again: float = 1.0
    # How often a camera's row is read while its video is waited for.
    look: float = 2.0
    # A process that is stopped: the demand of its former stream ends late (7 s were measured), and
    # takes the new process with it. Later than this, what there is stays.
    late_undemand: float = 12.0
    # A stream that goes on for so long with no reader and no reason is left over: one that nobody
    # reads any more ends after 10 s, and lists lag. To end it costs a session at Google.
    left_over: float = 60.0
    left_over_pause: float = 900.0
    # Until the server is at rest after a process was stopped, or its stream has ended for good,
    # which takes 8 s and 22 s on an idle machine.
    settle_timeout: float = 60.0
    # Before a camera that is kept awake is asked for its stream again: the pauses double, from the
    # first to the second, unless the stream lasted.
    keep_again: float = 2.0
    max_keep_again: float = 60.0
    # How long a stream is held for the viewer who was told that it has started: Home Assistant
    # needs 7 s to open one, and events are late by 2 s.
    hand_over: float = 15.0
    # How often MediaMTX is asked whether it still has the session of a live view: an end is noticed
    # within 10 s, also one without an answer.
    check_view: float = 3.0
    # MediaMTX ends a session whose stream Google refuses 1.2 s after its answer, which the next
    # check shows; one that does not connect ends after 10 s.
    refused_view: float = 6.0
    connect_view: float = 12.0
    # Longer than a healthy stream is silent on a busy machine (3.8 s), and told within 10 s.
    silence: float = 6.0
    # A key frame comes each 25 s.
    first_picture: float = 26.0
    # Longer than a hiccup of the network, shorter than a restart of the server (5 to 10 s).
    grace: float = 5.0

    def retry_delay(self, attempt: int, down_for: float, chance: float) -> float:
        """Return the delay before the attempt with this number (from 0).

        `chance`, from 0 to 1, says how much of the jitter to take off.
        """
        if attempt < len(self.first_retries):
            delay = self.first_retries[attempt]
        else:
            delay = self.retry if down_for < self.long_outage else self.retry_in_long_outage
        return delay * (1 - self.jitter * chance)

    def unstable_delay(self, connections: int) -> float:
        """Return the delay after so many connections in a row that did not last."""
        return min(self.retry * 2.0 ** min(connections, MAX_DOUBLINGS), self.max_retry)

    def keep_delay(self, failures: int) -> float:
        """Return the delay after a camera that is kept awake has failed so often in a row."""
        doublings = min(failures - 1, MAX_DOUBLINGS)
        return min(self.keep_again * 2.0**doublings, self.max_keep_again)

    def login_delay(self, refusals: int) -> float:
        """Return the delay after so many refused logins in a row."""
        return min(self.login_retry * 2.0 ** min(refusals - 1, MAX_DOUBLINGS), self.max_login_retry)
