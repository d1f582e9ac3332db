"""What is remembered of a camera between snapshots, and how a snapshot is brought together with it.

Demand, readiness and readers are each told by events of their own, and each settled by itself.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .events import TELL_DEMAND, TELL_READERS, TELL_READY
from .models import Camera, CameraStatus
from .readers import Readers

if TYPE_CHECKING:
    from .models import Event

_NEVER = float("-inf")
_NOBODY = Readers()


@dataclass(frozen=True, slots=True)
class Track:
    """The readers of a camera, and what events said that no snapshot has settled yet."""

    readers: Readers = _NOBODY
    asked_at: float = _NEVER
    """When the row was asked for that was taken over last."""
    demand_at: float = _NEVER
    """When the last event came, not settled yet, on whether the stream is requested."""
    ready_at: float = _NEVER
    """When the last event came, not settled yet, on whether the stream is ready."""
    readers_at: float = _NEVER
    """When the last event came, not settled yet, on who reads the stream."""
    extended_at: float = _NEVER
    """When the last event came that the authorization was extended."""

    def told(self, event: Event, at: float, readers: Readers) -> Track:
        """Return the track after an event."""
        return Track(
            readers,
            self.asked_at,
            demand_at=at if event.type in TELL_DEMAND else self.demand_at,
            ready_at=at if event.type in TELL_READY else self.ready_at,
            readers_at=at if event.type in TELL_READERS else self.readers_at,
            extended_at=at if event.type == "extended" else self.extended_at,
        )

    def settle_at(self, lag: float) -> float | None:
        """Return when a snapshot will settle some of it; None if nothing is open."""
        open_since = {self.demand_at, self.ready_at, self.readers_at} - {_NEVER}
        return min(open_since) + lag if open_since else None


def merged(
    row: Camera, known: Camera, track: Track, asked_at: float, lag: float
) -> tuple[Camera, Track]:
    """Return a camera after a row that was asked for at a time, and its track.

    What an event said less than the lag before that holds against the row, and all of a row that
    was asked for later.
    """
    if asked_at < track.asked_at:
        return known, track
    demand_is_told = asked_at < track.demand_at + lag
    ready_is_told = asked_at < track.ready_at + lag
    readers_are_told = asked_at < track.readers_at + lag
    readers = track.readers
    if not readers_are_told:
        readers = readers.counted(row.viewers, asked_at, lag)
    camera = replace(
        row,
        requested=known.requested if demand_is_told else row.requested,
        ready=known.ready if ready_is_told else row.ready,
        ready_since=known.ready_since if ready_is_told else row.ready_since,
        viewers=readers.viewers,
    )
    camera = _with_status(camera, known, row, demand=demand_is_told, ready=ready_is_told)
    is_extended = asked_at < track.extended_at + lag
    camera = _with_authorization(camera, known, is_extended=is_extended)
    camera = _without_a_former_stream(camera, row, ready=ready_is_told)
    return camera, Track(
        readers,
        asked_at,
        demand_at=track.demand_at if demand_is_told else _NEVER,
        ready_at=track.ready_at if ready_is_told else _NEVER,
        readers_at=track.readers_at if readers_are_told else _NEVER,
        extended_at=track.extended_at if is_extended else _NEVER,
    )


def _with_status(
    camera: Camera, known: Camera, row: Camera, *, demand: bool, ready: bool
) -> Camera:
    """Keep the status that events told, unless it is dead and something speaks against it."""
    if row.is_enabled != known.is_enabled:
        return camera
    if ready:
        return replace(camera, status=_unless_dead(known.status, alive=camera.requested))
    if demand and row.ready == known.ready:
        alive = row.status is not CameraStatus.DEAD
        return replace(camera, status=_unless_dead(known.status, alive=alive))
    return camera


def _unless_dead(told: CameraStatus | None, *, alive: bool) -> CameraStatus | None:
    return None if told is CameraStatus.DEAD and alive else told


def _with_authorization(camera: Camera, known: Camera, *, is_extended: bool) -> Camera:
    """Keep the end of the authorization that an event told, and its failure until a later one."""
    told, listed = known.expires_at, camera.expires_at
    is_later = listed is not None and (told is None or listed > told)
    return replace(
        camera,
        expires_at=told if is_extended and not is_later else listed,
        extension_failed=known.extension_failed and camera.ready and not is_later,
    )


def _without_a_former_stream(camera: Camera, row: Camera, *, ready: bool) -> Camera:
    """Leave out what a row that lags behind tells of a process or a stream that has ended."""
    if ready or not (camera.ready and row.ready):
        camera = replace(camera, tracks=None, data_received=None, data_sent=None)
    return camera if camera.requested else replace(camera, process_id=None)
