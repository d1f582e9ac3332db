"""Durations of the simulation."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Durations in seconds; the defaults are recorded, or those of MediaMTX."""

    answer: float = 0.005
    """The answer to a request."""
    version: float = 0.09
    """The answer of `version`, which starts two programs."""
    cronjob: float = 3.0
    """A cron job run on request."""
    event_delay: float = 1.6
    """From a change to its event: every hook starts a process."""
    event_jitter: float = 0.05
    """Additional random delay: events closer than this can overtake one another."""
    stream_lag: float = 8.0
    """Age of MediaMTX's data in a camera's row."""
    process_start: float = 9.0
    """From `demand` to `ready`."""
    rtsp_start: float = 17.0
    """The same for cameras with RTSP at Google, which publish only after its answer."""
    process_restart: float = 1.5
    """Between the end of a crashed streamer and its next start."""
    control_process: float = 1.0
    """From `htop stop` or `restart` of a watched stream to its new process; without readers it
    takes `process_restart`."""
    control_cut: float = 2.0
    """From `htop stop` or `restart` to the end of the path, when its source is missed."""
    late_undemand: float = 7.0
    """From the same to the `undemand` caused by the end of the path, which ends a process."""
    connecting: float = 5.0
    """From `ready` to real video, for cameras with WEB_RTC at Google."""
    key_frame_interval: int = 25
    """Seconds between key frames of a stream; none can be requested earlier."""
    misses_first_key_frame: bool = True
    """Readers get no picture before the next key frame; false: they are sent the last one."""
    authorization: float = 300.0
    """From Google's answer to `expires_at`."""
    extension_job: float = 60.0
    """Between two runs of the job that extends authorizations: at each full minute."""
    extend_before: float = 120.0
    """Maximum remaining time of an authorization that the job extends."""
    expiry_pause: float = 30.0
    """From the end of an authorization to the next call to Google; shows "connecting"."""
    stall: float = 40.0
    """From the stall of a camera to the "connecting" picture."""
    stall_pause: float = 5.0
    """From then to the next call to Google."""
    refusal: float = 1.2
    """From `ready` to `notReady` of a stream that Google refuses."""
    refused_again: float = 4.0
    """Between two refusals of a camera with RTSP at Google."""
    rate_limited: tuple[float, float] = (30.0, 20.0)
    """Between two rate-limited calls to Google, for a camera with RTSP, and with WEB_RTC."""
    close_after: float = 10.0
    """From the departure of the last reader to `undemand`."""
    start_timeout: float = 60.0
    """How long MediaMTX holds a reader of a stream that does not become ready."""
    gathering: float = 0.1
    """The answer over WebRTC if there is a stream; 7.8 if no STUN server answers."""
    handshake_timeout: float = 10.0
    """Timeout of a WebRTC viewer to connect after the answer."""
    silent_viewer: float = 10.0
    """From the last packet of a WebRTC viewer to the end of its session."""
    keep_alive: float = 60.0
    """Silence of an RTSP reader after which a newer MediaMTX closes its connection."""
    demand_repeat: float = 60.0
    """Between two `demand`s of a persistent camera."""
    idle_log: float = 7.5
    """Between two log lines of an idle server; 0 for none."""
    token_lifetime: float = 86_400.0
    """From a new token to its `expiration`."""

    @classmethod
    def fast(cls) -> Times:
        """Return times for tests: the same steps with minimal waiting."""
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
            silent_viewer=0.3,
            demand_repeat=0.5,
            idle_log=0.0,
        )
