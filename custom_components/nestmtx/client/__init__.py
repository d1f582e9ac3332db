"""A client for NestMTX servers.

Knows nothing of Home Assistant. `Session` keeps a connection alive and tells a `Listener` what
changes; `verify_account` tries whether an account works.
"""

from .account import Account, verify_account
from .address import DEFAULT_PORT, ServerAddress, parse_address
from .changes import Changes
from .errors import (
    CannotConnect,
    ConnectionLost,
    ConnectTimeout,
    InvalidAddress,
    InvalidAnswer,
    InvalidAuth,
    InvalidCertificate,
    InvalidRequest,
    NestMTXError,
    NotNestMTX,
    RequestError,
    RequestTimeout,
)
from .models import Authorization, Camera, CameraStatus, Credential, Event, Version
from .session import Listener, Session, SessionState
from .state import ServerState
from .streams import stream_source
from .timings import Timings

__all__ = [
    "DEFAULT_PORT",
    "Account",
    "Authorization",
    "Camera",
    "CameraStatus",
    "CannotConnect",
    "Changes",
    "ConnectTimeout",
    "ConnectionLost",
    "Credential",
    "Event",
    "InvalidAddress",
    "InvalidAnswer",
    "InvalidAuth",
    "InvalidCertificate",
    "InvalidRequest",
    "Listener",
    "NestMTXError",
    "NotNestMTX",
    "RequestError",
    "RequestTimeout",
    "ServerAddress",
    "ServerState",
    "Session",
    "SessionState",
    "Timings",
    "Version",
    "parse_address",
    "stream_source",
    "verify_account",
]
