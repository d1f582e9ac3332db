"""Keeps a connection to a NestMTX server alive, and its state true.

    connecting -> verifying -> ready -> (lost) -> connecting ...

A connection counts only when a request that needs authentication was answered: NestMTX connects
anybody. That request is the first page of the resync. The token is used until it stops working;
then the session logs in once, and a login that fails, or a token from it that does not work, ends
the session with InvalidAuth.
"""

import asyncio
from dataclasses import replace
from enum import StrEnum
import logging
import random
import secrets
from typing import TYPE_CHECKING, Any, Protocol

from . import modules, state as states
from .account import Account
from .auth import login
from .changes import Changes, changes, changes_of
from .connection import Connection
from .errors import ConnectionLost, InvalidAuth, NestMTXError, RequestError, RequestTimeout
from .events import EventTopics
from .rows import Rows
from .state import ServerState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import aiohttp

    from .timings import Timings

_LOGGER = logging.getLogger(__name__)


class SessionState(StrEnum):
    """What a session is doing."""

    CONNECTING = "connecting"
    VERIFYING = "verifying"
    READY = "ready"
    STOPPED = "stopped"


class Listener(Protocol):
    """Is told what happens to a session. The methods return at once, and do not raise."""

    def on_session(self, session_state: SessionState) -> None:
        """The session has entered a state."""

    def on_state(self, state: ServerState, changed: Changes) -> None:
        """The server's state is known, before the session is ready, or has changed."""

    def on_resync(self) -> None:
        """All cameras and credentials were listed once more."""

    def on_token(self, token: str) -> None:
        """A login gave a token that works."""


