"""A client for NestMTX servers.

Knows nothing of Home Assistant. `Session` keeps a connection alive and tells a `Listener` what
changes; `verify_account` tries whether an account works.
"""

from .account import Account, verify_account
from .address import DEFAULT_PORT, ServerAddress, parse_address
from .changes import Changes
from .controls import SYNCHRONIZE, CameraChange
from .errors import (
    CannotConnect,
    ConnectionLost,
    ConnectTimeout,
    ControlProblem,
    InvalidAddress,
    InvalidAnswer,
    InvalidAuth,
    InvalidCertificate,
    InvalidRequest,
    NestMTXError,
    NotNestMTX,
    RefusedControl,
    RequestError,
    RequestTimeout,
)
from .feeds import Feed
from .listener import Listener, SessionState
from .models import (
    Authorization,
    Camera,
    CameraStatus,
    Credential,
    CronJob,
    Event,
    Load,
    LogLevel,
    LogLine,
    Server,
    Version,
)
from .parsing import parse_details
from .session import Session
from .state import ServerState
from .streams import stream_source
from .timings import Timings

__all__ = [
    "DEFAULT_PORT",
    "SYNCHRONIZE",
    "Account",
    "Authorization",
    "Camera",
    "CameraChange",
    "CameraStatus",
    "CannotConnect",
    "Changes",
    "ConnectTimeout",
    "ConnectionLost",
    "ControlProblem",
    "Credential",
    "CronJob",
    "Event",
    "Feed",
    "InvalidAddress",
    "InvalidAnswer",
    "InvalidAuth",
    "InvalidCertificate",
    "InvalidRequest",
    "Listener",
    "Load",
    "LogLevel",
    "LogLine",
    "NestMTXError",
    "NotNestMTX",
    "RefusedControl",
    "RequestError",
    "RequestTimeout",
    "Server",
    "ServerAddress",
    "ServerState",
    "Session",
    "SessionState",
    "Timings",
    "Version",
    "parse_address",
    "parse_details",
    "stream_source",
    "verify_account",
]
