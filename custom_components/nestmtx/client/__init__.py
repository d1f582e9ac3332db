"""A client for NestMTX servers.

Knows nothing of Home Assistant. `Session` keeps a connection alive and tells a `Listener` what
changes; `verify_account` tries whether an account works.
"""

from .account import Account, verify_account
from .address import DEFAULT_PORT, ServerAddress, parse_address, parse_host
from .authorizing import AuthorizationProblem, RefusedAuthorization, origin_of
from .changes import Changes, differing
from .controls import SYNCHRONIZE, CameraChange
from .errors import (
    CannotConnect,
    ConnectionLost,
    ConnectTimeout,
    ControlProblem,
    IncompleteList,
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
    SignallingError,
    StartProblem,
    StreamNotStarted,
)
from .feeds import Feed
from .ice import IceServer, ice_servers
from .listener import Listener, SessionState
from .models import (
    AUTHORIZED_UNTIL,
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
from .starting import shows_video
from .state import ServerState
from .streams import Streams, own, streams
from .timings import Timings
from .whep import Candidate, WhepSession

__all__ = [
    "AUTHORIZED_UNTIL",
    "DEFAULT_PORT",
    "SYNCHRONIZE",
    "Account",
    "Authorization",
    "AuthorizationProblem",
    "Camera",
    "CameraChange",
    "CameraStatus",
    "Candidate",
    "CannotConnect",
    "Changes",
    "ConnectTimeout",
    "ConnectionLost",
    "ControlProblem",
    "Credential",
    "CronJob",
    "Event",
    "Feed",
    "IceServer",
    "IncompleteList",
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
    "RefusedAuthorization",
    "RefusedControl",
    "RequestError",
    "RequestTimeout",
    "Server",
    "ServerAddress",
    "ServerState",
    "Session",
    "SessionState",
    "SignallingError",
    "StartProblem",
    "StreamNotStarted",
    "Streams",
    "Timings",
    "Version",
    "WhepSession",
    "differing",
    "ice_servers",
    "origin_of",
    "own",
    "parse_address",
    "parse_details",
    "parse_host",
    "shows_video",
    "streams",
    "verify_account",
]
