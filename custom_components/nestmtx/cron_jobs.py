"""The cron jobs of a NestMTX server, as v1.1.1 has them, and how entities name them."""

from types import MappingProxyType
from typing import Final

from .client import SYNCHRONIZE

CRON_JOBS: Final = MappingProxyType(
    {
        SYNCHRONIZE: "synchronize_cameras",
        "ExtendCameraStreamAuthenticationJob": "extend_authorizations",
        "PersistCameraJob": "start_persistent_streams",
        "CredentialsJob": "refresh_credentials",
        "ConfirmStreamerProcessesJob": "check_processes",
    }
)
"""Keys of entities by the jobs' names on the server."""
