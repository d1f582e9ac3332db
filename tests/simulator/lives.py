"""All streams of a simulated MediaMTX, by path."""

import asyncio
import math

from .faults import Faults
from .film import Scene
from .life import Life
from .picture import RATE
from .records import Camera, wall_clock
from .streamer import Announce
from .streams import Picture, Reader, StreamUnavailable
from .tasks import Tasks
from .times import Times
from .world import World


class Lives:
    """Starts a stream on its first demand, and ends all of them with the server."""

    def __init__(
        self, world: World, faults: Faults, times: Times, tasks: Tasks, announce: Announce
    ) -> None:
        """Initialize without streams."""
        self._world = world
        self._faults = faults
        self._times = times
        self._tasks = tasks
        self._announce = announce
        self._lives: dict[str, Life] = {}
        self._pinned: dict[str, Life] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._keeping: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start the job for persistent cameras."""
        self._keeping = self._tasks.spawn(self._keep_persistent())

    async def kill(self) -> None:
        """End all running streams without events; pinned ones stay."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.wait({self._keeping})
        for path in tuple(self._running):
            await self._stop(path)
        self.drop_readers()

    def drop_readers(self) -> None:
        """Remove the readers of pinned streams after the server was killed."""
        for life in self._pinned.values():
            life.drop_readers()

    def picture(self, path: str) -> Picture | None:
        """Return the picture that a path shows; None without a stream."""
        life = self._life(path)
        return life.picture if life else None

    def scene(self, path: str, second: int) -> Scene | None:
        """Return a path's scene in a second of the wall clock; None without a stream."""
        life = self._life(path)
        shown = life.picture_at(second) if life else None
        if life is None or shown is None:
            return None
        name = life.camera.name if life.camera else path
        return Scene(name, shown, second, life.begun, self._times.key_frame_interval)

    def first_frame(self, path: str) -> int:
        """Return the number of the first frame for a new reader."""
        now = wall_clock()
        scene = self.scene(path, int(now))
        if scene is None or self._times.misses_first_key_frame:
            return int(now * RATE) + 1
        return scene.key_second * RATE

    def stalled_since(self, path: str) -> float:
        """Return the time since the epoch when the video stalled; infinite if it has not."""
        camera = self._world.camera_at(path)
        since = camera.trouble.stalled_since if camera else None
        return math.inf if since is None else since

    def reads(self, path: str, reader_id: str) -> bool:
        """Return whether a reader is still connected: the end of a stream ends its readers."""
        life = self._life(path)
        return life is not None and reader_id in life.readers

    async def wait(self, path: str, query: str) -> None:
        """Demand a stream until it is ready. Raises StreamUnavailable."""
        await self._demanded(path, query).wait(query)

    async def count(self, path: str, reader: Reader) -> None:
        """Demand a stream, and count a reader. Raises StreamUnavailable."""
        await self._demanded(path, reader.query).enter(reader)

    async def connect(self, path: str, reader_id: str) -> None:
        """Announce a counted reader, which has connected now."""
        if life := self._life(path):
            await life.connect(reader_id)

    async def open(self, path: str, reader: Reader) -> None:
        """Demand a stream, and read it. Raises StreamUnavailable."""
        await self.count(path, reader)
        await self.connect(path, reader.id)

    async def close(self, path: str, reader_id: str) -> None:
        """Remove a reader."""
        if life := self._life(path):
            await life.leave(reader_id)

    async def pin(self, path: str) -> None:
        """Make a stream ready without demand or process, until it is unpinned."""
        await self._stop(path)
        life = self._pinned.setdefault(path, self._new(path))
        life.pin(Picture.VIDEO)
        await life.announce_ready()

    async def unpin(self, path: str) -> None:
        """End a pinned stream and its readers."""
        await self._stop(path)
        life = self._pinned.pop(path, None)
        if life is not None:
            await life.lose()
        else:
            life = self._new(path)
            await life.announce("notReady")
        life.vanish()

    async def camera_changed(self, camera: Camera) -> None:
        """Apply a camera's changed settings."""
        if camera.path and camera.enabled and camera.persistent and not self._life(camera.path):
            self._begin(self._new(camera.path))
        for life in self._lives.values():
            life.stir()

    async def control(self, process_name: str, action: str) -> None:
        """Start, stop or restart a process; that of MediaMTX ends all streams."""
        everything = process_name == "mediamtx"
        for camera in self._world.cameras.values():
            if camera.process and (everything or camera.process.name == process_name):
                await self._control_camera(camera, action, everything=everything)

    async def orphan(self, path: str) -> None:
        """Make the server lose a process: it streams forever, and is in no list."""
        if life := self._lives.get(path):
            life.orphan()
            return
        life = self._new(path)
        life.orphaned = True
        self._begin(life)

    async def _control_camera(self, camera: Camera, action: str, *, everything: bool) -> None:
        life = self._life(camera.path or "")
        if life is not None:
            await (life.interrupt(action) if everything else life.control(action))
        elif camera.process is not None:
            camera.process.pid = None if action == "stop" else self._world.next_pid()

    def _life(self, path: str) -> Life | None:
        return self._pinned.get(path) or self._lives.get(path)

    def _demanded(self, path: str, query: str) -> Life:
        if path in self._faults.missing_paths:
            raise StreamUnavailable(path)
        if life := self._life(path):
            return life
        life = self._new(path)
        life.demanded = True
        return self._begin(life, query)

    def _new(self, path: str) -> Life:
        return Life(path, self._world, self._times, self._announce, self._forget)

    def _begin(self, life: Life, query: str = "") -> Life:
        self._lives[life.path] = life
        self._running[life.path] = self._tasks.spawn(life.begin(query))
        return life

    async def _stop(self, path: str) -> None:
        """End a running stream without events."""
        if running := self._running.pop(path, None):
            running.cancel()
            await asyncio.wait({running})

    def _forget(self, life: Life) -> None:
        if self._lives.get(life.path) is life:
            del self._lives[life.path]
            self._running.pop(life.path, None)

    async def _keep_persistent(self) -> None:
        """Demand persistent cameras repeatedly, as the server's job does."""
        while True:
            for camera in tuple(self._world.cameras.values()):
                if not (camera.path and camera.enabled and camera.persistent):
                    continue
                if life := self._life(camera.path):
                    await life.announce("demand")
                else:
                    self._begin(self._new(camera.path))
            await asyncio.sleep(self._times.demand_repeat)
