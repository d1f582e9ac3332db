"""All times of the client, in one place so that tests can shorten them."""

from dataclasses import dataclass

MAX_DOUBLINGS = 16
"""Maximum doublings of a delay, which has long reached its limit by then."""


@dataclass(frozen=True, slots=True)
class Timings:
    """Times in seconds, and rates."""

    connect_timeout: float = 10.0
    request_timeout: float = 10.0
    # `cronjobs update` answers when the job has finished: synchronizing with Google takes minutes.
    job_timeout: float = 300.0

    # The delays of the first retries; then those during a normal restart or update of the server;
    # then those in a long outage.
    first_retries: tuple[float, ...] = (0.5, 1.0)
    retry: float = 2.0
    long_outage: float = 120.0
    retry_in_long_outage: float = 10.0
    # After a connection that lasted this long, retries start over. The delays between shorter
    # connections double, up to the maximum.
    lasting: float = 60.0
    max_retry: float = 300.0
    # A login may be refused because the server's database is not up yet. The delays double, from
    # the first to the second: few enough attempts not to lock an account.
    login_retry: float = 60.0
    max_login_retry: float = 900.0
    # Each delay is shortened by up to this share, so that clients don't reconnect simultaneously.
    jitter: float = 0.2

    # Sustained events per second, and the burst: ten times what 600 cameras send when all of them
    # start. Home Assistant's recorder cannot keep up with 2,000 per second.
    event_rate: float = 200.0
    event_burst: float = 20_000.0

    # NestMTX polls MediaMTX every 5 s, so lists lag behind events: 12.8 s were measured.
    lag: float = 15.0
    resync: float = 60.0
    # A ready stream has stalled if lists show the same number of received bytes for this long: up
    # to 20 s were measured for healthy streams.
    stall: float = 45.0
    # Poll interval of the server's load, while it has subscribers.
    load: float = 30.0
    # For all lists together; each page has the timeout of a request.
    resync_timeout: float = 60.0
    # From the request of a camera's stream to its video. MediaMTX holds a reader for 60 s.
    start_timeout: float = 75.0
    # A stream that ends sooner than this after its start was refused by Google: 1.2 s were measured
    # for cameras with WebRTC; others end before the next attempt, 4 s later.
    refusal: float = 4.0
    # For this long after a refusal, only the user starts the stream again: each attempt costs API
    # calls to Google.
    refusal_pause: float = 300.0
    # A request refused after this long was held by MediaMTX until its timeout of 60 s.
    held: float = 50.0
    # The server has lost a request for a stream if the camera has no process for this long.
    stuck: float = 5.0
    # Delay before requesting a stream again that broke off, or does not exist.
    read_again: float = 1.0
    # Interval of reading a camera's row while waiting for its video.
    look: float = 2.0
    # After a process is stopped, the late `undemand` of its stream (7 s were measured) ends the new
    # process, too. A process that exists after this time stays.
    late_undemand: float = 12.0
    # A stream without a reader or a reason to run is left over after this long: normally it ends
    # 10 s after its last reader, and lists lag. Ending it costs a session with Google.
    left_over: float = 60.0
    left_over_pause: float = 900.0
    # Until the server has settled after a process was stopped, or its stream has finally ended,
    # which take 8 s and 22 s on an idle machine.
    settle_timeout: float = 60.0
    # Delays before requesting the stream of a camera again that is kept awake: they double, from
    # the first to the second, unless the stream lasted.
    keep_again: float = 2.0
    max_keep_again: float = 60.0
    # How long a started stream is held for its viewer: Home Assistant needs 7 s to open a stream,
    # and events are up to 2 s late.
    hand_over: float = 15.0
    # Interval of checking that MediaMTX still has the session of a live view: its end is noticed
    # within 10 s, even without an answer.
    check_view: float = 3.0
    # If Google refuses the stream, MediaMTX ends the session 1.2 s after its answer, which the next
    # check shows. A session that does not connect ends after 10 s.
    refused_view: float = 6.0
    connect_view: float = 12.0
    # Longer than the silence of a healthy stream on a busy machine (3.8 s); reported within 10 s.
    silence: float = 6.0
    # From the authorization, known by a list some seconds late, to certain video.
    verify_view: float = 4.0
    # The interval of key frames is 25 s.
    first_picture: float = 26.0
    # Longer than a short network failure, shorter than a restart of the server (5 to 10 s).
    grace: float = 5.0

    def retry_delay(self, attempt: int, down_for: float, chance: float) -> float:
        """Return the delay in seconds before an attempt, counted from 0.

        `down_for` is in seconds; `chance`, from 0 to 1, is the share of the jitter to subtract.
        """
        if attempt < len(self.first_retries):
            delay = self.first_retries[attempt]
        else:
            delay = self.retry if down_for < self.long_outage else self.retry_in_long_outage
        return delay * (1 - self.jitter * chance)

    def unstable_delay(self, connections: int) -> float:
        """Return the delay after a number of connections in a row that did not last."""
        return min(self.retry * 2.0 ** min(connections, MAX_DOUBLINGS), self.max_retry)

    def keep_delay(self, failures: int) -> float:
        """Return the delay after a number of failures in a row to keep a camera awake."""
        doublings = min(failures - 1, MAX_DOUBLINGS)
        return min(self.keep_again * 2.0**doublings, self.max_keep_again)

    def login_delay(self, refusals: int) -> float:
        """Return the delay after a number of refused logins in a row."""
        return min(self.login_retry * 2.0 ** min(refusals - 1, MAX_DOUBLINGS), self.max_login_retry)
