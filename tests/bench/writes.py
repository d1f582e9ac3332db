"""Record the states that an entry writes, to write them again without it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant, StateMachine
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .lives import FRAMES, LIFE, ROUND, lived
from .scene import OURS, Scene


@dataclass(frozen=True, slots=True)
class Write:
    """A written state."""

    entity_id: str
    state: str
    attributes: Mapping[str, Any] | None
    force: bool

    @property
    def shown(self) -> tuple[str, dict[str, Any]]:
        """What is written."""
        return self.state, dict(self.attributes or {})

    def again(self, hass: HomeAssistant) -> None:
        """Write it with core's state machine, as a separate entity."""
        entity_id = f"{self.entity_id}_again"
        hass.states.async_set(entity_id, self.state, self.attributes, self.force)


@contextmanager
def recording() -> Iterator[list[Write]]:
    """Record the states written within the context, including unchanged ones."""
    writes: list[Write] = []
    write = StateMachine.async_set_internal

    def recorded(self: StateMachine, *arguments: Any) -> None:
        writes.append(Write(*arguments[:4]))
        write(self, *arguments)

    with patch.object(StateMachine, "async_set_internal", recorded):
        yield writes


type Writes = list[tuple[Write, ...]]
"""The states written with each event of a round."""


async def writes_of(scene: Scene) -> Writes:
    """Return the states that the integration writes for each event of a round."""
    # The first lives start from the server's rows, all later ones from the end of a life.
    await scene.source.send(OURS)
    await scene.ask()
    by_event = []
    for _ in range(ROUND):
        with recording() as writes:
            await scene.source.send(OURS, 1)
            await scene.ask()
        by_event.append(tuple(writes))
    return by_event


def writing(scene: Scene, writes: Writes) -> Callable[[int], None]:
    """Return a handler for a bare client's messages that writes the integration's states."""

    def write(message: int) -> None:
        event, frame = divmod(message, FRAMES)
        if not frame:
            for each in writes[event % len(writes)]:
                each.again(scene.hass)

    return write


def all_written(scene: Scene, writes: Writes) -> Writes:
    """Return the states written if each event writes all entities of its camera."""
    states = scene.hass.states
    current = {
        each.entity_id: Write(each.entity_id, each.state, each.attributes, force=False)
        for each in states.async_all()
    }
    full = []
    for (camera, _), event in zip(lived(scene.source.cameras), writes, strict=False):
        current |= {each.entity_id: each for each in event}
        full.append(tuple(current[each] for each in entities_of(scene, camera)))
    return full


def changes_of(scene: Scene, writes: Writes) -> list[list[int]]:
    """Return the numbers of a camera's entities that change with each event of a life.

    Changes are those of the state, and of the attributes.
    """
    entities, life = entities_of(scene, 1), writes[: len(LIFE)]
    # A life ends in the state in which it begins.
    shown = {each.entity_id: each.shown for event in life for each in event}
    changes = []
    for event in life:
        changed = [each for each in event if shown[each.entity_id] != each.shown]
        shown |= {each.entity_id: each.shown for each in changed}
        numbers = {entities.index(each.entity_id) for each in changed if each.entity_id in entities}
        changes.append(sorted(numbers))
    return changes


def entities_of(scene: Scene, camera: int) -> list[str]:
    """Return the enabled entities of a camera."""
    name = scene.entry.runtime_data.coordinator.data.cameras[camera].name
    devices = dr.async_entries_for_config_entry(dr.async_get(scene.hass), scene.entry.entry_id)
    device = next(each for each in devices if each.name.endswith(name))
    entries = er.async_entries_for_device(er.async_get(scene.hass), device.id)
    return [each.entity_id for each in entries]
