"""`cameras`: list, read, update."""

from tests.simulator.records import utc_now
from tests.simulator.rows import camera_row

from .call import Answer, Call, ModuleError
from .paging import matching, page_of


async def list_all(call: Call) -> Answer:
    """List cameras, newest first; `search` matches room and name."""
    payload = call.search
    cameras = sorted(call.world.cameras.values(), key=lambda camera: -camera.id)
    rows = [camera_row(camera, call.world, call.times.stream_lag) for camera in cameras]
    return page_of(matching(rows, payload.get("search"), ("room", "name")), payload)


async def read(call: Call) -> Answer:
    """Return a camera's row."""
    return camera_row(call.row(call.world.cameras), call.world, call.times.stream_lag)


async def update(call: Call) -> Answer:
    """Replace the settings: missing ones are false, except `is_persistent`."""
    given = call.given
    path, enabled = given.get("mtx_path"), bool(given.get("is_enabled"))
    if not path and (enabled or given.get("is_persistent")):
        raise ModuleError("errors.cameras.update.mtxPathIsRequired")
    camera = call.row(call.world.cameras)
    if "mtx_path" not in given:
        raise ModuleError('".where" expects value to be defined, but undefined is passed')
    if path is not None and call.world.camera_at(path) not in (None, camera):
        raise ModuleError("errors.cameras.update.mtxPathAlreadyInUse")
    persistent = given.get("is_persistent")
    camera.path, camera.enabled, camera.updated_at = path, enabled, utc_now()
    camera.persistent = enabled and (camera.persistent if persistent is None else bool(persistent))
    await call.effects.camera_changed(camera)
    return None
