"""The errors of this client."""

from enum import StrEnum


class NestMTXError(Exception):
    """Base of every error that this client raises."""


class InvalidAddress(NestMTXError):
    """The given host is not a hostname, IP address or URL."""


class CannotConnect(NestMTXError):
    """The server could not be reached, or refused the connection."""


class ConnectTimeout(CannotConnect):
    """The server did not answer in time while connecting."""


class InvalidCertificate(CannotConnect):
    """The server's TLS certificate is not trusted."""


class NotEncrypted(CannotConnect):
    """The server does not support TLS, which was expected."""


class NotNestMTX(CannotConnect):
    """The answer is not that of a NestMTX server."""


class InvalidAuth(NestMTXError):
    """The server does not accept the username and password, or the token."""


class ConnectionLost(NestMTXError):
    """The connection ended before the answer came."""


class RequestTimeout(NestMTXError):
    """The server did not answer a request in time."""


class InvalidStreamUrl(NestMTXError):
    """The server returned a stream URL that must not be opened."""


class InvalidAnswer(NestMTXError):
    """The server's answer to a request has an unexpected structure."""


class IncompleteList(NestMTXError):
    """The rows of a list kept changing while its pages were fetched, or there are too many."""


class InvalidRequest(NestMTXError):
    """A request that the server would not accept; nothing was sent."""


class RequestError(NestMTXError):
    """The server answered a request with an error.

    `message` is the server's: English text, or a bare key such as
    `errors.cameras.update.mtxPathAlreadyInUse`. The error's `context` is dropped on arrival, as
    it repeats the whole request, including passwords. So is the SQL statement at the beginning
    of a database error.
    """

    def __init__(self, message: str, details: tuple[str, ...] = ()) -> None:
        """Store the server's message, and the message of each of its details."""
        super().__init__(message)
        self.message = message
        self.details = details


class ChangeProblem(StrEnum):
    """Why something could not be changed on the server."""

    CAMERA_DISABLED = "camera_disabled"
    """Only an enabled camera can be persistent."""
    CAMERA_ENABLED = "camera_enabled"
    """The path of an enabled camera cannot be changed."""
    CAMERA_GONE = "camera_gone"
    PATH_INVALID = "path_invalid"
    """A path may only contain letters, digits and the characters - . _ ~"""
    PATH_IN_USE = "path_in_use"
    PATH_TOO_SIMILAR = "path_too_similar"
    """The server would run one process for this path and another camera's."""
    PATH_REQUIRED = "path_required"
    """A camera without a path cannot be enabled."""
    NO_PROCESS = "no_process"
    """The camera's stream has no process to restart."""
    RESTART_REFUSED = "restart_refused"
    """A restart by the server leaves a second process, which streams forever."""
    STREAM_UNSETTLED = "stream_unsettled"
    """The server did not settle after the camera's process was stopped."""
    STREAM_GOES_ON = "stream_goes_on"
    """The camera is no longer persistent, but its stream could not be ended."""
    JOB_RUNNING = "job_running"
    JOB_GONE = "job_gone"
    """The server has no job of this name."""
    ID_INVALID = "id_invalid"
    """The server reads "9-kitchen" as 9, so invalid ids are not sent."""
    LOGIN_REFUSED = "login_refused"
    """A login by request has no effect but to write the password to the server's log."""
    CREDENTIAL_EXISTS = "credential_exists"
    ROW_GONE = "row_gone"
    USER_GONE = "user_gone"
    USER_EXISTS = "user_exists"
    USER_IN_USE = "user_in_use"
    """It is the user that this client is logged in as."""
    USER_OF_SYSTEM = "user_of_system"
    """It is the server's system user."""
    AUTHORIZATION_MALFORMED = "authorization_malformed"
    """Google's answer is incomplete, or belongs to another credential."""


class RefusedChange(NestMTXError):
    """A change is refused by the server, or by this client."""

    def __init__(self, problem: ChangeProblem) -> None:
        """Store the reason."""
        super().__init__(problem.value)
        self.problem = problem


class AuthorizationProblem(StrEnum):
    """Why a credential could not be authorized."""

    INVALID_ORIGIN = "invalid_origin"
    """The origin is not a valid URL."""
    INVALID_CALLBACK = "invalid_callback"
    """The pasted text is not a URL that Google redirects to."""
    DENIED = "access_denied"
    """The user denied access on Google's page."""
    OTHER_CREDENTIAL = "other_credential"
    EXPIRED = "code_expired"
    """Google does not accept the code, or it has expired."""
    WRONG_CLIENT = "client_refused"
    """Google does not know the OAuth client, or its secret is wrong."""
    UNKNOWN_REDIRECT = "redirect_unknown"
    """The redirect URI is not registered with the OAuth client."""
    GOOGLE_UNREACHABLE = "google_unreachable"
    """The server cannot reach Google."""
    NOT_FINISHED = "not_authorized"
    """It failed for an unknown reason."""


class RefusedAuthorization(NestMTXError):
    """A credential could not be authorized."""

    def __init__(self, problem: AuthorizationProblem) -> None:
        """Store the reason."""
        super().__init__(problem.value)
        self.problem = problem


class StartProblem(StrEnum):
    """Why a camera's stream did not start, as far as the server reports."""

    CAMERA_GONE = "camera_gone"
    CAMERA_UNCONFIGURED = "camera_unconfigured"
    """The camera has no path yet."""
    CAMERA_OFF = "camera_off"
    """The camera is disabled."""
    UNAUTHORIZED = "camera_unauthorized"
    """The camera's credential is not authorized with Google."""
    EXTENSION_FAILED = "extension_failed"
    FLAPPING = "stream_flaps"
    """The stream repeatedly became ready and was lost: Google refuses it."""
    NO_SUCH_PATH = "no_such_path"
    """MediaMTX does not know the camera's path."""
    UNREACHABLE = "video_unreachable"
    """MediaMTX did not answer."""
    NO_VIDEO = "no_video"
    """The stream is ready, but Google sends no video."""
    TIMED_OUT = "stream_timed_out"
    """MediaMTX got no video for a minute: Google's rate limit was reached, or it is down."""
    ASLEEP = "camera_asleep"
    """The stream did not become ready in time."""
    REFUSED = "stream_refused"
    """The server returned a URL that must not be opened."""
    NO_STREAM = "no_stream"
    """The server has no readable stream for the camera."""


class StreamNotStarted(NestMTXError):
    """A camera's stream did not start."""

    def __init__(self, problem: StartProblem, credential: str = "") -> None:
        """Store the reason; `credential` is the name of the credential that is not authorized."""
        super().__init__(problem.value)
        self.problem = problem
        self.credential = credential


class StreamUnavailable(NestMTXError):
    """MediaMTX has no stream at a path, or the stream has ended."""

    def __init__(self, message: str, *, is_missing: bool = False) -> None:
        """Store whether MediaMTX reported that the path does not exist."""
        super().__init__(message)
        self.is_missing = is_missing


class SignalingError(NestMTXError):
    """MediaMTX refused a WebRTC session; `status` is the HTTP status."""

    def __init__(self, message: str, status: int) -> None:
        """Store the HTTP status."""
        super().__init__(message)
        self.status = status
