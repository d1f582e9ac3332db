"""What can go wrong between us and a NestMTX server."""

from enum import StrEnum


class NestMTXError(Exception):
    """Base of every error that this client raises."""


class InvalidAddress(NestMTXError):
    """What was given as the host is no host name, IP address or URL."""


class CannotConnect(NestMTXError):
    """The server could not be reached, or refused the connection."""


class ConnectTimeout(CannotConnect):
    """The server did not answer in time while connecting."""


class InvalidCertificate(CannotConnect):
    """The server's TLS certificate is not trusted."""


class NotEncrypted(CannotConnect):
    """The server was to be reached over TLS, and does not speak it."""


class NotNestMTX(CannotConnect):
    """Something answered, but not as a NestMTX server does."""


class InvalidAuth(NestMTXError):
    """The user name and password, or the token, are not accepted."""


class ConnectionLost(NestMTXError):
    """The connection ended before the answer came."""


class RequestTimeout(NestMTXError):
    """The server did not answer a request in time."""


class InvalidStreamUrl(NestMTXError):
    """The server names an address of a camera's video that must not be opened."""


class InvalidAnswer(NestMTXError):
    """The server answered a request with something of another shape than it should have."""


class IncompleteList(NestMTXError):
    """The rows of a list kept moving while its pages were fetched, or they are too many."""


class InvalidRequest(NestMTXError):
    """A request that the server would not accept; nothing was sent."""


class RequestError(NestMTXError):
    """The server answered a request with an error.

    `message` is the server's own: English words, or a bare key such as
    `errors.cameras.update.mtxPathAlreadyInUse`. The `context` that the server sends along is
    dropped on arrival: it echoes the whole request, passwords included. So is the statement that
    an error of its database begins with.
    """

    def __init__(self, message: str, details: tuple[str, ...] = ()) -> None:
        """Keep the server's message, and the message of each of its details."""
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
    """A path is made of letters, digits and the characters - . _ ~ only."""
    PATH_IN_USE = "path_in_use"
    PATH_TOO_SIMILAR = "path_too_similar"
    """The server would run one process for this path and another camera's."""
    PATH_REQUIRED = "path_required"
    """Without a path a camera cannot be enabled."""
    NO_PROCESS = "no_process"
    """The camera's stream has no process that could be restarted."""
    RESTART_REFUSED = "restart_refused"
    """A process that the server restarts leaves another one, which streams on for ever."""
    STREAM_UNSETTLED = "stream_unsettled"
    """The server did not come to rest after the camera's process was stopped."""
    STREAM_GOES_ON = "stream_goes_on"
    """The camera is persistent no more, and its stream could not be ended."""
    JOB_RUNNING = "job_running"
    JOB_GONE = "job_gone"
    """The server has no job of this name."""
    ID_INVALID = "id_invalid"
    """The server reads "9-kitchen" as 9: what is no id is not sent."""
    LOGIN_REFUSED = "login_refused"
    """Logging in by a request gives nothing, and writes the password into the server's log."""
    CREDENTIAL_EXISTS = "credential_exists"
    ROW_GONE = "row_gone"
    USER_GONE = "user_gone"
    USER_EXISTS = "user_exists"
    USER_IN_USE = "user_in_use"
    """It is the user as whom this client is logged in."""
    USER_OF_SYSTEM = "user_of_system"
    """It is the server's own."""
    AUTHORIZATION_MALFORMED = "authorization_malformed"
    """What Google answered is not complete, or belongs to another credential."""


class RefusedChange(NestMTXError):
    """Something is not changed on the server, by its rules or by ours."""

    def __init__(self, problem: ChangeProblem) -> None:
        """Keep the reason."""
        super().__init__(problem.value)
        self.problem = problem


class AuthorizationProblem(StrEnum):
    """Why a credential could not be authorized."""

    INVALID_ORIGIN = "invalid_origin"
    """The address of the server is none."""
    INVALID_CALLBACK = "invalid_callback"
    """What was pasted is not where Google sends the browser to."""
    DENIED = "access_denied"
    """Google was told not to let the server in."""
    OTHER_CREDENTIAL = "other_credential"
    EXPIRED = "code_expired"
    """Google does not accept the code, or not any more."""
    WRONG_CLIENT = "client_refused"
    """Google does not know the OAuth client, or its secret is another one."""
    UNKNOWN_REDIRECT = "redirect_unknown"
    """The redirect address is not registered with the OAuth client."""
    GOOGLE_UNREACHABLE = "google_unreachable"
    """The server has no way to Google."""
    NOT_FINISHED = "not_authorized"
    """It failed for a reason that is not known."""


class RefusedAuthorization(NestMTXError):
    """A credential is not authorized."""

    def __init__(self, problem: AuthorizationProblem) -> None:
        """Keep the reason."""
        super().__init__(problem.value)
        self.problem = problem


class StartProblem(StrEnum):
    """Why a camera's stream did not start, as far as the server told."""

    CAMERA_GONE = "camera_gone"
    CAMERA_UNCONFIGURED = "camera_unconfigured"
    """It has no path yet."""
    CAMERA_OFF = "camera_off"
    """It is disabled."""
    UNAUTHORIZED = "camera_unauthorized"
    """Its credential is not authorized at Google."""
    EXTENSION_FAILED = "extension_failed"
    FLAPPING = "stream_flaps"
    """The stream became ready and was lost, again and again: Google refuses it."""
    NO_SUCH_PATH = "no_such_path"
    """MediaMTX does not know the camera's path."""
    UNREACHABLE = "video_unreachable"
    """MediaMTX did not answer."""
    NO_VIDEO = "no_video"
    """The stream is ready, but Google sends no video."""
    TIMED_OUT = "stream_timed_out"
    """MediaMTX waited for a minute, and no video came: Google was asked too often, or is down."""
    ASLEEP = "camera_asleep"
    """The stream did not become ready in time."""
    REFUSED = "stream_refused"
    """The server names an address that must not be opened."""
    NO_STREAM = "no_stream"
    """The server offers no stream that could be read."""


class StreamNotStarted(NestMTXError):
    """A camera's stream did not start."""

    def __init__(self, problem: StartProblem, credential: str = "") -> None:
        """Keep the reason; `credential` is what the one is called that is not authorized."""
        super().__init__(problem.value)
        self.problem = problem
        self.credential = credential


class StreamUnavailable(NestMTXError):
    """MediaMTX has no stream at a path, or none any more."""

    def __init__(self, message: str, *, is_missing: bool = False) -> None:
        """Keep whether it said that there is no such stream."""
        super().__init__(message)
        self.is_missing = is_missing


class SignalingError(NestMTXError):
    """MediaMTX refused a WebRTC session; `status` is the HTTP status."""

    def __init__(self, message: str, status: int) -> None:
        """Keep what the server said."""
        super().__init__(message)
        self.status = status
