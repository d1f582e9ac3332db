"""Brings a session with a NestMTX server into Home Assistant."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Unpack, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import (
    CONF_HOST,
    CONF_PASSWORD,
    CONF_PORT,
    CONF_SSL,
    CONF_TOKEN,
    CONF_USERNAME,
    CONF_VERIFY_SSL,
)
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from .client import (
    Account,
    Camera,
    CameraChange,
    Changes,
    ControlProblem,
    Credential,
    Event as ServerEvent,
    Feed,
    InvalidAuth,
    LogLevel,
    LogLine,
    NestMTXError,
    RefusedControl,
    ServerAddress,
    ServerState,
    Session,
    SessionState,
    Timings,
    differing,
)
from .const import CONF_LOG_LEVEL, CONF_VIDEO_HOST, DOMAIN, LOG_OFF, LOGGER
from .device import (
    Subject,
    async_device_ids,
    async_remove_devices,
    async_strangers,
    async_update_camera_device,
    async_update_credential_device,
    async_update_server_device,
)
from .errors import translated, translation_key
from .issues import Issues
from .listeners import Listeners, Scope
from .server_log import ServerLog
from .stills import Stills

TIMINGS = Timings()

SERVER = frozenset({"server"})
"""Scope of what the server tells of itself."""
STREAMING = frozenset({"streaming"})
"""Scope of how many cameras stream."""

type NestMTXConfigEntry = ConfigEntry[NestMTXCoordinator]


def account_of(data: Mapping[str, Any]) -> Account:
    """Return the account that the data of a config entry, or the input of a flow, describe."""
    return Account(
        ServerAddress(data[CONF_HOST], data[CONF_PORT], data[CONF_SSL]),
        data[CONF_USERNAME],
        data[CONF_PASSWORD],
        data.get(CONF_TOKEN),
    )


class NestMTXCoordinator(DataUpdateCoordinator[ServerState]):
    """Owns the session, and tells entities of changes to what they show.

    An update reaches the listeners of what has changed, and no others: the context that a listener
    is added with names its scope. Those without one hear when objects come or go. What
    entities ask for fails with errors that say in the user's language what happened.
    """

    config_entry: NestMTXConfigEntry

    def __init__(self, hass: HomeAssistant, entry: NestMTXConfigEntry) -> None:
        """Prepare the session; it connects with the first refresh."""
        account = account_of(entry.data)
        self.address = account.address
        self.connected = False
        self.http = http = async_get_clientsession(hass, verify_ssl=entry.data[CONF_VERIFY_SSL])
        self.video_host = entry.options.get(CONF_VIDEO_HOST) or account.address.host
        self._session = Session(http, account, self, TIMINGS, self.video_host)
        self._run_task: asyncio.Task[None] | None = None
        self._cancel_grace: CALLBACK_TYPE | None = None
        self._object_listeners: Listeners[()] = Listeners()
        self._event_listeners: Listeners[ServerEvent] = Listeners()
        self._log_listeners: Listeners[LogLine] = Listeners()
        self._camera_ids: dict[str, int] = {}
        self._credential_ids: dict[str, int] = {}
        self._strangers: frozenset[str] = frozenset()
        super().__init__(hass, LOGGER, config_entry=entry, name=entry.title, always_update=False)
        self.data = ServerState()
        self.server_device_id = async_update_server_device(self)
        self.stills = Stills(self)
        least = entry.options.get(CONF_LOG_LEVEL, LOG_OFF)
        self.issues = Issues(self)
        self._server_log = None if least == LOG_OFF else ServerLog(self, LogLevel(least))

    def camera(self, key: str) -> Camera | None:
        """Return the camera with a key, unless the server does not list it any more."""
        camera_id = self._camera_ids.get(key)
        if camera_id is None or camera_id in self.data.missing_cameras:
            return None
        return self.data.cameras.get(camera_id)

    def credential(self, key: str) -> Credential | None:
        """Return the credential with a key, unless the server does not list it any more."""
        credential_id = self._credential_ids.get(key)
        if credential_id is None or credential_id in self.data.missing_credentials:
            return None
        return self.data.credentials.get(credential_id)

    @property
    def cameras(self) -> list[Camera]:
        """All cameras, those that the server does not list for the moment included."""
        return [self.data.cameras[camera_id] for camera_id in self._camera_ids.values()]

    @property
    def credentials(self) -> list[Credential]:
        """All credentials, those that the server does not list for the moment included."""
        return [
            self.data.credentials[credential_id] for credential_id in self._credential_ids.values()
        ]

    @property
    def subjects(self) -> set[Subject]:
        """All cameras and credentials, as subjects."""
        cameras = {Subject("camera", key) for key in self._camera_ids}
        return cameras | {Subject("credential", key) for key in self._credential_ids}

    @callback
    @override
    def async_add_listener(
        self, update_callback: CALLBACK_TYPE, context: Any = None
    ) -> Callable[[], None]:
        """Listen to a Scope, or without a context to objects coming and going."""
        if context is None:
            return super().async_add_listener(update_callback)
        return self._object_listeners.async_add(context, update_callback)

    @callback
    def async_update_subject(self, subject: Subject) -> None:
        """Tell the listeners of one object that something of it has changed."""
        self._object_listeners.async_call(Scope(subject))

    @callback
    def async_add_event_listener(
        self, subject: Subject, listener: Callable[[ServerEvent], None]
    ) -> CALLBACK_TYPE:
        """Hear of each event of a camera or credential."""
        return self._event_listeners.async_add(Scope(subject), listener)

    @callback
    def async_add_log_listener(self, listener: Callable[[LogLine], None]) -> CALLBACK_TYPE:
        """Hear of each line of the server's log."""
        return self._log_listeners.async_add(Scope(Subject.server()), listener)

    @callback
    def async_want(self, feed: Feed) -> CALLBACK_TYPE:
        """Have a feed for as long as somebody wants it; returns what ends that."""
        return self._session.want(feed)

    async def async_update_camera(self, key: str, **change: Unpack[CameraChange]) -> None:
        """Change settings of a camera on the server."""
        with translated(self.address.host):
            await self._session.controls.update_camera(self._camera_id(key), change)

    async def async_restart_stream(self, key: str) -> None:
        """Restart the process of a camera's stream."""
        with translated(self.address.host):
            await self._session.controls.restart_stream(self._camera_id(key))

    async def async_start_stream(self, key: str) -> None:
        """Wait until a camera streams video; it is kept awake until somebody reads it."""
        with translated(self.address.host):
            await self._session.demands.start(self._camera_id(key))

    async def async_request[T](self, ask: Callable[[Session], Awaitable[T]]) -> T:
        """Have the session ask the server for something that is no entity's."""
        with translated(self.address.host):
            return await ask(self._session)

    async def async_change_password(self, password: str) -> None:
        """Give the user as whom Home Assistant logs in another password, and keep it."""
        data = self.config_entry.data
        await self.async_request(
            lambda session: session.controls.change_password(data[CONF_USERNAME], password)
        )
        self.hass.config_entries.async_update_entry(
            self.config_entry, data={**self.config_entry.data, CONF_PASSWORD: password}
        )

    @asynccontextmanager
    async def async_hold_stream(self, key: str) -> AsyncGenerator[None]:
        """Have a camera stream for as long as this is held; entering waits for its video."""
        with translated(self.address.host):
            async with self._session.demands.hold(self._camera_id(key)):
                yield

    async def async_run_cron_job(self, name: str) -> None:
        """Run a cron job of the server, and wait for its end."""
        with translated(self.address.host):
            await self._session.controls.run_cron_job(name)

    @override
    async def _async_setup(self) -> None:
        try:
            await self._session.start()
        except NestMTXError as err:
            failure = ConfigEntryAuthFailed if isinstance(err, InvalidAuth) else UpdateFailed
            raise failure(
                translation_domain=DOMAIN,
                translation_key=translation_key(err),
                translation_placeholders={"host": self.address.host},
            ) from err
        self._run_task = self.config_entry.async_create_background_task(
            self.hass, self._run(), f"{DOMAIN} session {self.address.host}"
        )

    @override
    async def _async_update_data(self) -> ServerState:
        """Return what the session told last: it needs no asking."""
        if not self.last_update_success:
            raise UpdateFailed(
                translation_domain=DOMAIN,
                translation_key="cannot_connect",
                translation_placeholders={"host": self.address.host},
            )
        return self.data

    @override
    async def async_shutdown(self) -> None:
        """End the session."""
        await super().async_shutdown()
        self._end_grace()
        if self._run_task is not None:
            self._run_task.cancel()
            await asyncio.wait([self._run_task])
        await self._session.stop()
        if self._server_log is not None:
            self._server_log.async_stop()
        self.issues.async_clear()
        await self.stills.async_stop()

    async def async_stop(self, _: Event) -> None:
        """End the session when Home Assistant stops: entries are not unloaded then."""
        await self.async_shutdown()

    async def _run(self) -> None:
        try:
            await self._session.run()
        except InvalidAuth:
            self.config_entry.async_start_reauth(self.hass)

    # What the session tells

    @callback
    def on_session(self, session_state: SessionState) -> None:
        """Follow the session: unavailable only after the grace time, back at once."""
        connected = session_state is SessionState.READY
        if connected is self.connected or self._shutdown_requested:
            return
        self.connected = connected
        self._end_grace()
        if not connected:
            self._cancel_grace = async_call_later(self.hass, TIMINGS.grace, self._grace_is_over)
        if not connected or self.last_update_success:
            self._object_listeners.async_call(Scope(Subject.server()))
            return
        self.last_update_success = True
        LOGGER.info("Connected to %s again", self.address.host)
        self._update_all()

    @callback
    def on_state(self, state: ServerState, changed: Changes) -> None:
        """Take over a new state of the server, and tell those whom it concerns."""
        former = {key: self.camera(key) for key in changed.cameras}
        has_new_version = state.server.version != self.data.server.version
        self.data = state
        if changed.objects:
            self._take_over_objects()
        for key in changed.cameras:
            self._update_camera(key, former[key])
        for key in changed.credentials:
            if credential := self.credential(key):
                async_update_credential_device(self, credential)
            self._object_listeners.async_call(Scope(Subject("credential", key)))
        if changed.credentials:
            self.issues.async_update()
        if has_new_version:
            async_update_server_device(self)
        if changed.server:
            self._object_listeners.async_call(Scope(Subject.server(), SERVER))
        if changed.streaming:
            self._object_listeners.async_call(Scope(Subject.server(), STREAMING))
        if changed.objects:
            self.async_update_listeners()

    @callback
    def on_event(self, event: ServerEvent) -> None:
        """Tell the entities of the object that an event is about."""
        if event.domain == "camera" and (camera := self.data.cameras.get(event.entity or 0)):
            self._event_listeners.async_call(Scope(Subject("camera", camera.key)), event)
        if event.domain == "credentials" and (
            credential := self.data.credentials.get(event.entity or 0)
        ):
            self._event_listeners.async_call(Scope(Subject("credential", credential.key)), event)

    @callback
    def on_log(self, line: LogLine) -> None:
        """Tell who listens to the log."""
        self._log_listeners.async_call(Scope(Subject.server()), line)

    @callback
    def on_resync(self) -> None:
        """Give up devices from before the start that two complete lists do not have."""
        strangers = async_strangers(self)
        async_remove_devices(self, strangers & self._strangers)
        self._strangers = strangers
        self.issues.async_update()

    @callback
    def on_token(self, token: str) -> None:
        """Keep a new token: each login leaves one on the server for ever."""
        self.hass.config_entries.async_update_entry(
            self.config_entry, data={**self.config_entry.data, CONF_TOKEN: token}
        )

    @callback
    def _grace_is_over(self, _: object) -> None:
        self._cancel_grace = None
        self.last_update_success = False
        LOGGER.info("The connection to %s is lost", self.address.host)
        self._update_all()

    def _end_grace(self) -> None:
        if self._cancel_grace is not None:
            self._cancel_grace()
            self._cancel_grace = None

    def _camera_id(self, key: str) -> int:
        if key not in self._camera_ids:
            raise RefusedControl(ControlProblem.CAMERA_GONE)
        return self._camera_ids[key]

    def _update_camera(self, key: str, former: Camera | None) -> None:
        camera, fields = self.camera(key), None
        if camera is not None:
            async_update_camera_device(self, former, camera)
        if camera is not None and former is not None:
            fields = differing(former, camera)
        self._object_listeners.async_call(Scope(Subject("camera", key), fields))

    def _take_over_objects(self) -> None:
        former = self.subjects
        self._camera_ids = _ids(self.data.cameras)
        self._credential_ids = _ids(self.data.credentials)
        async_remove_devices(self, async_device_ids(self, former - self.subjects))

    def _update_all(self) -> None:
        for subject in self._object_listeners:
            self._object_listeners.async_call(Scope(subject))


def _ids[T: (Camera, Credential)](rows: Mapping[int, T]) -> dict[str, int]:
    """Return the ids by key; where two objects share one, the older is meant."""
    return {rows[row_id].key: row_id for row_id in sorted(rows, reverse=True)}
