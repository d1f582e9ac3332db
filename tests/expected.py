"""The states, names and versions that Home Assistant must show, and those it does show."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
import hashlib
import inspect
from typing import NamedTuple
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_FRIENDLY_NAME, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.entity import Entity

from custom_components.nestmtx.const import DOMAIN
from tests.simulator import Camera, Credential, Simulator
from tests.simulator.rows import camera_status

_RELEASES = {True: "v1.1.1 (MediaMTX 1.9.0)", False: "v1.1.1 (MediaMTX 1.20.1)"}
_STATUSES = {"unconfigured", "disabled", "dead", "stopped", "not_available", "starting", "running"}


class Fact(NamedTuple):
    """The subject of a value: a state, an entity's or device's name, a device's version."""

    kind: str
    unique_id: str
    domain: str = ""


type Expected = Mapping[Fact, frozenset[str]]
"""Correct values: several if the server doesn't report which; an empty set allows any."""


@dataclass(frozen=True)
class Shown:
    """A value shown by Home Assistant, and its place."""

    value: str
    where: str


@dataclass(frozen=True)
class Difference:
    """A value that is shown differently from the truth."""

    fact: Fact
    where: str
    shown: str
    true: str

    def __str__(self) -> str:
        """Return the difference as one line."""
        return f"{self.fact.kind} of {self.where}: shown {self.shown}, true {self.true}"


class _Entity[T](NamedTuple):
    """An entity: domain, key, name after the device's, and values; None for any."""

    domain: str
    key: str
    name: str
    values: Callable[[T], set[str]] | None


def _on(value: object) -> set[str]:
    return {"on" if value else "off"}


def _status(camera: Camera) -> set[str]:
    word = camera_status(camera, camera.stream)
    word = "not_available" if word == "unavailable" else word
    return {word if word in _STATUSES else STATE_UNKNOWN}


def _requested(camera: Camera) -> bool:
    return camera.process is not None and camera.process.pid is not None


def _since(camera: Camera) -> set[str]:
    since = camera.stream.since
    return {since.isoformat(timespec="seconds") if since else STATE_UNKNOWN}


def _extension(camera: Camera) -> set[str]:
    # Only an event reports a failure, and no list corrects it.
    return {"on", "off"} if camera.stream.ready else {"off"}


def _stalled(camera: Camera) -> set[str]:
    # The simulator's stream without readers brings no new data.
    return {"on", "off"} if camera.stream.ready else {"off"}


def _expires(camera: Camera) -> set[str]:
    if not camera.stream.ready or camera.expires_at is None:
        return {STATE_UNKNOWN}
    # An earlier stream's end is ignored.
    return {camera.expires_at.isoformat(timespec="seconds"), STATE_UNKNOWN}


def _authorization(credential: Credential) -> set[str]:
    # Tokens don't show whether they were the first.
    return (
        {"unauthenticated"} if credential.tokens is None else {"authenticated", "reauthenticated"}
    )


_CAMERA_ENTITIES: tuple[_Entity[Camera], ...] = (
    _Entity(
        "camera", "camera", "", lambda camera: {"streaming" if camera.stream.ready else "idle"}
    ),
    _Entity("binary_sensor", "ready", " Stream ready", lambda camera: _on(camera.stream.ready)),
    _Entity(
        "binary_sensor", "watched", " Being watched", lambda camera: _on(camera.stream.viewers)
    ),
    _Entity(
        "binary_sensor", "requested", " Stream requested", lambda camera: _on(_requested(camera))
    ),
    _Entity("binary_sensor", "stream_authorization", " Stream authorization", _extension),
    _Entity("binary_sensor", "stream_stalled", " Stream stalled", _stalled),
    _Entity("sensor", "status", " Status", _status),
    _Entity("sensor", "viewers", " Viewers", lambda camera: {str(len(camera.stream.viewers))}),
    _Entity("sensor", "streaming_since", " Streaming since", _since),
    _Entity("sensor", "authorization_expires", " Stream authorization expires", _expires),
    _Entity("switch", "enabled", " Enabled", lambda camera: _on(camera.enabled)),
    _Entity("switch", "persistent", " Persistent", lambda camera: _on(camera.persistent)),
    _Entity("button", "restart_stream", " Restart stream", lambda _: {STATE_UNKNOWN}),
    _Entity("button", "take_picture", " Take snapshot", lambda _: {STATE_UNKNOWN}),
    _Entity("event", "activity", " Activity", None),
    _Entity("image", "last_picture", " Last snapshot", None),
)
_CREDENTIAL_ENTITIES: tuple[_Entity[Credential], ...] = (
    _Entity("sensor", "authorization", " Authorization", _authorization),
    _Entity("sensor", "last_authorized", " Last authorized", None),
    _Entity(
        "binary_sensor",
        "problem",
        " Authorization problem",
        lambda credential: _on(credential.tokens is None),
    ),
    _Entity("event", "activity", " Activity", None),
)
_SERVER_ENTITIES: tuple[_Entity[Simulator], ...] = (
    _Entity("binary_sensor", "connection", " Connection", lambda _: {"on"}),
    _Entity(
        "sensor",
        "health",
        " Health",
        lambda simulator: {"healthy" if simulator.world.users else "unhealthy"},
    ),
    _Entity(
        "sensor",
        "cameras_streaming",
        " Cameras streaming",
        lambda simulator: {
            str(sum(camera.stream.ready for camera in simulator.world.cameras.values()))
        },
    ),
    _Entity("button", "synchronize_cameras", " Synchronize cameras", lambda _: {STATE_UNKNOWN}),
)


