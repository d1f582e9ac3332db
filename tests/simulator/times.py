"""How long everything takes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Durations in seconds; the defaults are as recorded, or as MediaMTX's defaults are."""

    answer: float = 0.005
    """A request's answer."""
    version: float = 0.09
    """The answer of `version`, which starts two programs."""
    cronjob: float = 3.0
    """A cron job that is run by request."""
    event_delay: float = 1.6
    """From the truth to its event: every hook boots a process."""
    event_jitter: float = 0.05
    """What comes on top at random: events this close can overtake one another."""
    stream_lag: float = 8.0
    """How old the MediaMTX part of a camera's row is."""
    process_start: float = 9.0
    """From `demand` to `ready`."""
    rtsp_start: float = 17.0
    """The same for cameras that speak RTSP with Google, which are not shown before it answers."""
    process_restart: float = 1.5
    """Between the end of a crashed streamer and its next start."""
    control_process: float = 1.0
    """From `htop stop` or `restart` of a watched stream to its new process; of one that nobody
    reads it takes `process_restart`."""
    control_cut: float = 2.0
    """From `htop stop` or `restart` to the end of the path: its source is missed so late."""
    late_undemand: float = 7.0
    """From the same to the `undemand` that the end of the path sends, which ends a process."""
    connecting: float = 5.0
    """From `ready` to real video, for cameras that speak WEB_RTC with Google."""
    key_frame_interval: int = 25
    """Seconds from one key frame of a stream to the next; nothing brings one earlier."""
    misses_first_key_frame: bool = True
    """Readers see nothing before the next key frame; false: they are sent the last one."""
    authorization: float = 300.0
    """How far ahead `expires_at` lies when Google has answered."""
    extension_job: float = 60.0
    """Between two runs of the job that has authorizations extended: at each full minute."""
    extend_before: float = 120.0
    """How much is left of an authorization at most when the job has it extended."""
    expiry_pause: float = 30.0
    """From the end of an authorization to the next question to Google; "connecting" is shown."""
    stall: float = 40.0
    """How long a camera's silence is waited out, before "connecting" is shown."""
    stall_pause: float = 5.0
    """From then to the next question to Google."""
    refusal: float = 1.2
    """From `ready` to `notReady` of a stream that Google refuses."""
    refused_again: float = 4.0
    """From one refusal to the next of a camera that speaks RTSP with Google."""
    rate_limited: tuple[float, float] = (30.0, 20.0)
    """Between two questions that Google finds too many: for a camera of RTSP, and of WEB_RTC."""
    close_after: float = 10.0
    """From the last reader's leaving to `undemand`."""
    start_timeout: float = 60.0
    """How long MediaMTX holds a reader of a stream that does not come."""
    gathering: float = 0.1
    """What an answer over WebRTC takes when there is a stream; 7.8: no STUN server answers."""
    handshake_timeout: float = 10.0
    """How long a WebRTC viewer may take to connect after the answer."""
    keep_alive: float = 60.0
    """After how much silence a newer MediaMTX hangs up on a reader by RTSP."""
    demand_repeat: float = 60.0
    """Between two `demand`s of a persistent camera."""
    idle_log: float = 7.5
    """Between two log lines of an idle server; 0: none."""
    token_lifetime: float = 86_400.0
    """What `expiration` says of a new token."""

    @classmethod
    def fast(cls) -> Times:
        """For tests: everything happens, and next to nothing is waited for."""
        return cls(
            answer=0.0,
            version=0.0,
            cronjob=0.02,
            event_delay=0.0,
            event_jitter=0.0,
            stream_lag=0.2,
            process_start=0.02,
            rtsp_start=0.02,
            extension_job=0.02,
            expiry_pause=0.1,
            stall_pause=0.1,
            refusal=0.1,
            refused_again=0.3,
            rate_limited=(0.6, 0.4),
            process_restart=0.05,
            control_process=0.02,
            control_cut=0.04,
            late_undemand=0.12,
            connecting=0.1,
            key_frame_interval=1,
            misses_first_key_frame=False,
            close_after=0.1,
            start_timeout=1.0,
            gathering=0.0,
            handshake_timeout=2.0,
            demand_repeat=0.5,
            idle_log=0.0,
        )
