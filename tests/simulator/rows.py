"""The rows that a client sees, with the recorded keys in the recorded order."""

from datetime import datetime
import hashlib
from urllib.parse import quote

from .devices import Json
from .records import (
    Camera,
    Credential,
    CronJob,
    Process,
    Stream,
    User,
    ciphertext,
    elapsed,
)
from .world import World

_HOST = "<window.location.origin>"
"""The server sends this text literally; its web page replaces it with its own host."""

_URLS = {
    "url_rtsp_tcp": ("rtsp", "rtsp", "rtsp://{host}:{port}/{path}"),
    "url_rtsp_udp_rtp": ("rtsp", "rtp", "rtsp://{host}:{port}/{path}"),
    "url_rtsp_udp_rtcp": ("rtsp", "rtcp", "rtsp://{host}:{port}/{path}"),
    "url_rtmp": ("rtmp", "rtmp", "rtmp://{host}:{port}/{path}"),
    "url_hls": ("hls", "hls", "http://{host}:{port}/{path}"),
    "url_hls_m3u8": ("hls", "hls", "http://{host}:{port}/{path}/index.m3u8"),
    "url_web_rtc": ("web_rtc", "web_rtc", "http://{host}:{port}/{path}"),
    "url_srt": ("srt", "srt", "srt://{host}:{port}/?streamid={read}"),
}
"""Column: the protocol that has to be enabled, the port, the template."""


def iso(moment: datetime | None) -> str | None:
    """Format a time as in most columns."""
    return moment.isoformat(timespec="milliseconds") if moment else None


def _nanoseconds(moment: datetime | None) -> str | None:
    """Format a time as MediaMTX does."""
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}000Z" if moment else None


def _sql(moment: datetime) -> str:
    """Format a time as the database does."""
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def camera_status(camera: Camera, stream: Stream) -> str:
    """Return one of the seven statuses; the process is current, the stream as of the last poll."""
    if camera.status is not None:
        return camera.status
    process = camera.process
    reasons = (
        (camera.path is None, "unconfigured"),
        (not camera.enabled, "disabled"),
        (process is None, "dead"),
        (process is not None and process.pid is None, "stopped"),
        (not stream.present, "unavailable"),
        (not stream.ready, "starting"),
    )
    return next((status for applies, status in reasons if applies), "running")


def camera_row(camera: Camera, world: World, lag: float) -> Json:
    """Return a row of `cameras`; its stream is `lag` seconds old."""
    stream = camera.stream_at(elapsed() - lag)
    live = camera.kind.live_stream
    return {
        "id": camera.id,
        "credentialId": camera.credential_id,
        "uid": camera.uid,
        "room": camera.room,
        "name": camera.name,
        "checksum": camera.checksum,
        "info": camera.info,
        "mtx_path": camera.path,
        "is_enabled": camera.enabled,
        "expires_at": iso(camera.expires_at),
        "createdAt": iso(camera.created_at),
        "updatedAt": iso(camera.updated_at),
        "is_persistent": camera.persistent,
        "identified_as": list(camera.kind.models) or None,
        "protocols": ", ".join(live.get("supportedProtocols", ())) or None,
        "resolution": _resolution(live),
        "codecs_video": ", ".join(live.get("videoCodecs", ())),
        "codecs_audio": ", ".join(live.get("audioCodecs", ())),
        "status": camera_status(camera, stream),
        "process_id": camera.process and camera.process.pid,
        "stream_ready": stream.ready,
        "stream_uptime": _nanoseconds(stream.since),
        "stream_track_count": stream.tracks,
        "stream_consumer_count": len(stream.readers),
        "stream_data_rx": stream.received,
        "stream_data_tx": stream.sent,
    } | {column: _url(column, camera.path, world) for column in _URLS}


def _resolution(live_stream: Json) -> str | None:
    """Return the resolution; for WEB_RTC Google has none, and the server uses 1920x1080."""
    size = live_stream.get("maxVideoResolution")
    if size:
        return f"{size['width']}x{size['height']}"
    return "1920x1080" if "WEB_RTC" in live_stream.get("supportedProtocols", ()) else None


def _url(column: str, path: str | None, world: World) -> str | None:
    protocol, port, template = _URLS[column]
    if path is None or protocol not in world.protocols:
        return None
    read = quote(f"read:{path}", safe="")
    return template.format(host=_HOST, port=world.ports[port], path=path, read=read)


def credential_row(credential: Credential) -> Json:
    """Return a raw row of `credentials`: secrets as ciphertext, times as in the database."""
    identity = f"{credential.oauth_client_id}/{credential.dac_project_id}"
    return {
        "id": credential.id,
        "description": credential.description,
        "checksum": hashlib.sha256(identity.encode()).hexdigest(),
        "oauth_client_id": ciphertext(credential.oauth_client_id),
        "oauth_client_secret": ciphertext(credential.oauth_client_secret),
        "dac_project_id": ciphertext(credential.dac_project_id),
        "tokens": credential.tokens and ciphertext(credential.tokens),
        "token_redirect_url": credential.token_redirect_url,
        "created_at": _sql(credential.created_at),
        "updated_at": _sql(credential.updated_at),
    }


def user_row(user: User) -> Json:
    """Return a user as shown in lists and errors."""
    return {"id": user.id, "username": user.username, "can_login": user.can_login}


def cron_job_row(job: CronJob) -> Json:
    """Return a row of `cronjobs`, which has no id."""
    return {
        "name": job.name,
        "crontab": job.crontab,
        "last_run_at": iso(job.last_run_at),
        "last_end_at": iso(job.last_end_at),
    }


def process_row(process: Process) -> Json:
    """Return a row of htop's `processes`: only a name if not running; uptime in ms."""
    if process.pid is None:
        return {
            "name": process.name,
            "pid": None,
            "cpu": None,
            "memory": None,
            "uptime": None,
        }
    return {
        "name": process.name,
        "pid": process.pid,
        "cpu": float(process.pid % 40) / 8,
        "memory": process.memory,
        "uptime": int((elapsed() - process.started) * 1000),
    }


def path_row(camera: Camera, stream: Stream) -> Json:
    """Return a row of htop's `paths`: MediaMTX's data of a path."""
    return {
        "path": camera.path,
        "dataRx": stream.received,
        "dataTx": stream.sent,
        "trackCount": stream.tracks,
        "consumers": len(stream.readers),
        "ready": stream.ready,
        "uptime": _nanoseconds(stream.since),
    }
