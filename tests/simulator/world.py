"""The actual state of a simulated NestMTX: plain data, independent of sockets."""

from dataclasses import dataclass, field
import hashlib
import secrets

from .devices import KINDS, Json, description
from .records import (
    Camera,
    Credential,
    CronJob,
    GoogleCall,
    Process,
    Token,
    User,
    base64_text,
    elapsed,
    utc_now,
)

PROTOCOLS = ("rtsp", "rtmp", "hls", "web_rtc", "srt")


def _cron_jobs() -> list[CronJob]:
    started = utc_now().replace(second=0, microsecond=0)
    return [
        CronJob(name, crontab, started, started)
        for name, crontab in (
            ("ExtendCameraStreamAuthenticationJob", "* * * * *"),
            ("PersistCameraJob", "* * * * *"),
            ("SyncCloudCamerasJob", "0 * * * *"),
            ("CredentialsJob", "* * * * *"),
            ("ConfirmStreamerProcessesJob", "*/30 * * * * *"),
        )
    ]


@dataclass
class World:
    """All data of a server. `protocols` are those that its MediaMTX offers."""

    cameras: dict[int, Camera] = field(default_factory=dict)
    credentials: dict[int, Credential] = field(default_factory=dict)
    users: dict[int, User] = field(default_factory=dict)
    cron_jobs: list[CronJob] = field(default_factory=_cron_jobs)
    processes: list[Process] = field(
        default_factory=lambda: [Process("nestmtx", 20852), Process("mediamtx", 20952)]
    )
    cloud: list[Json] = field(default_factory=list)
    """Google's devices to be added by the next synchronization: `add_camera` arguments."""
    reaches_google: bool = True
    """The server can reach Google's hosts."""
    google_calls: list[GoogleCall] = field(default_factory=list)
    """The streams' calls to Google, in order."""
    protocols: set[str] = field(default_factory=lambda: {"hls"})
    ports: dict[str, int] = field(
        default_factory=lambda: {
            "rtsp": 8554,
            "rtp": 8000,
            "rtcp": 8001,
            "rtmp": 1935,
            "hls": 8888,
            "web_rtc": 8889,
            "srt": 8890,
        }
    )
    ice_servers: tuple[str, ...] = ()
    """The ICE servers that its MediaMTX sends to WebRTC viewers: one `Link` header each."""
    tokens: dict[str, Token] = field(default_factory=dict)
    _last_ids: dict[str, int] = field(default_factory=dict)
    _last_pid: int = 26000

    def add_camera(
        self,
        *,
        name: str,
        room: str = "Unknown",
        path: str | None = None,
        enabled: bool | None = None,
        persistent: bool = False,
        kind: str = "battery",
        credential: int | None = None,
        uid: str | None = None,
    ) -> Camera:
        """Add a camera with a new id; by default enabled if it has a path."""
        number = self._next_id("cameras")
        owner = credential or next(iter(self.credentials), 1)
        device = uid or self._device_id(owner, name)
        camera = Camera(
            id=number,
            credential_id=owner,
            uid=device,
            room=room,
            name=name,
            kind=KINDS[kind],
            info=description(KINDS[kind], device, name, room, number),
            path=path,
            enabled=path is not None if enabled is None else enabled,
            persistent=persistent,
        )
        self.cameras[number] = camera
        return camera

    def remove_camera(self, camera_id: int) -> None:
        """Remove a camera's row, which the real server never does on its own."""
        del self.cameras[camera_id]

    def add_credential(
        self, description: str, *, authorized: bool = True, project: str | None = None
    ) -> Credential:
        """Add a credential with a new id."""
        digest = hashlib.sha256(description.encode()).hexdigest()
        identity = self._next_id("credentials")
        credential = Credential(
            id=identity,
            description=description,
            oauth_client_id=f"{int(digest[:8], 16)}-{digest[8:24]}.apps.googleusercontent.com",
            oauth_client_secret=f"GOCSPX-{digest[24:48]}",
            dac_project_id=project or _uuid(digest),
            tokens="{}" if authorized else None,
        )
        self.credentials[identity] = credential
        return credential

    def add_user(self, username: str, password: str, *, can_login: bool = True) -> User:
        """Add a user with a new id."""
        user = User(self._next_id("users"), username, password, can_login)
        self.users[user.id] = user
        return user

    def remove_user(self, user_id: int) -> None:
        """Remove a user and its tokens."""
        username = self.users[user_id].username
        self.revoke_tokens(username)
        del self.users[user_id]

    def user_named(self, username: object) -> User | None:
        """Return the user with a name."""
        return next((user for user in self.users.values() if user.username == username), None)

    def issue_token(self, user: User) -> str:
        """Return a new bearer token; as recorded, it never expires in the database."""
        number = base64_text(str(self._next_id("tokens")).encode())
        token = f"oat_{number}.{base64_text(secrets.token_bytes(32))}"
        self.tokens[token] = Token(user.id, elapsed())
        return token

    def revoke_tokens(self, username: str) -> None:
        """Revoke all tokens of a user."""
        ids = {user.id for user in self.users.values() if user.username == username}
        self.tokens = {
            text: token for text, token in self.tokens.items() if token.user_id not in ids
        }

    def token_owner(self, text: str, lifetime: float | None = None) -> User | None:
        """Return the owner of a token; `lifetime` is in seconds, None: tokens never expire."""
        token = self.tokens.get(text)
        if token is None or (lifetime is not None and elapsed() - token.issued > lifetime):
            return None
        return self.users.get(token.user_id)

    def camera_at(self, path: str) -> Camera | None:
        """Return the camera that is published at a path."""
        return next((camera for camera in self.cameras.values() if camera.path == path), None)

    def authorized(self, camera: Camera) -> bool:
        """Return whether Google would provide this camera's stream."""
        credential = self.credentials.get(camera.credential_id)
        return credential is None or credential.tokens is not None

    def next_pid(self) -> int:
        """Return the id of the next process."""
        self._last_pid += 1
        return self._last_pid

    def _next_id(self, table: str) -> int:
        self._last_ids[table] = self._last_ids.get(table, 0) + 1
        return self._last_ids[table]

    def _device_id(self, credential_id: int, name: str) -> str:
        credential = self.credentials.get(credential_id)
        project = credential.dac_project_id if credential else _uuid("0" * 64)
        twins = sum(camera.name == name for camera in self.cameras.values())
        device = hashlib.sha256(f"{name}/{twins}".encode()).digest()
        return f"enterprises/{project}/devices/AVPHwE{base64_text(device)}"


def _uuid(digest: str) -> str:
    return f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"
