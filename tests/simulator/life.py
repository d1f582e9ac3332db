"""The lifecycle of one stream, from the demand of its first reader to its end."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
import math
import uuid

from .events import camera_details
from .records import Camera, Stream, utc_now, wall_clock
from .streamer import Announce, Streamer
from .streams import Picture, Reader, StreamTimedOut, StreamUnavailable
from .times import Times
from .world import World

_BITRATE = 60_000
"""Bytes per second of a camera's video."""


class Life:
    """A path's stream and its readers.

    `begin` runs it, once. One that is never begun is pinned: it stays as it was set.

    MediaMTX ends only streams that it has demanded itself: a stream that was ready before its
    reader continues when the reader leaves.
    """

    def __init__(
        self,
        path: str,
        world: World,
        times: Times,
        announce: Announce,
        ended: Callable[[Life], None],
    ) -> None:
        """Initialize; `ended` is called at once when the stream ends."""
        self.path = path
        self.camera: Camera | None = world.camera_at(path)
        self._pictures: list[tuple[float, Picture]] = []
        self.readers: dict[str, Reader] = {}
        self._times = times
        self._send = announce
        self._ended = ended
        self._streamer = Streamer(self.camera, world, times, announce, self)
        self.demanded = self.orphaned = False
        self._appeared = self._timed_out = self._over = self._died = False
        self._entries = 0
        self._connected: set[str] = set()
        self._source_id = str(uuid.uuid4())
        self._waiting = 0
        self._ready = asyncio.Event()
        self._path_free = asyncio.Event()
        self._path_free.set()
        self._stirred = asyncio.Event()
        self._group: asyncio.TaskGroup | None = None
        self._streaming: asyncio.Task[None] | None = None
        self._controlling: asyncio.Task[None] | None = None

    @property
    def picture(self) -> Picture | None:
        """The picture that the stream shows now; None without a stream."""
        return self._pictures[-1][1] if self._pictures else None

    @property
    def begun(self) -> float:
        """When the stream started, in seconds since the epoch."""
        return self._pictures[0][0] if self._pictures else math.inf

    def picture_at(self, moment: float) -> Picture | None:
        """Return the picture shown at a time since the epoch, or the first one."""
        shown = [picture for since, picture in self._pictures if since <= moment]
        return shown[-1] if shown else self._pictures[0][1] if self._pictures else None

    @property
    def persistent(self) -> bool:
        """Whether the stream runs without readers."""
        camera = self.camera
        return bool(self._is_published and camera and camera.persistent)

    @property
    def _is_published(self) -> bool:
        camera = self.camera
        return bool(camera and camera.path == self.path and camera.enabled)

    async def begin(self, query: str) -> None:
        """Run until the stream is no longer wanted."""
        try:
            if not self.orphaned:
                await self.announce("demand", query=query)
            async with asyncio.TaskGroup() as self._group:
                self._stream(listed=not self.orphaned)
                await self._until_unwanted()
                was_ready = self._end()
                self._stop_tasks()
        finally:
            self._end()
        await self.announce("undemand", query=query)
        if was_ready:
            await self.announce("notReady", sourceId=self._source_id)

    async def wait(self, query: str) -> None:
        """Demand the stream until it is ready. Raises StreamUnavailable.

        Cancelling ends the demand, but does not cancel the start.
        """
        self._waiting += 1
        self.stir()
        try:
            if not (self._ready.is_set() or self.demanded):
                self.demanded = True
                await self.announce("demand", query=query)
            async with asyncio.timeout(self._times.start_timeout):
                await self._ready.wait()
        except TimeoutError:
            raise StreamTimedOut(self.path) from None
        finally:
            self._waiting -= 1
            self.stir()
        if self._timed_out:
            raise StreamTimedOut(self.path)
        if self._over:
            raise StreamUnavailable(self.path)

    async def enter(self, reader: Reader) -> None:
        """Count a reader as soon as there is a stream. Raises StreamUnavailable."""
        await self.wait(reader.query)
        self._entries += 1
        self.readers[reader.id] = reader
        self.stir()
        self._show_readers()

    async def connect(self, reader_id: str) -> None:
        """Announce a counted reader, which has connected now."""
        if reader_id in self.readers and reader_id not in self._connected:
            self._connected.add(reader_id)
            await self._announce_reader("read", self.readers[reader_id])

    async def leave(self, reader_id: str) -> None:
        """Remove a reader if it is still connected."""
        reader = self.readers.pop(reader_id, None)
        if reader is not None:
            self._show_readers()
            self.stir()
            await self._announce_gone(reader)

    def stir(self) -> None:
        """Check again whether the stream is wanted."""
        self._stirred.set()

    async def interrupt(self, action: str) -> None:
        """End the stream as a start, stop or restart of MediaMTX does."""
        if action in ("stop", "restart"):
            self._stop_tasks()
            await self.lose()
            if self.camera and self.camera.process:
                self.camera.process.pid = None
        if action in ("start", "restart") and self._group is not None:
            self._stream()

    async def control(self, action: str) -> None:
        """Start, stop or restart the streamer's process as the server does.

        A stopped process is started again; only the end of the path shows that it was stopped.
        """
        if self.orphaned:
            # The named process is not the one that streams.
            return
        if action == "start" or self._group is None:
            await self.interrupt(action)
            return
        self._stop_tasks()
        if self.camera and self.camera.process:
            self.camera.process.pid = None
        controlled = self._stopped() if action == "stop" else self._restarted()
        self._controlling = self._group.create_task(controlled)

    def orphan(self) -> None:
        """Make the server lose the stream's process, which then streams forever."""
        self._stop_tasks()
        self.orphaned, self.demanded = True, False
        self._forget_process()
        self._stream(listed=False)

    def _stream(self, *, listed: bool = True) -> None:
        if self._group is not None:
            self._streaming = self._group.create_task(self._streamer.run(listed=listed))

    def _stop_tasks(self) -> None:
        for task in (self._streaming, self._controlling):
            if task is not None:
                task.cancel()

    def _forget_process(self) -> None:
        if self.camera:
            self.camera.process = None

    async def _stopped(self) -> None:
        """Start one new process; the late `undemand` ends it if it was demanded."""
        was_ready, readers = self._ready.is_set(), len(self.readers)
        starts_after = self._times.control_process if readers else self._times.process_restart
        undemanded = self.demanded and was_ready
        dies = undemanded and not self.persistent
        self._path_free.clear()
        await asyncio.sleep(starts_after)
        if dies:
            # It ends before it publishes anything.
            self._streamer.start_process()
        else:
            self._stream()
        await asyncio.sleep(max(0.0, self._times.control_cut - starts_after))
        if was_ready:
            await self._cut()
        self._path_free.set()
        if undemanded:
            await asyncio.sleep(self._times.late_undemand - self._times.control_cut)
            if dies:
                self._died = True
                self.stir()
            else:
                await self.announce("undemand")

    async def _restarted(self) -> None:
        """Start two processes, of which the late `undemand` ends the listed one."""
        self.orphaned = True
        self._path_free.clear()
        await asyncio.sleep(self._times.control_process)
        self._streamer.start_process()
        await asyncio.sleep(self._times.control_cut - self._times.control_process)
        await self._cut()
        self._streamer.start_process()
        self._stream(listed=False)
        await asyncio.sleep(self._times.late_undemand - self._times.control_cut)
        self._forget_process()
        await self.announce("undemand")

    async def _cut(self) -> None:
        """End the path, as MediaMTX misses its source."""
        self.demanded = False
        await self.lose()
        self._path_free.set()

    def pin(self, picture: Picture) -> None:
        """Make the stream ready at once and permanently."""
        self._streamer.start_process()
        self._appear(picture)

    async def publish(self, picture: Picture) -> None:
        """Start the stream now, or as soon as the path's former one has ended."""
        await self._path_free.wait()
        self._appear(picture)
        await self.announce_ready()

    def show(self, picture: Picture) -> None:
        """Continue the stream with another picture."""
        self._pictures.append((wall_clock(), picture))

    def flow(self, *, flows: bool) -> None:
        """Start or stop the flow of video."""
        bitrate = _BITRATE if flows else 0
        if self.camera and self.camera.stream.bitrate != bitrate:
            self.camera.stream = replace(self.camera.stream, bitrate=bitrate)

    async def asked(self) -> None:
        """Wait until a reader waits for the stream."""
        await self._stirs_until(lambda: self._waiting > 0)

    async def lose(self) -> None:
        """End the stream and its readers after the loss of its source."""
        was_ready = self._ready.is_set() and not self._over
        self._disappear()
        gone, self.readers = self.readers, {}
        for reader in gone.values():
            await self._announce_gone(reader)
        if was_ready:
            await self.announce("notReady", sourceId=self._source_id)
        self.stir()

    def vanish(self) -> None:
        """Remove this stream from the world."""
        self._disappear()
        self.readers = {}
        if self.camera:
            self.camera.process = None
            self.camera.stream = Stream()

    def drop_readers(self) -> None:
        """Remove all readers without events."""
        self.readers = {}
        self._show_readers()

    async def announce(self, event: str, query: str = "", **details: str) -> None:
        """Send an event of this path."""
        camera = self.camera
        body = camera_details(camera, self.path, event, query) | details
        await self._send(event, camera.id if camera else None, body)

    async def announce_ready(self) -> None:
        """Announce that the stream is ready."""
        await self.announce("ready", sourceId=self._source_id)

    async def _announce_gone(self, reader: Reader) -> None:
        if reader.id in self._connected:
            self._connected.discard(reader.id)
            await self._announce_reader("unread", reader)

    async def _announce_reader(self, event: str, reader: Reader) -> None:
        await self.announce(event, query=reader.query, readerType=reader.kind, readerId=reader.id)

    def _end(self) -> bool:
        """Clean up, once; return whether there was a stream."""
        was_ready = self._ready.is_set()
        if not self._over:
            self._over = True
            self._ended(self)
            self.vanish()
            if not self._died:
                # Waiting readers have to be notified that there will be no stream, unless MediaMTX
                # itself has ended it.
                self._ready.set()
        return was_ready

    async def _until_unwanted(self) -> None:
        if not await self._starts():
            return
        while not self._died:
            await self._stirs_until(lambda: self._died or not self._wanted)
            if self._died or await self._wanted_again():
                continue
            if not self.persistent:
                return
            # It keeps running without a demand.
            self.demanded = False
            await self.announce("undemand")

    async def _starts(self) -> bool:
        """Wait for the stream, even if it is no longer wanted; return false after a timeout."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._times.start_timeout):
                await self._stirs_until(lambda: self._appeared or self._died)
        self._timed_out = not (self._appeared or self._died or self._wanted_always)
        return not self._timed_out

    async def _wanted_again(self) -> bool:
        """Wait for a new reader after the last one; return whether there was one."""
        entries = self._entries
        with suppress(TimeoutError):
            async with asyncio.timeout(self._times.close_after):
                await self._stirs_until(
                    lambda: self._died or self._wanted or self._entries > entries
                )
        return self._died or self._wanted or self._entries > entries

    @property
    def _wanted(self) -> bool:
        """Whether there is a reason to continue; without a demand, no end of one is noticed."""
        return self._wanted_always or bool(self.readers or self._waiting)

    @property
    def _wanted_always(self) -> bool:
        return self.orphaned or (not self.demanded and self._is_published)

    async def _stirs_until(self, reached: Callable[[], bool]) -> None:
        while not reached():
            self._stirred.clear()
            await self._stirred.wait()

    def _appear(self, picture: Picture) -> None:
        self._pictures = [(wall_clock(), picture)]
        self._source_id = str(uuid.uuid4())
        if self.camera:
            self.camera.stream = Stream(
                present=True,
                ready=True,
                since=utc_now(),
                tracks=3,
                readers=frozenset(self.readers),
                viewers=self._viewers,
                bitrate=0 if self._group is None else _BITRATE,
            )
        self._appeared = True
        self._ready.set()
        self.stir()

    def _disappear(self) -> None:
        self._ready.clear()
        self._pictures = []
        if self.camera:
            self.camera.stream = Stream(present=True)

    @property
    def _viewers(self) -> frozenset[str]:
        return frozenset(each.id for each in self.readers.values() if "ha=" not in each.query)

    def _show_readers(self) -> None:
        if self.camera:
            self.camera.stream = replace(
                self.camera.stream, readers=frozenset(self.readers), viewers=self._viewers
            )
