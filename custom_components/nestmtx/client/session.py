"""Keeps a connection to a NestMTX server alive, and its state true.

    connecting -> verifying -> ready -> (lost) -> connecting ...

A connection counts only when a request that needs authentication was answered: NestMTX connects
anybody. That request is the first page of the resync. The token is used until it stops working;
then the session logs in. A login that fails, or two tokens in a row from it that do not work, end
the session with InvalidAuth.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
import logging
import random
from typing import TYPE_CHECKING, Any

from .account import Account
from .auth import login
from .authorizing import Authorizing
from .connection import Connection
from .controls import Controls
from .demands import Demands
from .errors import ConnectionLost, InvalidAuth, NestMTXError
from .feeds import Feed
from .listener import Listener, SessionState, notify
from .methods import Methods
from .mirror import Mirror

if TYPE_CHECKING:
    from collections.abc import Mapping

    import aiohttp

    from .timings import Timings

_LOGGER = logging.getLogger(__name__)

_LOGINS = 2
"""How often a login is tried whose token is not accepted: it may have ended just then."""


class Session:
    """A session: start it, run it for as long as it is needed, stop it."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        account: Account,
        listener: Listener,
        timings: Timings,
        video_host: str | None = None,
    ) -> None:
        """Prepare; nothing is opened yet. `http` stays the caller's.

        `video_host` is where video is, in case it is not where the server is.
        """
        self._http = http
        self._account = account
        self._listener = listener
        self._timings = timings
        self._connection: Connection | None = None
        self._session_state = SessionState.STOPPED
        self._mirror = Mirror(listener, timings)
        self.controls = Controls(self, self._mirror, timings)
        self.authorizing = Authorizing(self, self._mirror)
        self.methods = Methods(self, self.controls, self._mirror)
        self.demands = Demands(
            http, self, self._mirror, timings, video_host or account.address.host
        )

    def want(self, feed: Feed) -> Callable[[], None]:
        """Have a feed for as long as somebody wants it; returns what ends that."""
        return self._mirror.want(feed)

    async def start(self) -> None:
        """Connect for the first time. Raises NestMTXError; the session may be started again."""
        try:
            await self._open()
        except BaseException:
            # A cancelled start leaves nothing behind, either.
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
        await self.demands.stop()
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
            # The lists find out whether that is so, and what helps.
            self._mirror.resync_soon()
            raise

    # Opening and closing

    async def _open(self) -> None:
        """Connect, verify and resync, with a fresh login where the token does not work."""
        if self._account.token is not None and await self._is_accepted(self._account.token):
            return
        for _ in range(_LOGINS):
            if await self._log_in():
                return
        raise InvalidAuth("The server does not accept the token that it gave")

    async def _log_in(self) -> bool:
        """Open with a new token; return whether that is accepted."""
        token = await login(
            self._http,
            self._account.address,
            self._account.username,
            self._account.password,
            timeout=self._timings.connect_timeout,
        )
        self._account = replace(self._account, token=token)
        # Whatever else fails from here on, the login has not to be repeated.
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
        self._mirror.begin()
        self._connection = Connection(
            self._http,
            self._timings,
            on_event=self._mirror.received,
            on_lost=self._mirror.wake.set,
            wants=self._mirror.wants,
        )
        await self._connection.connect(self._account.address, token)
        self._enter(SessionState.VERIFYING)
        await self._mirror.fill(self._connection)
        self._mirror.show()
        self._enter(SessionState.READY)
        self._mirror.follow()

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
                # Whatever it was, the next attempt may do better.
                _LOGGER.exception("Unexpected error while connecting")
            else:
                return

    async def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _keep(self) -> None:
        """Keep the state true until the connection is lost."""
        mirror = self._mirror
        while (connection := self._connection) is not None and not connection.is_lost:
            mirror.wake.clear()
            try:
                async with asyncio.timeout_at(mirror.next_due()):
                    await mirror.wake.wait()
            except TimeoutError:
                await mirror.do_what_is_due(connection)

    def _enter(self, session_state: SessionState) -> None:
        if session_state is not self._session_state:
            self._session_state = session_state
            if session_state is not SessionState.READY:
                self._mirror.pause()
            notify(self._listener.on_session, session_state)

    @property
    def _now(self) -> float:
        return asyncio.get_running_loop().time()
