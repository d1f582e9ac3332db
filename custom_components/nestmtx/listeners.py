"""Who listens to which subject."""

from collections.abc import Callable, Iterator

from homeassistant.core import CALLBACK_TYPE, callback

from .const import LOGGER
from .device import Subject


class Listeners[*Arguments]:
    """Callbacks by subject; one that fails does not keep the others from being called."""

    def __init__(self) -> None:
        """Nobody listens."""
        self._callbacks: dict[Subject, list[Callable[[*Arguments], None]]] = {}

    def __iter__(self) -> Iterator[Subject]:
        """Iterate over the subjects that somebody listens to now."""
        return iter(tuple(self._callbacks))

    @callback
    def async_add(self, subject: Subject, listener: Callable[[*Arguments], None]) -> CALLBACK_TYPE:
        """Listen to a subject; returns what ends that."""
        listeners = self._callbacks.setdefault(subject, [])
        listeners.append(listener)

        @callback
        def remove() -> None:
            listeners.remove(listener)
            if not listeners and self._callbacks.get(subject) is listeners:
                del self._callbacks[subject]

        return remove

    @callback
    def async_call(self, subject: Subject, *arguments: *Arguments) -> None:
        """Call those who listen to a subject."""
        for listener in tuple(self._callbacks.get(subject, ())):
            try:
                listener(*arguments)
            except Exception:
                # One entity's fault is not the others'.
                LOGGER.exception("Unexpected error updating an entity of %s", subject.kind)
