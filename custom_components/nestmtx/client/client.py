"""The client: one session with a NestMTX server, kept alive across connections.

    connecting -> verifying -> ready -> (lost) -> connecting ...

NestMTX accepts every connection, so one counts only after a request that needs authentication was
answered: the first page of the resync. The token is used until it stops working; then the client
logs in. A refused login, or two new tokens in a row that don't work, is reported and retried
occasionally: the server may be up before its database.
"""

import asyncio
from dataclasses import replace
import logging
import random
from typing import TYPE_CHECKING, Any

from .api.cameras import CamerasAPI
from .api.credentials import CredentialsAPI
from .api.rpc import RPC
from .api.server import ServerAPI
from .connection.auth import login
from .connection.connection import Connection
from .errors import ConnectionLost, InvalidAuth, NestMTXError
from .media.on_demand import OnDemandStreams
from .state.listener import Listener, SessionState
from .state.sync import StateSync, notify

if TYPE_CHECKING:
    from collections.abc import Mapping

    import aiohttp

    from .connection.auth import Account
    from .state.viewers import Viewers
    from .timings import Timings

_LOGGER = logging.getLogger(__name__)

MAX_LOGINS = 2
"""Logins in a row whose token is not accepted: a single one may have expired just then."""


class NestMTXClient:
    """A session with a server: start it, run it while it is needed, stop it.

    Changes and events are reported to a `Listener`. Requests are made through `cameras`,
    `credentials`, `server`, and `rpc` for any module; `streams` starts camera streams, and
    `viewers` counts the viewers of sessions that the caller opens.
    """

    def __init__(
        self,
        http: aiohttp.ClientSession,
        account: Account,
        listener: Listener,
        timings: Timings,
        video_host: str | None = None,
    ) -> None:
        """Initialize; nothing is opened yet. The caller keeps ownership of `http`.

        `video_host` is the host of MediaMTX, if it differs from the server's.
        """
        self._http = http
        self._account = account
        self._listener = listener
        self._timings = timings
        self._connection: Connection | None = None
        self._logins = 0
        self._unstable = 0
        """Number of connections in a row that did not last, or failed after a login."""
        self._session_state = SessionState.STOPPED
        self._sync = StateSync(listener, timings)
        self.viewers: Viewers = self._sync
        host = video_host or account.address.host
        self.streams = OnDemandStreams(self, self._sync, timings, host)
        self.cameras = CamerasAPI(self, self._sync, timings, host)
        self.credentials = CredentialsAPI(self, self._sync)
        self.server = ServerAPI(self, self._sync, timings)
        self.rpc = RPC(self, self.cameras, self.server, self._sync)

    async def start(self) -> None:
        """Connect for the first time. Raises NestMTXError; the session may be started again."""
        try:
            await self._open()
        except BaseException:
            # Also clean up after a cancelled start.
            await self.stop()
            raise

    async def run(self) -> None:
        """Keep the session alive until cancelled."""
        try:
            while True:
                opened_at = self._now
                try:
                    await self._keep()
                except NestMTXError as err:
                    _LOGGER.debug("Closing the connection: %s", err)
                except Exception:
                    # Recover from any error with a new connection.
                    _LOGGER.exception("Unexpected error, reconnecting")
                lasted = self._now - opened_at >= self._timings.lasting
                self._unstable = 0 if lasted else self._unstable + 1
                await self._reopen()
        finally:
            await self.stop()

    async def stop(self) -> None:
        """End the connection in any state. Takes under a second."""
        await self.cameras.stop()
        await self.streams.stop()
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
        try:
            return await self._connection.request(
                command, module, entity=entity, payload=payload, timeout=timeout
            )
        except InvalidAuth:
            # The next list shows whether the token is really invalid, and triggers a login.
            self._sync.resync_soon()
            raise

    # Opening and closing

    async def _open(self) -> None:
        """Connect, verify and resync; log in if the token does not work."""
        if self._account.token is not None and await self._is_accepted(self._account.token):
            return
        for _ in range(MAX_LOGINS):
            if await self._log_in():
                return
        raise InvalidAuth("The server does not accept the token that it gave")

    async def _log_in(self) -> bool:
        """Open with a new token; return whether the server accepts it."""
        token = await login(self._http, self._account, timeout=self._timings.connect_timeout)
        self._logins += 1
        self._account = replace(self._account, token=token)
        # If anything else fails from here on, the login need not be repeated.
        is_accepted = True
        try:
            is_accepted = await self._is_accepted(token)
        finally:
            if is_accepted:
                notify(self._listener.on_token, token)
        return is_accepted

    async def _is_accepted(self, token: str) -> bool:
        """Open with a token; return whether the server accepts it."""
        try:
            await self._open_with(token)
        except InvalidAuth:
            _LOGGER.debug("The token does not work")
            await self._close()
            return False
        return True

    async def _open_with(self, token: str) -> None:
        self._enter(SessionState.CONNECTING)
        self._sync.reset()
        self._connection = Connection(
            self._http,
            self._timings,
            on_event=self._sync.handle_message,
            on_lost=self._sync.wake.set,
            accepts=self._sync.accepts,
        )
        await self._connection.connect(self._account.address, token)
        self._enter(SessionState.VERIFYING)
        await self._sync.fetch_all(self._connection)
        self._sync.publish()
        self._enter(SessionState.READY)
        self._sync.follow()

    async def _reopen(self) -> None:
        """Reconnect, retrying until it succeeds."""
        lost_at, attempt, refusals = self._now, 0, 0
        while True:
            await self._close()
            self._enter(SessionState.CONNECTING)
            await asyncio.sleep(self._retry_delay(attempt, self._now - lost_at, refusals))
            attempt += 1
            logins = self._logins
            try:
                await self._open()
            except InvalidAuth as err:
                _LOGGER.debug("Login refused: %s", err)
                refusals += 1
                if refusals == 1:
                    notify(self._listener.on_login_refused)
            except NestMTXError as err:
                _LOGGER.debug("Attempt %s to connect failed: %s", attempt, err)
            except Exception:
                # Continue after any error: the next attempt may succeed.
                _LOGGER.exception("Unexpected error while connecting")
            else:
                if refusals:
                    notify(self._listener.on_login_accepted)
                return
            if self._logins > logins:
                # Each login leaves a token on the server forever.
                self._unstable += 1

    def _retry_delay(self, attempt: int, down_for: float, refusals: int) -> float:
        if refusals:
            return self._timings.login_delay(refusals)
        # Not a secret: it only keeps clients from reconnecting simultaneously.
        chance = random.random()  # noqa: S311
        delay = self._timings.retry_delay(attempt, down_for, chance)
        # A server restart may cut a single connection short.
        if self._unstable <= 1:
            return delay
        return max(delay, self._timings.unstable_delay(self._unstable))

    async def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _keep(self) -> None:
        """Keep the state in sync until the connection is lost."""
        sync = self._sync
        while (connection := self._connection) is not None and not connection.is_lost:
            sync.wake.clear()
            try:
                async with asyncio.timeout_at(sync.next_due()):
                    await sync.wake.wait()
            except TimeoutError:
                await sync.do_due(connection)

    def _enter(self, session_state: SessionState) -> None:
        if session_state is not self._session_state:
            self._session_state = session_state
            if session_state is not SessionState.READY:
                self._sync.pause()
            notify(self._listener.on_session, session_state)

    @property
    def _now(self) -> float:
        return asyncio.get_running_loop().time()
