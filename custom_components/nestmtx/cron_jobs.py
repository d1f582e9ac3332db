"""Names of the entities for cron jobs, which the server lists."""

from collections.abc import Callable, Iterable, Mapping
import re
from types import MappingProxyType
from typing import Final

from homeassistant.core import callback
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import slugify

from .client import SYNCHRONIZE
from .data import NestMTXConfigEntry
from .device_key import SERVER_KEY
from .listeners import ListenerScope

KNOWN_JOBS: Final[Mapping[str, str]] = MappingProxyType(
    {
        SYNCHRONIZE: "synchronize_cameras",
        "ExtendCameraStreamAuthenticationJob": "extend_authorizations",
        "PersistCameraJob": "start_persistent_streams",
        "CredentialsJob": "refresh_credentials",
        "ConfirmStreamerProcessesJob": "check_processes",
    }
)
"""Keys of the jobs with translated names."""
_WORDS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def job_key(job: str) -> str:
    """Return the key of a job's entities."""
    return KNOWN_JOBS.get(job) or f"job_{slugify(job)}"


def translation_key(job: str, prefix: str = "") -> str:
    """Return the translation key of a job's entity; unknown jobs share one."""
    return f"{prefix}{KNOWN_JOBS.get(job, 'cron_job')}"


def humanized(job: str) -> str:
    """Return the name of a job in words: "PruneLogsJob" is "Prune logs"."""
    return _WORDS.sub(" ", job.removesuffix("Job") or job).capitalize()


@callback
def async_add_job_entities(
    entry: NestMTXConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    create: Callable[[str], Entity],
) -> None:
    """Add an entity for each job that the server lists, now and later."""
    coordinator = entry.runtime_data.coordinator
    added: set[str] = set()

    @callback
    def add() -> None:
        new = _by_key(coordinator.data.server.job_names)
        appeared = [job for key, job in new.items() if key not in added]
        added.update(new)
        if appeared:
            async_add_entities(create(job) for job in appeared)

    add()
    scope = ListenerScope(SERVER_KEY, frozenset({"job_names"}))
    entry.async_on_unload(coordinator.async_add_listener(add, scope))


def _by_key(jobs: Iterable[str]) -> dict[str, str]:
    return {job_key(job): job for job in jobs}
