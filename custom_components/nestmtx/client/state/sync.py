"""Keeps the state in sync with a server across connections."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
import logging
import secrets
from typing import TYPE_CHECKING, Any

from ..connection import fetch
from ..data.log_lines import parse_log_line
from ..data.parsing import EventTopics
from ..errors import InvalidAnswer, RequestError, RequestTimeout
from .diff import Diff, diff, diff_for_event
from .events import (
    CAMERA_EVENTS,
    CREDENTIAL_EVENTS,
    apply_event,
    is_viewer,
    settle_at,
    with_readers,
)
from .feeds import Feed, Feeds
from .lists import apply_camera, apply_lists
from .own_readers import OwnReaders
from .readers import Readers
from .state import ServerState, reset_state, with_server

if TYPE_CHECKING:
    from ..connection.connection import Connection
    from ..connection.fetch import Requester
    from ..data.models import Camera, Event
    from ..timings import Timings
    from .listener import Listener

_LOGGER = logging.getLogger(__name__)

MAX_HELD_EVENTS = 1000
"""Events held back while the first lists are fetched."""
BARE_TOPICS = CAMERA_EVENTS | CREDENTIAL_EVENTS
"""Topics without a domain on which events are also sent."""


def notify[*Arguments](listener: Callable[[*Arguments], None], *arguments: *Arguments) -> None:
    """Call a listener, and log its errors: they must not end the connection."""
    try:
        listener(*arguments)
    except Exception:
        _LOGGER.exception("Unexpected error in %s", listener.__name__)


class StateSync:
    """The state of a server.

    Each connection begins with `reset` and `fetch_all`; `publish` then reports the state, and
    from `follow` on every change is reported. `wake` is set when something may be due earlier than
    `next_due` last returned.
    """

    def __init__(self, listener: Listener, timings: Timings) -> None:
        """Initialize with an empty state."""
        self.state = self._published = ServerState(nonce=secrets.token_hex(4))
        self.wake = asyncio.Event()
        self.own_readers = OwnReaders(timings.lag, lambda: self._now, self._change_readers)
        self._listener = listener
        self._timings = timings
        self._topics = EventTopics(BARE_TOPICS)
        self._feeds = Feeds(timings)
        self._fetcher = fetch.RowFetcher()
        self._follows = False
        self._is_complete = False
        self._held: deque[Event] = deque(maxlen=MAX_HELD_EVENTS)
        self._resync_at = 0.0
        self._settle_at: dict[int, float] = {}
        self._change: asyncio.Future[None] | None = None

    async def wait_for_change(self) -> None:
        """Wait until the state changes, even without a visible difference."""
        if self._change is None or self._change.done():
            self._change = asyncio.get_running_loop().create_future()
        await asyncio.shield(self._change)

    # A connection

    def reset(self) -> None:
        """Reset the state for a new connection."""
        self._topics = EventTopics(BARE_TOPICS)
        self._held.clear()
        self._settle_at.clear()
        self.state = reset_state(self.state)

    async def fetch_all(self, connection: Connection) -> None:
        """Fetch everything. Raises the errors of a request."""
        await self._resync(connection)
        await self._read_version(connection)
        await self._read_job_names(connection)
        await asyncio.gather(*(self._poll(connection, feed) for feed in self._feeds.polled))
        # The first lists may lag behind events that came before the connection.
        self._resync_at = min(self._resync_at, self._now + self._timings.lag)

    def publish(self) -> None:
        """Report the complete state."""
        self._publish(diff(self._published, self.state))

    def follow(self) -> None:
        """Report what was held back since `publish`, and from now on every change at once.

        That the session is ready may have led to changes, such as own viewers counted again.
        """
        self._follows = True
        self._publish_if_following(diff(self._published, self.state))
        if self._is_complete:
            notify(self._listener.on_resync)
        while self._held:
            notify(self._listener.on_event, self._held.popleft())

    def pause(self) -> None:
        """Stop reporting: the connection is lost."""
        self._follows = False

    def accepts(self, topic: str) -> bool:
        """Return whether messages on a topic may be useful."""
        return self._accepts_log if topic == "log" else self._topics.accepts(topic)

    def handle_message(self, topic: str, payload: Any) -> None:
        """Handle a message of the server that is not an answer."""
        if topic == "log":
            self._handle_log(payload)
            return
        event = self._topics.take(topic, payload)
        if event is None:
            return
        if event.at is None:
            event = replace(event, at=datetime.now(UTC))
        former = self.state
        self.state = apply_event(former, event, self._now)
        if event.domain == "camera" and event.entity is not None:
            self._settle_later(event.entity)
        self._publish_if_following(diff_for_event(event, former, self.state))
        if self.state is not former:
            # A task may be waiting for an event without a visible difference.
            self._notify_waiting()
        if event.reader is not None and not is_viewer(event):
            return
        if self._follows:
            notify(self._listener.on_event, event)
        else:
            self._held.append(event)

    # Viewers of this client's sessions, see `Viewers`

    def viewer_came(self, camera_id: int, reader_id: str, offered_at: float) -> None:
        """Add a viewer whose session this client has opened."""
        if reader_id:
            self._change_readers(
                camera_id, lambda readers: readers.view_came(reader_id, offered_at)
            )

    def viewer_went(self, camera_id: int, reader_id: str) -> None:
        """Remove a viewer whose session has ended."""
        if reader_id:
            self._change_readers(camera_id, lambda readers: readers.went(reader_id))

    def _change_readers(
        self, camera_id: int, change: Callable[[Readers], Readers] = lambda readers: readers
    ) -> None:
        """Change a camera's readers; without `change`, only hold off lists during the lag."""
        self.state = with_readers(self.state, camera_id, change, self._now)
        self._settle_later(camera_id)
        self._publish_if_following(diff(self._published, self.state))

    # What is due

    def next_due(self) -> float:
        """Return when the next task is due."""
        return min((self._resync_at, *self._settle_at.values(), self._feeds.next_due()))

    async def do_due(self, connection: Connection) -> None:
        """Resync, settle cameras after events, and poll feeds. Raises the errors of a request.

        An error in an answer of the server is not raised, as the connection works.
        """
        if self._now >= self._resync_at:
            await self._resync_and_publish(connection)
        for camera_id in [each for each, at in self._settle_at.items() if at <= self._now]:
            # Later events postpone it only if reading the camera now would settle nothing.
            del self._settle_at[camera_id]
            at = settle_at(self.state, camera_id, self._timings.lag)
            if at is None or at > self._now:
                self._settle_later(camera_id)
                continue
            await self.read_camera(connection, camera_id)
        for feed in self._feeds.due(self._now):
            await self._poll(connection, feed)
            self._publish_if_following(diff(self._published, self.state))

    async def read_camera(self, requester: Requester, camera_id: int) -> Camera | None:
        """Read a camera, update the state, and return its row. Raises the errors of a request."""
        asked_at = self._now
        try:
            camera = await self._fetcher.camera(requester, camera_id)
        except (InvalidAnswer, RequestError) as err:
            # It may have been removed: the next list shows that.
            _LOGGER.debug("Camera %s could not be read: %s", camera_id, err)
            return None
        if camera is None:
            return None
        former = self.state
        own = self.own_readers.counts(asked_at)
        times = self._timings
        self.state = apply_camera(former, camera, asked_at, times.lag, own, times.stall)
        if self.state is former:
            # The id now belongs to another camera: a list shows the previous one's id.
            self._resync_at = self._now
            self.wake.set()
            return None
        self._settle_later(camera_id)
        self._publish_if_following(diff(self._published, self.state))
        return camera

    def resync_soon(self) -> None:
        """Make the resync and all polls due now."""
        self._resync_at = self._now
        self._feeds.poll_soon(self._now)
        self.wake.set()

    def subscribe(self, feed: Feed) -> Callable[[], None]:
        """Subscribe to a feed until the returned function is called."""
        if self._feeds.add(feed, self._now):
            self.wake.set()

        def unsubscribe() -> None:
            if self._feeds.remove(feed):
                self._apply(feed, None)

        return unsubscribe

    async def _resync_and_publish(self, connection: Connection) -> None:
        try:
            await self._resync(connection)
        except RequestError as err:
            # The connection works, and events continue.
            _LOGGER.debug("The server could not list everything: %s", err)
            return
        self._publish_if_following(diff(self._published, self.state))
        if self._is_complete:
            notify(self._listener.on_resync)

    async def _resync(self, connection: Connection) -> None:
        # Set before fetching, so that a resync requested meanwhile is not lost.
        self._resync_at = self._now + self._timings.resync
        try:
            async with asyncio.timeout(self._timings.resync_timeout):
                cameras = await self._fetcher.cameras(connection)
                credentials = await self._fetcher.credentials(connection)
        except TimeoutError as err:
            raise RequestTimeout("The server did not list everything in time") from err
        own = self.own_readers.counts(cameras.asked_at)
        times = self._timings
        self.state = apply_lists(self.state, cameras, credentials, times.lag, own, times.stall)
        self._is_complete = cameras.complete and credentials.complete
        for camera_id in self.state.cameras:
            self._settle_later(camera_id)

    async def _read_version(self, connection: Connection) -> None:
        try:
            version = await fetch.version(connection)
        except (RequestError, RequestTimeout) as err:
            _LOGGER.debug("The server does not report its version: %s", err)
        else:
            server = replace(self.state.server, version=version)
            self.state = with_server(self.state, server)

    async def _read_job_names(self, connection: Connection) -> None:
        try:
            jobs = await fetch.cron_jobs(connection)
        except (InvalidAnswer, RequestError, RequestTimeout) as err:
            _LOGGER.debug("The server does not list its cron jobs: %s", err)
        else:
            server = replace(self.state.server, job_names=tuple(jobs))
            self.state = with_server(self.state, server)

    async def _poll(self, connection: Connection, feed: Feed) -> None:
        self._apply(feed, await self._feeds.poll(connection, feed, self._now))

    def _apply(self, feed: Feed, answer: Any) -> None:
        server = self._feeds.with_answer(self.state.server, feed, answer)
        self.state = with_server(self.state, server)

    def _handle_log(self, payload: Any) -> None:
        if self._accepts_log and (line := parse_log_line(payload)):
            notify(self._listener.on_log, line)

    def _settle_later(self, camera_id: int) -> None:
        """Schedule reading a camera after the lag; further events don't postpone that."""
        if camera_id in self._settle_at:
            return
        at = settle_at(self.state, camera_id, self._timings.lag)
        if at is not None:
            self._settle_at[camera_id] = at
            self.wake.set()

    def _publish_if_following(self, changed: Diff) -> None:
        if changed and self._follows:
            self._publish(changed)

    def _publish(self, changed: Diff) -> None:
        self._published = self.state
        self._notify_waiting()
        notify(self._listener.on_state, self.state, changed)

    def _notify_waiting(self) -> None:
        if self._change is not None and not self._change.done():
            self._change.set_result(None)

    @property
    def _accepts_log(self) -> bool:
        """Whether log lines are reported; those replayed on connecting are old."""
        return self._follows and self._feeds.has_subscribers(Feed.LOG)

    @property
    def _now(self) -> float:
        return asyncio.get_running_loop().time()
