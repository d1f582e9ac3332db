"""A client for NestMTX servers.

Independent of Home Assistant. `NestMTXClient` keeps a session alive and reports changes to a
`Listener`; `verify_account` checks that an account works.

The packages; each imports only the ones before it:

- `data`: the server's objects as values, and their parsing;
- `connection`: one Socket.IO connection, login, requests and answers;
- `state`: the known state of a server, advanced by events and lists;
- `media`: camera streams on MediaMTX;
- `api`: requests to the server, by module.
"""

from .api.cameras import CameraChange
from .api.credentials import redirect_uri
from .api.rpc import RPC
from .api.server import SYNCHRONIZE
from .client import NestMTXClient
from .connection.address import DEFAULT_PORT, ServerAddress, parse_address, parse_host
from .connection.auth import Account
from .data.marks import row_marks
from .data.models import (
    Authorization,
    Camera,
    CameraStatus,
    Credential,
    CronJob,
    Event,
    Health,
    Load,
    LogLevel,
    LogLine,
    Server,
    Version,
)
from .data.parsing import parse_details
from .errors import (
    AuthorizationProblem,
    CannotConnect,
    ChangeProblem,
    ConnectionLost,
    ConnectTimeout,
    IncompleteList,
    InvalidAddress,
    InvalidAnswer,
    InvalidAuth,
    InvalidCertificate,
    InvalidRequest,
    NestMTXError,
    NotEncrypted,
    NotNestMTX,
    RefusedAuthorization,
    RefusedChange,
    RequestError,
    RequestTimeout,
    SignalingError,
    StartProblem,
    StreamNotStarted,
)
from .media.attempt import start_error
from .media.gop import MAX_GAP, Budget, GroupOfPictures
from .media.h264 import AccessUnit
from .media.sps import MAX_PIXELS, is_decodable
from .media.urls import StreamUrls, published_urls, stream_urls, tag_own_reader
from .media.whep import Candidate, IceServer, WhepSession, ice_servers
from .redaction import redact_answer
from .state.diff import STREAMING, Diff, Fields
from .state.feeds import POLLS, Feed
from .state.listener import Listener, SessionState
from .state.state import ServerState
from .state.viewers import Viewers
from .timings import Timings
from .verification import Verified, verify_account, verify_token

__all__ = [
    "DEFAULT_PORT",
    "MAX_GAP",
    "MAX_PIXELS",
    "POLLS",
    "RPC",
    "STREAMING",
    "SYNCHRONIZE",
    "AccessUnit",
    "Account",
    "Authorization",
    "AuthorizationProblem",
    "Budget",
    "Camera",
    "CameraChange",
    "CameraStatus",
    "Candidate",
    "CannotConnect",
    "ChangeProblem",
    "ConnectTimeout",
    "ConnectionLost",
    "Credential",
    "CronJob",
    "Diff",
    "Event",
    "Feed",
    "Fields",
    "GroupOfPictures",
    "Health",
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
    "NestMTXClient",
    "NestMTXError",
    "NotEncrypted",
    "NotNestMTX",
    "RefusedAuthorization",
    "RefusedChange",
    "RequestError",
    "RequestTimeout",
    "Server",
    "ServerAddress",
    "ServerState",
    "SessionState",
    "SignalingError",
    "StartProblem",
    "StreamNotStarted",
    "StreamUrls",
    "Timings",
    "Verified",
    "Version",
    "Viewers",
    "WhepSession",
    "ice_servers",
    "is_decodable",
    "parse_address",
    "parse_details",
    "parse_host",
    "published_urls",
    "redact_answer",
    "redirect_uri",
    "row_marks",
    "start_error",
    "stream_urls",
    "tag_own_reader",
    "verify_account",
    "verify_token",
]
