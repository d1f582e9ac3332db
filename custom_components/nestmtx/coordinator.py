"""The coordinator: the only place where the client and Home Assistant meet.

It owns the client and its session. The client's reports become the coordinator's data, and call the
listeners for the changed fields: entities, and the helpers that `async_setup_entry` starts for
devices, repairs, the server's log, and snapshots. Requests from entities are passed on to the
client; its errors are raised translated.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Unpack, override

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry
from homeassistant.const import CONF_PASSWORD, CONF_USERNAME, CONF_VERIFY_SSL
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from .account import account_of
from .admission import Admission, deleted_entities
from .client import (
    AccessUnit,
    Camera,
    CameraChange,
    ChangeProblem,
    Credential,
    Diff,
    Event as ServerEvent,
    Feed,
    InvalidAuth,
    LogLine,
    NestMTXClient,
    NestMTXError,
    RefusedChange,
    ServerState,
    SessionState,
    StreamNotStarted,
    Timings,
    start_error,
)
from .const import CONF_VIDEO_HOST, DOMAIN, LOGGER
from .device_ids import DeviceIds
from .device_key import SERVER_KEY, DeviceKey
from .errors import translated_error, translation_key
from .http_session import async_create_http_session
from .listeners import CONNECTED, CREDENTIALS, Listeners, ListenerScope
from .token_keeper import TokenKeeper

TIMINGS = Timings()


class NestMTXCoordinator(DataUpdateCoordinator[ServerState]):
    """Owns the session, and calls only the listeners for changed fields.

    The context of a listener is its ListenerScope. Listeners without one are called when objects
    are added, are removed, or change what their devices show.
    """

    config_entry: ConfigEntry[Any]

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
        """Prepare the session; it connects with the first refresh."""
        account = account_of(entry.data)
        self.address = account.address
        self.ids = DeviceIds(hass, entry.entry_id)
        self.connected = False
        self.http = http = async_create_http_session(hass, verify_ssl=entry.data[CONF_VERIFY_SSL])
        self.video_host = entry.options.get(CONF_VIDEO_HOST) or account.address.host
        self.client = NestMTXClient(http, account, self, TIMINGS, self.video_host)
        self._run_task: asyncio.Task[None] | None = None
        self._goodbyes: list[Callable[[], Awaitable[None]]] = []
        self._cancel_grace: CALLBACK_TYPE | None = None
        self._tokens = TokenKeeper(hass, entry, account.token)
        self._state_listeners: Listeners[()] = Listeners()
        self._event_listeners: Listeners[ServerEvent] = Listeners()
        self._log_listeners: Listeners[LogLine] = Listeners()
        self._resync_listeners: Listeners[()] = Listeners()
        self._cameras, self._credentials = Admission("cameras"), Admission("credentials")
        self._camera_ids: dict[str, int] = {}
        self._credential_ids: dict[str, int] = {}
        super().__init__(hass, LOGGER, config_entry=entry, name=entry.title, always_update=False)
        self.data = ServerState()

    # The server's objects

    def camera(self, key: str) -> Camera | None:
        """Return the camera with a key; None if the server no longer lists it."""
        camera = self.known_camera(key)
        return None if camera is None or camera.id in self.data.missing_cameras else camera

    def known_camera(self, key: str) -> Camera | None:
        """Return the camera with a key, even if it is missing from the server's list."""
        camera_id = self._camera_ids.get(key)
        return None if camera_id is None else self.data.cameras.get(camera_id)

    def credential(self, key: str) -> Credential | None:
        """Return the credential with a key; None if the server no longer lists it."""
        credential = self.known_credential(key)
        missing = self.data.missing_credentials
        return None if credential is None or credential.id in missing else credential

    def known_credential(self, key: str) -> Credential | None:
        """Return the credential with a key, even if it is missing from the server's list."""
        credential_id = self._credential_ids.get(key)
        return None if credential_id is None else self.data.credentials.get(credential_id)

    @property
    def cameras(self) -> list[Camera]:
        """All cameras, including those missing from the server's list."""
        return [self.data.cameras[camera_id] for camera_id in self._camera_ids.values()]

    @property
    def credentials(self) -> list[Credential]:
        """All credentials, including those missing from the server's list."""
        return [
            self.data.credentials[credential_id] for credential_id in self._credential_ids.values()
        ]

    @property
    def device_keys(self) -> set[DeviceKey]:
        """The keys of all cameras and credentials."""
        cameras = {DeviceKey("camera", key) for key in self._camera_ids}
        return cameras | {DeviceKey("credential", key) for key in self._credential_ids}

    # Listeners

    @callback
    @override
    def async_add_listener(
        self, update_callback: CALLBACK_TYPE, context: Any = None
    ) -> Callable[[], None]:
        """Listen to a ListenerScope; without a context, to objects being added and removed."""
        if context is None:
            return super().async_add_listener(update_callback)
        return self._state_listeners.add(context, update_callback)

    @callback
    def async_add_event_listener(
        self, device_key: DeviceKey, listener: Callable[[ServerEvent], None]
    ) -> CALLBACK_TYPE:
        """Listen to the events of a camera or credential."""
        return self._event_listeners.add(ListenerScope(device_key), listener)

    @callback
    def async_add_log_listener(self, listener: Callable[[LogLine], None]) -> CALLBACK_TYPE:
        """Listen to the lines of the server's log; they require Feed.LOG."""
        return self._log_listeners.add(ListenerScope(SERVER_KEY), listener)

    @callback
    def async_add_resync_listener(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Listen to the completion of a new listing of all cameras and credentials."""
        return self._resync_listeners.add(ListenerScope(SERVER_KEY), listener)

    @property
    def timings(self) -> Timings:
        """The timeouts and intervals of the client."""
        return TIMINGS

    # Requests of entities

    @callback
    def async_subscribe(self, feed: Feed) -> CALLBACK_TYPE:
        """Subscribe to a feed until the returned function is called."""
        return self.client.server.subscribe(feed)

    @contextmanager
    def translated(self, host: str | None = None) -> Generator[None]:
        """Translate the client's errors; `host` is the host that they name."""
        try:
            yield
        except NestMTXError as err:
            raise translated_error(err, host or self.address.host) from err

    async def async_update_camera(self, key: str, **change: Unpack[CameraChange]) -> None:
        """Change settings of a camera on the server."""
        with self.translated():
            await self.client.cameras.update(self._camera_id(key), change)

    async def async_restart_stream(self, key: str) -> None:
        """Restart the process of a camera's stream."""
        with self.translated():
            await self.client.cameras.restart_stream(self._camera_id(key))

    def start_error(self, key: str) -> StreamNotStarted | None:
        """Return the known reason why a camera's stream cannot start, if any."""
        return start_error(self.data, self.known_camera(key))

    @callback
    def async_viewer_came(self, key: str, reader_id: str, offered_at: float) -> None:
        """Count a live view's reader at once, as events report it late or not at all.

        `offered_at` is the time of the offer, by the loop's clock: lists count it from then on.
        """
        if key in self._camera_ids:
            self.client.viewers.viewer_came(self._camera_ids[key], reader_id, offered_at)

    @callback
    def async_viewer_went(self, key: str, reader_id: str) -> None:
        """Stop counting a live view's reader."""
        if key in self._camera_ids:
            self.client.viewers.viewer_went(self._camera_ids[key], reader_id)

    async def async_wait_for_restart(self, key: str) -> None:
        """Wait for the end of a restart of a camera's stream, if one is running."""
        await self.client.cameras.wait_for_restart(self._camera_ids.get(key, 0))

    async def async_start_stream(self, key: str, *, unattended: bool = False) -> None:
        """Start a camera's stream, wait for its video, and keep it awake until it has a reader.

        `unattended` means that no user requests it: after a refusal, wait some minutes to retry.
        """
        with self.translated():
            await self.client.streams.start(self._camera_id(key), unattended=unattended)

    def check_start(self, key: str, *, unattended: bool = False) -> None:
        """Raise HomeAssistantError if a camera is known not to start.

        `unattended` means that no user requests it: a refusal then applies for some minutes.
        """
        with self.translated():
            error = self.start_error(key)
            if error is None and unattended:
                problem = self.client.streams.refusal(self._camera_id(key))
                error = StreamNotStarted(problem) if problem else None
            if error is not None:
                raise error

    async def async_keep_stream(self, key: str, *, unattended: bool) -> None:
        """Keep a camera streaming until cancelled; return if its stream breaks off."""
        with self.translated():
            await self.client.streams.keep(self._camera_id(key), unattended=unattended)

    @asynccontextmanager
    async def async_hold_stream(self, key: str) -> AsyncGenerator[None]:
        """Keep a camera streaming within the context; entering waits for its video."""
        with self.translated():
            async with self.client.streams.hold(self._camera_id(key)):
                yield

    def read_video(self, key: str) -> AsyncGenerator[AccessUnit]:
        """Read the video of a camera's running stream. Raises NestMTXError."""
        return self.client.streams.read_video(self._camera_id(key))

    def silent_for(self, key: str) -> float:
        """Return the seconds since a stream being read last sent anything; 0 if not being read."""
        return self.client.streams.silent_for(self._camera_ids.get(key, 0))

    async def async_run_cron_job(self, name: str) -> None:
        """Run a cron job of the server, and wait until it has ended."""
        with self.translated():
            await self.client.server.run_cron_job(name)

    async def async_change_password(self, password: str) -> None:
        """Change the password of the user that Home Assistant logs in with, and store it."""
        username = self.config_entry.data[CONF_USERNAME]
        with self.translated():
            await self.client.server.change_password(username, password)
        self.hass.config_entries.async_update_entry(
            self.config_entry, data={**self.config_entry.data, CONF_PASSWORD: password}
        )

    # The session

    @override
    async def _async_setup(self) -> None:
        try:
            await self.client.start()
        except NestMTXError as err:
            if isinstance(err, InvalidAuth):
                # Not ConfigEntryAuthFailed, which is final: after a power cut, a server that is up
                # before its database refuses every login.
                self.on_login_refused()
            raise UpdateFailed(
                translation_domain=DOMAIN,
                translation_key=translation_key(err),
                translation_placeholders={"host": self.address.host},
            ) from err
        self.on_login_accepted()
        self._run_task = self.config_entry.async_create_background_task(
            self.hass, self.client.run(), f"{DOMAIN} session {self.address.host}"
        )

    @override
    async def _async_update_data(self) -> ServerState:
        """Return the client's last report, as nothing is polled."""
        if not self.last_update_success:
            raise UpdateFailed(
                translation_domain=DOMAIN,
                translation_key="cannot_connect",
                translation_placeholders={"host": self.address.host},
            )
        return self.data

    @callback
    def async_add_goodbye(self, goodbye: Callable[[], Awaitable[None]]) -> None:
        """Await `goodbye`, which sends over HTTP, when the session ends; under a second."""
        self._goodbyes.append(goodbye)

    @override
    async def async_shutdown(self) -> None:
        """End the session."""
        await super().async_shutdown()
        self._end_grace()
        await asyncio.gather(self._end_session(), *(goodbye() for goodbye in self._goodbyes))
        self._tokens.write()

    async def _end_session(self) -> None:
        if self._run_task is not None:
            self._run_task.cancel()
            await asyncio.wait([self._run_task])
        await self.client.stop()

    async def async_stop(self, _: Event) -> None:
        """End the session when Home Assistant stops, as entries are not unloaded then."""
        await self.async_shutdown()

    # The client's reports (the Listener protocol)

    @callback
    def on_session(self, session_state: SessionState) -> None:
        """Follow the session: unavailable after the grace period, available again at once."""
        connected = session_state is SessionState.READY
        if connected is self.connected or self._shutdown_requested:
            return
        self.connected = connected
        self._end_grace()
        if not connected:
            self._cancel_grace = async_call_later(self.hass, TIMINGS.grace, self._handle_grace_over)
        if not connected or self.last_update_success:
            self._state_listeners.call(SERVER_KEY, frozenset({CONNECTED}))
            return
        self.last_update_success = True
        LOGGER.info("Reconnected to %s", self.address.host)
        self._update_all()

    @callback
    def on_state(self, state: ServerState, diff: Diff) -> None:
        """Store a new state of the server, and call the listeners for the changed fields."""
        self.data = state
        if diff.devices:
            self._admit(state)
            # Devices first, so that entities of a removed device are not called.
            self.async_update_listeners()
        for key, fields in diff.cameras.items():
            self._state_listeners.call(DeviceKey("camera", key), fields)
        for key, fields in diff.credentials.items():
            self._state_listeners.call(DeviceKey("credential", key), fields)
        server = diff.server | {CREDENTIALS} if diff.credentials else diff.server
        if server:
            self._state_listeners.call(SERVER_KEY, server)

    def _admit(self, state: ServerState) -> None:
        now = self.hass.loop.time()
        deleted = deleted_entities(self.hass, self.config_entry.entry_id)
        self._camera_ids = self._cameras.admit(_ids(state.cameras), now, deleted)
        self._credential_ids = self._credentials.admit(_ids(state.credentials), now, deleted)

    @callback
    def on_event(self, event: ServerEvent) -> None:
        """Call the listeners for the object that an event is about."""
        if event.domain == "camera" and (camera := self.data.cameras.get(event.entity or 0)):
            self._event_listeners.call(DeviceKey("camera", camera.key), None, event)
        if event.domain == "credentials" and (
            credential := self.data.credentials.get(event.entity or 0)
        ):
            self._event_listeners.call(DeviceKey("credential", credential.key), None, event)

    @callback
    def on_log(self, line: LogLine) -> None:
        """Call the listeners for the log."""
        self._log_listeners.call(SERVER_KEY, None, line)

    @callback
    def on_resync(self) -> None:
        """Apply pending changes, call the listeners for complete lists, and clean up."""
        if self._camera_ids.keys() | self._credential_ids.keys() != self._listed_keys:
            self._admit(self.data)
            self.async_update_listeners()
        self._resync_listeners.call(SERVER_KEY, None)
        self.client.cameras.end_left_overs()

    @callback
    def on_token(self, token: str) -> None:
        """Store a new token, as each login leaves one on the server forever."""
        self._tokens.keep(token)

    @callback
    def on_login_refused(self) -> None:
        """Start reauthentication; the client keeps trying the old password."""
        self.config_entry.async_start_reauth(self.hass)

    @callback
    def on_login_accepted(self) -> None:
        """End reauthentication."""
        for flow in self.config_entry.async_get_active_flows(self.hass, {SOURCE_REAUTH}):
            self.hass.config_entries.flow.async_abort(flow["flow_id"])

    @callback
    def _handle_grace_over(self, _: object) -> None:
        self._cancel_grace = None
        self.last_update_success = False
        LOGGER.info("Lost connection to %s", self.address.host)
        self._update_all()

    def _end_grace(self) -> None:
        if self._cancel_grace is not None:
            self._cancel_grace()
            self._cancel_grace = None

    def _camera_id(self, key: str) -> int:
        if key not in self._camera_ids:
            raise RefusedChange(ChangeProblem.CAMERA_GONE)
        return self._camera_ids[key]

    def _update_all(self) -> None:
        for device_key in self._state_listeners.device_keys:
            self._state_listeners.call(device_key, None)

    @property
    def _listed_keys(self) -> set[str]:
        cameras = {camera.key for camera in self.data.cameras.values()}
        return cameras | {credential.key for credential in self.data.credentials.values()}


def _ids[T: (Camera, Credential)](rows: Mapping[int, T]) -> dict[str, int]:
    """Return the ids by key; of two objects with the same key, that of the older one."""
    return {rows[row_id].key: row_id for row_id in sorted(rows, reverse=True)}
