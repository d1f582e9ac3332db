"""A complete simulated NestMTX: its API, its streams, and the controls for tests."""

import asyncio
import itertools
from typing import Any

from .api import Api
from .devices import Json
from .events import camera_details, stamp
from .faults import Faults
from .film import Film
from .hooks import Hooks
from .lives import Lives
from .logbook import LogBook
from .media import Media
from .quirks import Quirks
from .records import Camera, GoogleCall, utc_now
from .rtsp import Rtsp
from .scenario import recorded
from .streams import Picture, Reader
from .tasks import Tasks
from .times import Times
from .whep import Whep
from .wire import Wire
from .world import World

_IDLE_LINES = (
    ("info", "Found 0 live cameras", "job-ExtendCameraStreamAuthenticationJob"),
    ("info", "Credentials Home account expires in 41 minutes", "job-CredentialsJob"),
)


class Simulator:
    """Runs from `start` to `stop`; in between it can be killed and started again."""

    def __init__(
        self,
        world: World | None = None,
        quirks: Quirks | None = None,
        times: Times | None = None,
        ping_interval: float = 25,
        ping_timeout: float = 20,
    ) -> None:
        """Initialize; nothing listens yet. The pings are Socket.IO's, in seconds."""
        self.world = world or recorded()
        self.quirks = quirks or Quirks()
        self.times = times or Times()
        self.host, self.port = "127.0.0.1", 0
        self.hls_port, self.rtsp_port, self.web_rtc_port = 0, 0, 0
        self._pings = (ping_interval, ping_timeout)
        self._tasks = Tasks()
        self._log = LogBook(self.quirks)
        self._api = Api(self.world, self.quirks, self.times, self)
        self._hooks = Hooks(
            self.quirks, self.faults, self.times, self._tasks, self._send_camera_event
        )
        self._lives = Lives(self.world, self.faults, self.times, self._tasks, self._hooks.report)
        self._film = Film(self._tasks)
        self._media = self._new_media()
        self._whep = self._new_whep()
        self._rtsp = self._new_rtsp()
        self._wire = self._new_wire()
        self._paths_read: dict[str, str] = {}

    @property
    def url(self) -> str:
        """The URL for login and connection."""
        return f"http://{self.host}:{self.port}"

    @property
    def faults(self) -> Faults:
        """The server's faults, which can be changed at any time."""
        return self._api.faults

    @property
    def logins(self) -> int:
        """The number of logins."""
        return self._api.logins

    @property
    def cookies(self) -> list[str]:
        """All received cookies: one `Cookie` header each."""
        return self._api.cookies

    @property
    def requests(self) -> list[Json]:
        """All received requests, valid or not, until they are cleared."""
        return self._wire.requests

    @property
    def sids(self) -> tuple[str, ...]:
        """The connected sockets."""
        return tuple(self._wire.users)

    @property
    def connections(self) -> int:
        """The number of connected sockets."""
        return len(self._wire.users)

    @property
    def google_calls(self) -> list[GoogleCall]:
        """The streams' calls to Google, until they are cleared."""
        return self.world.google_calls

    @property
    def whep(self) -> Whep:
        """The WebRTC server since the last start, with its requests and sessions."""
        return self._whep

    async def start(
        self,
        host: str | None = None,
        port: int | None = None,
        hls_port: int | None = None,
        rtsp_port: int | None = None,
        web_rtc_port: int | None = None,
    ) -> None:
        """Listen; port 0 selects a free one, which later starts keep."""
        self.host = host or self.host
        self.port = await self._wire.open(self.host, port or self.port)
        self.hls_port = hls_port or self.hls_port
        self.rtsp_port = rtsp_port or self.rtsp_port
        self.web_rtc_port = web_rtc_port or self.web_rtc_port
        await self.start_video()
        await self.log("info", f"started HTTP server on {self.host}:{self.port}", "http")
        self._tasks.spawn(self._boot())
        if self.times.idle_log:
            self._tasks.spawn(self._idle())

    async def start_video(self) -> None:
        """Start MediaMTX alone, on its former ports."""
        self.hls_port = await self._media.open(self.host, self.hls_port)
        self.rtsp_port = await self._rtsp.open(self.host, self.rtsp_port)
        self.web_rtc_port = await self._whep.open(self.host, self.web_rtc_port)
        self.world.ports |= {
            "hls": self.hls_port,
            "rtsp": self.rtsp_port,
            "web_rtc": self.web_rtc_port,
        }
        self._lives.start()

    async def kill_video(self) -> None:
        """Kill MediaMTX: its ports close, its streams end without events, the API stays."""
        await self._media.close()
        await self._whep.close()
        await self._rtsp.close()
        await self._lives.kill()
        self._paths_read.clear()
        self._film = Film(self._tasks)
        self._media = self._new_media()
        self._whep = self._new_whep()
        self._rtsp = self._new_rtsp()

    async def kill(self) -> None:
        """Stop as by SIGKILL: sockets are aborted, streams end without events.

        The world stays, and so do the streams made ready by `set_ready`.
        """
        requests = self._wire.requests
        await self.kill_video()
        await self._wire.close()
        await self._tasks.end()
        self._wire = self._new_wire()
        self._wire.requests = requests

    async def stop(self) -> None:
        """Stop everything."""
        await self.kill()

    async def fire(
        self, domain: str, event: str, entity: int | None = None, details: Json | None = None
    ) -> None:
        """Send an event as the server does, late and three times, without changing the world.

        It has the usual details of its subject; `details` adds to or replaces them.
        """
        usual = self._usual_details(domain, event, entity or 0)
        await self._hooks.delay()
        await self._wire.send_event(domain, event, entity, usual | (details or {}))

    async def emit(self, topic: str, payload: Any, sid: str | None = None) -> None:
        """Send any frame, to one socket or to all."""
        await self._wire.emit(topic, payload, sid)

    async def log(self, level: str, message: str, service: str) -> None:
        """Write a log line, and send it to all clients; levels: debug, info, warning, error."""
        await self._wire.log(level, message, service)

    async def disconnect_all(self) -> None:
        """Close every socket from the server's side."""
        await self._wire.disconnect_all()

    async def set_ready(self, camera_id: int, ready: bool) -> None:
        """Start or end a camera's stream with its event, but without demand and "connecting"."""
        path = self._path(camera_id)
        await (self._lives.pin(path) if ready else self._lives.unpin(path))

    async def orphan(self, camera_id: int) -> None:
        """Make the server lose a camera's process, which streams until a restart."""
        await self._lives.orphan(self._path(camera_id))

    def picture(self, camera_id: int) -> Picture | None:
        """Return the picture that a camera's stream shows now; None without a stream."""
        return self._lives.picture(self._path(camera_id))

    async def open_reader(self, camera_id: int, query: str = "") -> str:
        """Add a viewer, and return its reader id once it reads. Raises StreamUnavailable."""
        reader, path = Reader(query=query), self._path(camera_id)
        await self._lives.open(path, reader)
        self._paths_read[reader.id] = path
        return reader.id

    async def close_reader(self, camera_id: int, reader: str) -> None:
        """Remove a viewer, even if the camera's path has changed."""
        path = self._paths_read.pop(reader, None) or self._path(camera_id)
        await self._lives.close(path, reader)

    async def set_tokens(
        self,
        credential_id: int,
        present: bool,
        event: str | None = None,
    ) -> None:
        """Set or remove a credential's tokens, and send the event, if one is given."""
        credential = self.world.credentials[credential_id]
        credential.tokens = "{}" if present else None
        if event is not None:
            error = {} if present else {"error": {"message": "invalid_grant"}}
            await self.fire("credentials", event, credential_id, error)

    async def camera_changed(self, camera: Camera) -> None:
        """Apply a camera's changed settings to its stream."""
        await self._lives.camera_changed(camera)

    async def control(self, process_name: str, action: str) -> None:
        """Start, stop or restart an existing process."""
        await self._lives.control(process_name, action)

    def _new_wire(self) -> Wire:
        return Wire(self._api, self._log, self._tasks, self._pings)

    def _new_media(self) -> Media:
        return Media(self.quirks, self._lives)

    def _new_rtsp(self) -> Rtsp:
        return Rtsp(self.quirks, self.times, self._lives, self._film)

    def _new_whep(self) -> Whep:
        return Whep(self.world, self.quirks, self.faults, self.times, self._lives, self._film)

    def _path(self, camera_id: int) -> str:
        path = self.world.cameras[camera_id].path
        if path is None:
            message = f"camera {camera_id} has no path"
            raise ValueError(message)
        return path

    def _usual_details(self, domain: str, event: str, entity: int) -> Json:
        if domain == "camera" and (camera := self.world.cameras.get(entity)):
            return camera_details(camera, camera.path, event)
        if domain == "credentials" and (credential := self.world.credentials.get(entity)):
            return {"description": credential.description}
        return {}

    async def _send_camera_event(self, event: str, entity: int | None, details: Json) -> None:
        await self._wire.send_event("camera", event, entity, details)

    async def _boot(self) -> None:
        if self.quirks.application_events:
            await self._hooks.delay()
            await self._wire.send_event("application", "ready", None, {"at": stamp(utc_now())})

    async def _idle(self) -> None:
        for line in itertools.cycle(_IDLE_LINES):
            await asyncio.sleep(self.times.idle_log)
            await self.log(*line)
