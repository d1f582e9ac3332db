"""Keeps a server's state true over one connection after another, and tells what changes."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
import logging
import secrets
from typing import TYPE_CHECKING, Any

from . import modules, state as states
from .changes import Changes, changes, changes_of
from .errors import InvalidAnswer, RequestError, RequestTimeout
from .events import EventTopics, is_own_reader
from .feeds import POLLS, Feed
from .listener import notify
from .log_lines import parse_log_line
from .rows import Rows
from .state import ServerState

if TYPE_CHECKING:
    from .connection import Connection
    from .listener import Listener
    from .models import Event
    from .timings import Timings

_LOGGER = logging.getLogger(__name__)

_HELD_EVENTS = 1000
"""How many events wait to be told at most, while the first lists are fetched."""


class Mirror:
    """The state of a server.

    Each connection begins by `begin` and `fill`; `show` tells what is known then, and from
    `follow` on every change is told. `wake` is set when there may be something to do earlier than
    `next_due` last said.
    """

    def __init__(self, listener: Listener, timings: Timings) -> None:
        """Nothing is known yet."""
        self.state = self._told = ServerState(nonce=secrets.token_hex(4))
        self.wake = asyncio.Event()
        self._listener = listener
        self._timings = timings
        self._topics = EventTopics()
        self._rows = Rows()
        self._follows = False
        self._is_complete = False
        self._held: deque[Event] = deque(maxlen=_HELD_EVENTS)
        self._resync_at = 0.0
        self._settle_at: dict[int, float] = {}
        self._wanted: Counter[Feed] = Counter()
        self._ask_at: dict[Feed, float] = {}
        self._change: asyncio.Future[None] | None = None

    async def changed(self) -> None:
        """Wait until the state has changed."""
        if self._change is None or self._change.done():
            self._change = asyncio.get_running_loop().create_future()
        await asyncio.shield(self._change)

    # A connection

    def begin(self) -> None:
        """Believe nothing of what was known before a new connection."""
        self._topics = EventTopics()
        self._held.clear()
        self._settle_at.clear()
        self.state = states.disconnected(self.state)

    async def fill(self, connection: Connection) -> None:
        """Fetch everything. Raises the errors of a request."""
        await self._resync(connection)
        await self._read_version(connection)
        await asyncio.gather(*(self._ask(connection, feed) for feed in self._ask_at))
        # The first lists may lag behind events that came before the connection.
        self._resync_at = min(self._resync_at, self._now + self._timings.lag)

    def show(self) -> None:
        """Tell all that is known."""
        self._publish(changes(self._told, self.state))

    def follow(self) -> None:
        """Tell what has happened meanwhile, and from now on everything at once."""
        self._follows = True
        if self._is_complete:
            notify(self._listener.on_resync)
        while self._held:
            notify(self._listener.on_event, self._held.popleft())

    def pause(self) -> None:
        """Tell nothing more: the connection is lost."""
        self._follows = False

    def wants(self, topic: str) -> bool:
        """Return whether what is sent on a topic can be of use."""
        return self._wants_log if topic == "log" else self._topics.want(topic)

    def received(self, topic: str, payload: Any) -> None:
        """Take a message of the server that answers no request."""
        if topic == "log":
            self._received_log(payload)
            return
        event = self._topics.take(topic, payload)
        if event is None:
            return
        if event.at is None:
            event = replace(event, at=datetime.now(UTC))
        former = self.state
        self.state = states.happened(former, event, self._now)
        if event.domain == "camera" and event.entity is not None:
            self._settle_later(event.entity)
        self._tell(changes_of(event, former, self.state))
        if event.reader is not None and is_own_reader(event, self.state.nonce):
            return
        if self._follows:
            notify(self._listener.on_event, event)
        else:
            self._held.append(event)

    # What is due

    def next_due(self) -> float:
        """Return when there is something to do."""
        return min((self._resync_at, *self._settle_at.values(), *self._ask_at.values()))

    async def do_what_is_due(self, connection: Connection) -> None:
        """Resync, settle cameras after events, and ask for feeds. Raises the errors of a request.

        An error that the server answers is none of these: the connection is good.
        """
        if self._now >= self._resync_at:
            await self._resync_and_tell(connection)
        for camera_id in [each for each, at in self._settle_at.items() if at <= self._now]:
            # Later events put it off only where reading the camera now would settle nothing.
            del self._settle_at[camera_id]
            settle_at = states.settle_at(self.state, camera_id, self._timings.lag)
            if settle_at is None or settle_at > self._now:
                self._settle_later(camera_id)
                continue
            await self.read(connection, camera_id)
        for feed in [each for each, at in self._ask_at.items() if at <= self._now]:
            await self._ask(connection, feed)
            self._tell(changes(self._told, self.state))

    async def read(self, connection: modules.Requester, camera_id: int) -> None:
        """Bring a camera up to date. Raises the errors of a request."""
        asked_at = self._now
        try:
            camera = await self._rows.camera(connection, camera_id)
        except (InvalidAnswer, RequestError) as err:
            # Gone, perhaps: the next list tells.
            _LOGGER.debug("Camera %s could not be read: %s", camera_id, err)
            return
        if camera is not None:
            former = self.state
            self.state = states.settled(former, camera, asked_at, self._timings.lag)
            if self.state is former:
                # It is another camera by now: a list tells where the former one has gone.
                self._resync_at = self._now
                self.wake.set()
                return
            self._settle_later(camera_id)
            self._tell(changes(self._told, self.state))

    def resync_soon(self) -> None:
        """Have everything fetched at once."""
        self._resync_at = self._now
        self._ask_at = dict.fromkeys(self._ask_at, self._now)
        self.wake.set()

    def want(self, feed: Feed) -> Callable[[], None]:
        """Have a feed for as long as somebody wants it; returns what ends that."""
        self._wanted[feed] += 1
        if feed in POLLS and feed not in self._ask_at:
            self._ask_at[feed] = self._now
            self.wake.set()

        def end() -> None:
            self._wanted[feed] -= 1
            if not self._wanted[feed] and feed in POLLS:
                self._ask_at.pop(feed, None)
                self._set(feed, None)

        return end

    async def _resync_and_tell(self, connection: Connection) -> None:
        try:
            await self._resync(connection)
        except RequestError as err:
            # The connection is good, and events go on.
            _LOGGER.debug("The server could not list everything: %s", err)
            return
        self._tell(changes(self._told, self.state))
        if self._is_complete:
            notify(self._listener.on_resync)

    async def _resync(self, connection: Connection) -> None:
        # Whoever wishes for another one meanwhile may know more than this one will tell.
        self._resync_at = self._now + self._timings.resync
        try:
            async with asyncio.timeout(self._timings.resync_timeout):
                cameras = await self._rows.cameras(connection)
                credentials = await self._rows.credentials(connection)
        except TimeoutError as err:
            raise RequestTimeout("The server did not list everything in time") from err
        self.state = states.resynced(self.state, cameras, credentials, self._timings.lag)
        self._is_complete = cameras.complete and credentials.complete
        for camera_id in self.state.cameras:
            self._settle_later(camera_id)

    async def _read_version(self, connection: Connection) -> None:
        try:
            version = await modules.version(connection)
        except (RequestError, RequestTimeout) as err:
            _LOGGER.debug("The server does not tell its version: %s", err)
        else:
            server = replace(self.state.server, version=version)
            self.state = states.with_server(self.state, server)

    async def _ask(self, connection: Connection, feed: Feed) -> None:
        if feed not in self._ask_at:
            return
        poll = POLLS[feed]
        self._ask_at[feed] = self._now + poll.interval(self._timings)
        try:
            answer = await poll.ask(connection)
        except (InvalidAnswer, RequestError, RequestTimeout) as err:
            _LOGGER.debug("The server does not tell its %s: %s", feed, err)
            answer = None
        if feed in self._ask_at:
            self._set(feed, answer)

    def _set(self, feed: Feed, value: Any) -> None:
        server = replace(self.state.server, **{POLLS[feed].field: value})
        self.state = states.with_server(self.state, server)

    def _received_log(self, payload: Any) -> None:
        if self._wants_log and (line := parse_log_line(payload)):
            notify(self._listener.on_log, line)

    def _settle_later(self, camera_id: int) -> None:
        """Read a camera once the lag is over; further events do not put that off."""
        if camera_id in self._settle_at:
            return
        settle_at = states.settle_at(self.state, camera_id, self._timings.lag)
        if settle_at is not None:
            self._settle_at[camera_id] = settle_at
            self.wake.set()

    def _tell(self, changed: Changes) -> None:
        if changed and self._follows:
            self._publish(changed)

    def _publish(self, changed: Changes) -> None:
        self._told = self.state
        if self._change is not None and not self._change.done():
            self._change.set_result(None)
        notify(self._listener.on_state, self.state, changed)

    @property
    def _wants_log(self) -> bool:
        """Whether lines of the log are told; what is replayed on connecting is old."""
        return self._follows and self._wanted[Feed.LOG] > 0

    @property
    def _now(self) -> float:
        return asyncio.get_running_loop().time()
