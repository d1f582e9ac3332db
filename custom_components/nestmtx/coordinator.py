"""Brings a session with a NestMTX server into Home Assistant."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, override

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
    Changes,
    Credential,
    InvalidAuth,
    NestMTXError,
    ServerAddress,
    ServerState,
    Session,
    SessionState,
    Timings,
)
from .const import DOMAIN, LOGGER
from .device import (
    Subject,
    async_device_ids,
    async_remove_devices,
    async_strangers,
    async_update_device,
    async_update_server_device,
    camera_info,
    credential_info,
)
from .errors import translation_key

TIMINGS = Timings()

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

    An update reaches the listeners of the objects that changed, and no others: the context that a
    listener is added with names its object. Those without one hear when objects come or go.
    """

    config_entry: NestMTXConfigEntry

    def __init__(self, hass: HomeAssistant, entry: NestMTXConfigEntry) -> None:
        """Prepare the session; it connects with the first refresh."""
        account = account_of(entry.data)
        self.address = account.address
        self.connected = False
        http = async_get_clientsession(hass, verify_ssl=entry.data[CONF_VERIFY_SSL])
        self._session = Session(http, account, self, TIMINGS)
        self._run_task: asyncio.Task[None] | None = None
        self._cancel_grace: CALLBACK_TYPE | None = None
        self._object_listeners: dict[Subject, list[CALLBACK_TYPE]] = {}
        self._camera_ids: dict[str, int] = {}
        self._credential_ids: dict[str, int] = {}
        self._strangers: frozenset[str] = frozenset()
        super().__init__(hass, LOGGER, config_entry=entry, name=entry.title, always_update=False)
        self.data = ServerState()
        self.server_device_id = async_update_server_device(self)

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
        """Listen to one object, a Subject, or without a context to objects coming and going."""
        if context is None:
            return super().async_add_listener(update_callback)
        listeners = self._object_listeners.setdefault(context, [])
        listeners.append(update_callback)

        @callback
        def remove() -> None:
            listeners.remove(update_callback)
            if not listeners:
                self._object_listeners.pop(context, None)

        return remove

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
            self._update(Subject.server())
            return
        self.last_update_success = True
        LOGGER.info("Connected to %s again", self.address.host)
        self._update_all()

    @callback
    def on_state(self, state: ServerState, changed: Changes) -> None:
        """Take over a new state of the server, and tell those whom it concerns."""
        self.data = state
        if changed.version:
            async_update_server_device(self)
        if changed.objects:
            former = self.subjects
            self._camera_ids = _ids(state.cameras)
            self._credential_ids = _ids(state.credentials)
            async_remove_devices(self, async_device_ids(self, former - self.subjects))
        for key in changed.cameras:
            if camera := self.camera(key):
                async_update_device(self, Subject("camera", key), camera_info(self, camera))
            self._update(Subject("camera", key))
        for key in changed.credentials:
            if credential := self.credential(key):
                info = credential_info(self, credential)
                async_update_device(self, Subject("credential", key), info)
            self._update(Subject("credential", key))
        if changed.objects:
            self.async_update_listeners()

    @callback
    def on_resync(self) -> None:
        """Give up devices from before the start that two complete lists do not have."""
        strangers = async_strangers(self)
        async_remove_devices(self, strangers & self._strangers)
        self._strangers = strangers

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

    def _update_all(self) -> None:
        for subject in tuple(self._object_listeners):
            self._update(subject)

    def _update(self, subject: Subject) -> None:
        for update_callback in tuple(self._object_listeners.get(subject, ())):
            try:
                update_callback()
            except Exception:
                # One entity's fault is not the others'.
                LOGGER.exception("Unexpected error updating an entity of %s", subject.kind)


def _ids[T: (Camera, Credential)](rows: Mapping[int, T]) -> dict[str, int]:
    """Return the ids by key; where two objects share one, the older is meant."""
    return {rows[row_id].key: row_id for row_id in sorted(rows, reverse=True)}