class Session:
    """A session: start it, run it for as long as it is needed, stop it."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        account: Account,
        listener: Listener,
        timings: Timings,
    ) -> None:
        """Prepare; nothing is opened yet. `http` stays the caller's."""
        self._http = http
        self._account = account
        self._listener = listener
        self._timings = timings
        self._connection: Connection | None = None
        self._session_state = SessionState.STOPPED
        self._topics = EventTopics()
        self._rows = Rows()
        self._state = self._told = ServerState(nonce=secrets.token_hex(4))
        self._resync_at = 0.0
        self._settle_at: dict[int, float] = {}
        self._wake = asyncio.Event()

    async def start(self) -> None:
        """Connect for the first time. Raises NestMTXError; the session may be started again."""
        try:
            await self._open()
        except BaseException:
            await self.stop()
            raise

    async def run(self) -> None:
        """Keep the session alive until cancelled.

        Raises InvalidAuth when the server accepts neither the token nor the password any more.
        """
        try:
            while True:
                try:
                    await self._keep()
                except NestMTXError as err:
                    _LOGGER.debug("The connection is given up: %s", err)
                except Exception:
                    # Whatever it was, a new connection is the way out.
                    _LOGGER.exception("Unexpected error, connecting again")
                await self._reopen()
        finally:
            await self.stop()

    async def stop(self) -> None:
        """End the connection, whatever is going on. Takes under a second."""
        await self._close()
        self._enter(SessionState.STOPPED)

    async def request(
        self,
        command: str,
        module: str,
        *,
        entity: str | None = None,
        payload: Mapping[str, Any] | None = None,
        timeout: float | None = None,
    ) -> Any:
        """Send a request while the session is ready; see `Connection.request`."""
        if self._connection is None or self._session_state is not SessionState.READY:
            raise ConnectionLost("There is no connection to the server")
        return await self._connection.request(
            command, module, entity=entity, payload=payload, timeout=timeout
        )

    # Opening and closing

    async def _open(self) -> None:
        """Connect, verify and resync, with a fresh login where the token does not work."""
        if self._account.token is not None:
            try:
                await self._open_with(self._account.token)
            except InvalidAuth:
                _LOGGER.debug("The token does not work any more")
                await self._close()
            else:
                return
        token = await login(
            self._http,
            self._account.address,
            self._account.username,
            self._account.password,
            timeout=self._timings.connect_timeout,
        )
        # Whatever fails from here on, the login has not to be repeated, unless it is of no use.
        self._account, is_of_use = replace(self._account, token=token), True
        try:
            await self._open_with(token)
        except InvalidAuth:
            is_of_use = False
            raise
        finally:
            if is_of_use:
                self._notify(self._listener.on_token, token)

    async def _open_with(self, token: str) -> None:
        self._enter(SessionState.CONNECTING)
        self._topics = EventTopics()
        self._settle_at.clear()
        self._state = states.disconnected(self._state)
        self._connection = Connection(
            self._http, self._timings, on_event=self._received, on_lost=self._wake.set
        )
        await self._connection.connect(self._account.address, token)
        self._enter(SessionState.VERIFYING)
        is_complete = await self._resync(self._connection)
        await self._read_version(self._connection)
        # The first lists may lag behind events that came before the connection.
        self._resync_at = self._now + self._timings.lag
        self._notify(self._listener.on_state, self._state, changes(self._told, self._state))
        self._told = self._state
        self._enter(SessionState.READY)
        if is_complete:
            self._notify(self._listener.on_resync)

    async def _reopen(self) -> None:
        """Connect again, for as long as it takes. Raises InvalidAuth."""
        lost_at, attempt = self._now, 0
        while True:
            await self._close()
            self._enter(SessionState.CONNECTING)
            # Not a secret: it only keeps clients from coming back in step.
            chance = random.random()  # noqa: S311
            await asyncio.sleep(self._timings.retry_delay(attempt, self._now - lost_at, chance))
            attempt += 1
            try:
                await self._open()
            except InvalidAuth:
                raise
            except NestMTXError as err:
                _LOGGER.debug("Attempt %s to connect failed: %s", attempt, err)
            except Exception:
                _LOGGER.exception("Unexpected error while connecting")
            else:
                return

    async def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    # While the connection is there

    async def _keep(self) -> None:
        """Resync now and then, and settle cameras after events, until the connection is lost."""
        while (connection := self._connection) is not None and not connection.is_lost:
            self._wake.clear()
            try:
                async with asyncio.timeout_at(self._next_due()):
                    await self._wake.wait()
            except TimeoutError:
                await self._do_what_is_due(connection)

    def _next_due(self) -> float:
        return min((self._resync_at, *self._settle_at.values()))

    async def _do_what_is_due(self, connection: Connection) -> None:
        if self._now >= self._resync_at:
            try:
                is_complete = await self._resync(connection)
            except RequestError as err:
                # The connection is good, and events go on.
                _LOGGER.debug("The server could not list everything: %s", err)
                self._resync_at = self._now + self._timings.resync
            else:
                self._tell(changes(self._told, self._state))
                if is_complete:
                    self._notify(self._listener.on_resync)
        for camera_id in [each for each, at in self._settle_at.items() if at <= self._now]:
            # Later events put it off only where reading the camera now would settle nothing.
            del self._settle_at[camera_id]
            settle_at = states.settle_at(self._state, camera_id, self._timings.lag)
            if settle_at is None or settle_at > self._now:
                self._settle_later(camera_id)
                continue
            await self._settle(connection, camera_id)
            self._tell(changes(self._told, self._state))

    async def _resync(self, connection: Connection) -> bool:
        """Fetch everything; return whether the lists were complete."""
        try:
            async with asyncio.timeout(self._timings.resync_timeout):
                cameras = await self._rows.cameras(connection)
                credentials = await self._rows.credentials(connection)
        except TimeoutError as err:
            raise RequestTimeout("The server did not list everything in time") from err
        self._state = states.resynced(self._state, cameras, credentials, self._timings.lag)
        self._resync_at = self._now + self._timings.resync
        for camera_id in self._state.cameras:
            self._settle_later(camera_id)
        return cameras.complete and credentials.complete

    async def _settle(self, connection: Connection, camera_id: int) -> None:
        asked_at = self._now
        try:
            camera = await self._rows.camera(connection, camera_id)
        except RequestError as err:
            # Gone, perhaps: the next list tells.
            _LOGGER.debug("Camera %s could not be read: %s", camera_id, err)
            return
        if camera is not None:
            self._state = states.settled(self._state, camera, asked_at, self._timings.lag)
            self._settle_later(camera_id)

    async def _read_version(self, connection: Connection) -> None:
        try:
            self._state = states.with_version(self._state, await modules.version(connection))
        except (RequestError, RequestTimeout) as err:
            _LOGGER.debug("The server does not tell its version: %s", err)

    def _received(self, topic: str, payload: Any) -> None:
        event = self._topics.take(topic, payload)
        if event is None:
            return
        former = self._state
        self._state = states.happened(former, event, self._now)
        if self._state is former:
            _LOGGER.debug("Ignored: %s %s", event.domain, event.type)
            return
        if event.domain == "camera" and event.entity is not None:
            self._settle_later(event.entity)
        self._tell(changes_of(event, former, self._state))

    def _settle_later(self, camera_id: int) -> None:
        """Read a camera once the lag is over; further events do not put that off."""
        if camera_id in self._settle_at:
            return
        settle_at = states.settle_at(self._state, camera_id, self._timings.lag)
        if settle_at is not None:
            self._settle_at[camera_id] = settle_at
            self._wake.set()

    # Telling

    def _tell(self, changed: Changes) -> None:
        if changed and self._session_state is SessionState.READY:
            self._told = self._state
            self._notify(self._listener.on_state, self._state, changed)

    def _enter(self, session_state: SessionState) -> None:
        if session_state is not self._session_state:
            self._session_state = session_state
            self._notify(self._listener.on_session, session_state)

    def _notify[*Arguments](
        self, listener: Callable[[*Arguments], None], *arguments: *Arguments
    ) -> None:
        """Call the listener; what goes wrong there is no reason to give the connection up."""
        try:
            listener(*arguments)
        except Exception:
            _LOGGER.exception("Unexpected error in %s", listener.__name__)

    @property
    def _now(self) -> float:
        return asyncio.get_running_loop().time()
