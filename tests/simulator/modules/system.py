"""`cronjobs`, `htop`, `health`, `version`, `swagger`: the server itself."""

import asyncio
from typing import Final

from tests.simulator.records import elapsed, utc_now
from tests.simulator.rows import cron_job_row, path_row, process_row

from .call import Answer, Call, ModuleError
from .paging import matching, page_of

ACTIONS: Final = ("start", "stop", "restart")


async def list_cron_jobs(call: Call) -> Answer:
    """List cron jobs in no particular order; without page numbers none, as recorded."""
    payload = call.search
    rows = [cron_job_row(job) for job in call.world.cron_jobs]
    found = matching(rows, payload.get("search"), ("name",), exact_case=True)
    return page_of(found, payload, all_without_page=False)


async def run_cron_job(call: Call) -> Answer:
    """Run a job, and answer when it has finished; at once if it does not exist."""
    job = next((job for job in call.world.cron_jobs if job.name == call.entity), None)
    if job is None:
        return None
    job.last_run_at = utc_now()
    await asyncio.sleep(call.times.cronjob)
    if job.name == "SyncCloudCamerasJob":
        while call.world.cloud:
            call.world.add_camera(**call.world.cloud.pop(0))
    job.last_end_at = utc_now()
    return {}


async def list_processes(call: Call) -> Answer:
    """Return load, processes and MediaMTX's paths; paging is ignored."""
    cameras = call.world.cameras.values()
    streams = [(camera, camera.stream_at(elapsed() - call.times.stream_lag)) for camera in cameras]
    own = [camera.process for camera in cameras if camera.process]
    busy = sum(stream.ready for _, stream in streams)
    return {
        "cpu": [_cpu_row(number, busy) for number in (1, 2)],
        "memory": {"total": 25276502016, "used": 658952192 + 130_000_000 * len(own)},
        "processes": [process_row(process) for process in (*call.world.processes, *own)],
        "paths": [path_row(camera, stream) for camera, stream in streams if stream.present],
    }


def _cpu_row(number: int, busy: int) -> Answer:
    user = min(80.0, 8.4 + 1.7 * number + 9.0 * busy)
    return {"cpu": number, "user": user, "nice": 0, "sys": 4.2, "idle": 95.8 - user, "irq": 0}


async def control_process(call: Call) -> Answer:
    """Start, stop or restart a process, which excludes the server itself."""
    action = call.given.get("action", "undefined")
    if action not in ACTIONS:
        raise ModuleError(f"Unknown action: {action}")
    known = {camera.process.name for camera in call.world.cameras.values() if camera.process}
    known |= {process.name for process in call.world.processes[1:]}
    if call.entity not in known:
        raise ModuleError(f'No Process with name "{call.entity}" exists')
    await call.effects.control(call.entity, action)
    return {}


async def list_health(call: Call) -> Answer:
    """Return the health: healthy if there is a user."""
    meta = {"systemUserConfigured": True, "interfaceUserConfigured": bool(call.world.users)}
    healthy = all(meta.values())
    return {
        "healthy": "healthy" if healthy else "unhealthy",
        "details": {"app": {"healthy": True}, "setup": {"healthy": healthy, "meta": meta}},
    }


async def list_version(call: Call) -> Answer:
    """Return the recorded version; the server starts two programs for it."""
    await asyncio.sleep(call.times.version)
    return {
        "release": "v1.1.1",
        "commit": "9379c7f2b0e96c7bf354704c89101ebde3617c93",
        "platform": "linux/amd64",
        "mediamtx": "1.9.0" if call.quirks.mediamtx_1_9 else "1.20.1",
        "database": "sqlite",
        "gstreamer": "gst-launch-1.0 version 1.22.0\nGStreamer 1.22.0\n"
        "https://tracker.debian.org/pkg/gstreamer1.0",
        "ffmpeg": "ffmpeg version 5.1.9-0+deb12u1 Copyright (c) 2000-2026 the FFmpeg developers\n"
        "built with gcc 12 (Debian 12.2.0-14+deb12u1)",
    }


async def list_swagger(call: Call) -> Answer:
    """Return an outline of an OpenAPI document."""
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "NestMTX API",
            "description": "The API for the NestMTX application",
            "version": "1.0.0",
        },
        "paths": {f"/api/{name}": {} for name in ("auth", call.module)},
        "tags": [],
        "components": {"schemas": {}, "securitySchemes": {}},
    }