_KEYS = {
    (entity.domain, entity.key)
    for entities in (_CAMERA_ENTITIES, _CREDENTIAL_ENTITIES, _SERVER_ENTITIES)
    for entity in entities
}


@contextmanager
def all_expected() -> Iterator[None]:
    """Enable the entities that are compared here, and are disabled by default."""
    name = "entity_registry_enabled_default"
    default = inspect.getattr_static(Entity, name)

    def is_enabled(entity: Entity) -> bool:
        if entity.platform.platform_name == DOMAIN:
            key = (entity.platform.domain, entity.entity_description.key)
            if key in _KEYS:
                return True
        return bool(default.__get__(entity, type(entity)))

    with patch.object(Entity, name, property(is_enabled)):
        yield


def camera_key(camera: Camera, key: str) -> str:
    """Return the key of a camera's entity within its entry."""
    return f"camera_{camera.checksum}_{key}"


def expected_of(simulator: Simulator, entry: ConfigEntry) -> Expected:
    """Return the values that must be shown for a quiet server."""
    return {
        **{
            fact: frozenset(values)
            for fact, values in _facts("server", entry.title, simulator, _SERVER_ENTITIES)
        },
        # Requested once per connection, so that it is unknown after an invalid answer.
        Fact("version", "server"): frozenset({_RELEASES[simulator.quirks.mediamtx_1_9], "None"}),
        **{
            fact: frozenset(values)
            for camera in simulator.world.cameras.values()
            for fact, values in _facts(
                f"camera_{camera.checksum}",
                camera.name or f"Camera {camera.id}",
                camera,
                _CAMERA_ENTITIES,
            )
        },
        **{
            fact: frozenset(values)
            for credential in simulator.world.credentials.values()
            for fact, values in _facts(
                f"credential_{_checksum(credential)}",
                credential.description or f"Credential {credential.id}",
                credential,
                _CREDENTIAL_ENTITIES,
            )
        },
    }


def shown_by(hass: HomeAssistant, entry: ConfigEntry) -> Mapping[Fact, Shown]:
    """Return all values that Home Assistant shows for a server in enabled entities."""
    shown: dict[Fact, Shown] = {}
    for entity in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id):
        if entity.disabled:
            continue
        where, state = entity.entity_id, hass.states.get(entity.entity_id)
        name = state.attributes.get(ATTR_FRIENDLY_NAME) if state else None
        shown[Fact("state", entity.unique_id, entity.domain)] = Shown(
            state.state if state else "no state", where
        )
        shown[Fact("name", entity.unique_id, entity.domain)] = Shown(str(name), where)
    for device in dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id):
        identifier = next(value for domain, value in device.identifiers if domain == DOMAIN)
        where = f"device {device.name}"
        shown[Fact("device", identifier)] = Shown(str(device.name), where)
        if identifier == "server":
            shown[Fact("version", identifier)] = Shown(str(device.sw_version), where)
    return shown


def differences(
    expected: Expected, shown: Mapping[Fact, Shown], *, gone_may_linger: bool = False
) -> tuple[Difference, ...]:
    """Compare the shown values with the expected ones.

    An object removed from the server is unavailable until a second list confirms it;
    `gone_may_linger` means that the second list may not have come yet.
    """
    wrong = [
        Difference(fact, shown[fact].where, shown[fact].value, " or ".join(sorted(values)))
        if fact in shown
        else Difference(fact, fact.unique_id, "nothing", " or ".join(sorted(values)))
        for fact, values in expected.items()
        if fact not in shown or (values and shown[fact].value not in values)
    ]
    for fact, each in shown.items():
        lingers = gone_may_linger and (fact.kind != "state" or each.value == STATE_UNAVAILABLE)
        if fact not in expected and not lingers:
            wrong.append(Difference(fact, each.where, each.value, "nothing"))
    return tuple(wrong)


def _facts[T](
    unique_id: str, name: str, row: T, entities: tuple[_Entity[T], ...]
) -> Iterator[tuple[Fact, set[str]]]:
    yield Fact("device", unique_id), {name}
    for entity in entities:
        entity_id = f"{unique_id}_{entity.key}"
        values = set() if entity.values is None else entity.values(row)
        yield Fact("state", entity_id, entity.domain), values
        yield Fact("name", entity_id, entity.domain), {f"{name}{entity.name}"}


def _checksum(credential: Credential) -> str:
    identity = f"{credential.oauth_client_id}/{credential.dac_project_id}"
    return hashlib.sha256(identity.encode()).hexdigest()
