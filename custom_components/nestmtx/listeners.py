"""Who listens to which subject."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from homeassistant.core import CALLBACK_TYPE, callback

from .const import LOGGER
from .device import Subject


class Scope(NamedTuple):
    """What somebody wants to hear of: all of a subject, or some fields of it."""

    subject: Subject
    fields: frozenset[str] | None = None


class Listeners[*Arguments]:
    """Callbacks by subject; one that fails does not keep the others from being called."""

    def __init__(self) -> None:
        """Nobody listens."""
        self._listeners: dict[
            Subject, list[tuple[Callable[[*Arguments], None], frozenset[str] | None]]
        ] = {}

    def __iter__(self) -> Iterator[Subject]:
        """Iterate over the subjects that somebody listens to now."""
        return iter(tuple(self._listeners))

    @callback
    def async_add(self, scope: Scope, listener: Callable[[*Arguments], None]) -> CALLBACK_TYPE:
        """Listen to a subject; returns what ends that."""
        added = listener, scope.fields
        listeners = self._listeners.setdefault(scope.subject, [])
        listeners.append(added)

        @callback
        def remove() -> None:
            listeners.remove(added)
            if not listeners and self._listeners.get(scope.subject) is listeners:
                del self._listeners[scope.subject]

        return remove

    @callback
    def async_call(self, scope: Scope, *arguments: *Arguments) -> None:
        """Call those who listen to a subject, and of these, those who listen to some fields."""
        fields = scope.fields
        for listener, heard in tuple(self._listeners.get(scope.subject, ())):
            if fields is not None and heard is not None and heard.isdisjoint(fields):
                continue
            try:
                listener(*arguments)
            except Exception:
                # One entity's fault is not the others'.
                LOGGER.exception("Unexpected error updating an entity of %s", scope.subject.kind)
