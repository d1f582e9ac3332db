"""The coordinator's listeners, by the object and the fields that they listen to."""

from collections.abc import Callable
from typing import NamedTuple

from homeassistant.core import CALLBACK_TYPE, callback

from .client import Fields
from .const import LOGGER
from .device_key import DeviceKey

# Fields that the server's listeners may name besides those of the client's Server.
CONNECTED = "connected"
CREDENTIALS = "credentials"


class ListenerScope(NamedTuple):
    """What a listener is called for: changes of an object, or of some of its fields."""

    device_key: DeviceKey
    fields: Fields = None


class Listeners[*Arguments]:
    """Callbacks by object and fields; one that fails doesn't prevent the others from being called.

    Those for the same fields are kept together: 500 cameras listen to the same field of the server.
    """

    def __init__(self) -> None:
        self._listeners: dict[DeviceKey, dict[Fields, list[Callable[[*Arguments], None]]]] = {}

    @property
    def device_keys(self) -> tuple[DeviceKey, ...]:
        """The objects that are listened to."""
        return tuple(self._listeners)

    def add(self, scope: ListenerScope, listener: Callable[[*Arguments], None]) -> CALLBACK_TYPE:
        """Add a listener until the returned function is called."""
        by_fields = self._listeners.setdefault(scope.device_key, {})
        listeners = by_fields.setdefault(scope.fields, [])
        listeners.append(listener)

        @callback
        def remove() -> None:
            listeners.remove(listener)
            if not listeners and by_fields.get(scope.fields) is listeners:
                del by_fields[scope.fields]
            if not by_fields and self._listeners.get(scope.device_key) is by_fields:
                del self._listeners[scope.device_key]

        return remove

    def call(self, device_key: DeviceKey, fields: Fields, *arguments: *Arguments) -> None:
        """Call the listeners for any of the changed fields; None for all listeners."""
        by_fields = self._listeners.get(device_key, {})
        for listener in [
            listener
            for listened, listeners in by_fields.items()
            if fields is None or listened is None or not listened.isdisjoint(fields)
            for listener in listeners
        ]:
            try:
                listener(*arguments)
            except Exception:
                # One entity's error must not affect the others.
                LOGGER.exception("Unexpected error in a listener for the %s", device_key.kind)
