"""Hypothesis strategies for the data of a malicious or broken server."""

from contextlib import contextmanager
import gc
import tracemalloc
from typing import TYPE_CHECKING, Any
import unicodedata

from hypothesis import HealthCheck, Phase, settings, strategies as st

from tests.simulator.rows import camera_row, credential_row

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from tests.simulator import World

QUICK = settings(
    max_examples=50,
    deadline=None,
    # No shrinking, as an example may depend on the state left by those before it.
    phases=[Phase.reuse, Phase.generate],
    # Fixtures are set up only once, as the same session has to endure all examples.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

MAX_TEXT_LENGTH = 255
"""The longest shown text, in characters."""

NAMES = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 1/0 }}",
    "{% for _ in range(10**9) %}x{% endfor %}",
    "%s %(name)d {0} {name!r} ${HOME}",
    "../../etc/passwd",
    "..\\..\\boot.ini",
    "/etc/passwd",
    "nul\x00 bell\x07 colour\x1b[31m line\r\nline",
    "\u202egnp.exe\u2066\u2067\u2068\u2069",
    "line\u2028paragraph\u2029next\x85",
    "half \ud800 of a pair",
    "\udfff",
    " ",
    "\x00",
    "x" * (1 << 20),
    "\N{UMBRELLA}" * 5000,
)
NO_CHECKSUMS: tuple[Any, ...] = (
    None,
    7,
    [],
    "",
    "a" * 63,
    "a" * 65,
    "A" * 64,
    "g" * 64,
    "a" * 64 + "\n",
    "\N{FULLWIDTH DIGIT ZERO}" * 64,
    "../../etc/passwd",
    "../" * 21 + "a",
    "a" * 63 + "\x00",
    "a" * (1 << 20),
)


def nested(depth: int) -> Any:
    """Return a nested list."""
    value: Any = 7
    for _ in range(depth):
        value = [value]
    return value


_HALF_A_PAIR = "Cs"
_CONTROL = "Cc"
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029")

TEXTS = st.sampled_from([*NAMES[:-2], "x" * 5000]) | st.text(st.characters(), max_size=20)
_NUMBERS = st.sampled_from([-1, 2**53, 10**30, -(10**90), 1e308, -0.0]) | st.floats()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | _NUMBERS | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(TEXTS, inner, max_size=4)
        | st.just(nested(100))
    ),
    max_leaves=6,
)
"""Anything."""
TIMES = st.sampled_from(
    [
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59.999999Z",
        "9999-12-31T23:59:59-23:59",
        "1969-12-31 23:59:59",
        "2026-W01",
    ]
)

TOPICS = (
    st.sampled_from(
        [
            *("camera:ready", "camera:*", "camera:", ":", "credentials:authenticated"),
            *("log", "failure", "application:ready", "request", "message", ""),
            *("__class__", "__init__", "__dict__", "_received", "_decode", "on", "emit"),
            *("connect_error", "__disconnect_final", "ready", "x" * (1 << 16)),
        ]
    )
    | TEXTS
).filter(lambda topic: topic not in {"connect", "disconnect", "*"})
MESSAGES = st.lists(st.tuples(TOPICS, st.lists(JSON, max_size=2)), min_size=5, max_size=20)
"""Messages of a topic and payloads."""

_CAMERA_EVENTS = (
    *("demand", "undemand", "ready", "notready", "read", "unread", "extended"),
    *("failed-extension", "hibernated"),
)
EVENTS = st.lists(
    st.builds(
        lambda name, entity, rest: {"domain": "camera", "event": name, "entity": entity, **rest},
        st.sampled_from(_CAMERA_EVENTS),
        st.sampled_from([1, 3, 4, 1, 3, 4, 99, -1, 2**60, None, "1", True]),
        st.fixed_dictionaries(
            {
                "details": st.dictionaries(
                    st.sampled_from(["readerId", "query", "error", "path", "readerType"]),
                    JSON,
                )
                | st.fixed_dictionaries({"expiresAt": TIMES, "readerId": TEXTS})
                | JSON
            },
            optional={"at": TIMES | JSON},
        ),
    ),
    min_size=5,
    max_size=20,
)
"""Realistic events of cameras 1, 3 and 4 and of no camera."""

SERVER_ANSWERS = st.fixed_dictionaries(
    {
        ("version", "list"): JSON
        | st.fixed_dictionaries({"release": TEXTS | JSON, "mediamtx": TEXTS | JSON}),
        ("health", "list"): JSON | st.fixed_dictionaries({"healthy": JSON}),
        ("htop", "list"): JSON
        | st.fixed_dictionaries(
            {
                "cpu": st.lists(st.fixed_dictionaries({"idle": _NUMBERS}) | JSON, max_size=3),
                "memory": st.fixed_dictionaries({"used": _NUMBERS}) | JSON,
                "processes": st.lists(
                    st.fixed_dictionaries({"name": TEXTS, "pid": _NUMBERS}), max_size=3
                ),
            }
        ),
        ("cronjobs", "list"): JSON
        | st.builds(
            lambda items: {"total": len(items), "items": items},
            st.lists(
                st.fixed_dictionaries(
                    {
                        "name": st.sampled_from(["CredentialsJob", "SyncCamerasJob"]) | JSON,
                        "last_run_at": TIMES | JSON,
                    }
                ),
                max_size=3,
            ),
        ),
    }
)
"""Answers about the server itself, by module and command."""


_CAMERA_FIELDS = st.sampled_from(
    [
        *("checksum", "name", "room", "info", "identified_as", "credentialId", "mtx_path"),
        *("is_enabled", "is_persistent", "status", "process_id", "resolution"),
        *("protocols", "codecs_video", "stream_ready", "stream_uptime", "stream_track_count"),
        *("stream_consumer_count", "stream_data_rx", "url_rtsp_tcp", "url_hls_m3u8"),
        *("url_web_rtc", "url_web_rtc"),
    ]
)
CAMERA_CHANGES = st.lists(
    st.tuples(st.integers(0, 4), _CAMERA_FIELDS, TIMES | JSON), min_size=10, max_size=40
)
"""A row, a field, and its value."""
CREDENTIAL_CHANGES = st.lists(
    st.tuples(
        st.integers(0, 1), st.sampled_from(["checksum", "description", "tokens", "secret"]), JSON
    ),
    max_size=4,
)
_IDS = st.sampled_from([0, -1, 2**53, 10**30, "1", True, 1.5])
MORE_ROWS = st.lists(
    JSON | st.fixed_dictionaries({"id": _IDS, "name": TEXTS, "checksum": TEXTS, "room": JSON}),
    max_size=3,
)


def camera_rows(world: World) -> list[dict[str, Any]]:
    """Return the valid rows of all cameras."""
    return [camera_row(camera, world, 0) for camera in world.cameras.values()]


def credential_rows(world: World) -> list[dict[str, Any]]:
    """Return the valid rows of all credentials."""
    return [credential_row(credential) for credential in world.credentials.values()]


def listing(
    rows: list[dict[str, Any]],
    changes: Iterable[tuple[int, str, Any]] = (),
    more: Iterable[Any] = (),
) -> dict[str, Any]:
    """Return the answer with rows, some with changed fields, and additional rows."""
    for index, field, value in changes:
        rows[index][field] = value
    items = [*rows, *more]
    return {"page": 1, "itemsPerPage": 100, "total": len(items), "items": items}


def is_plain(text: str) -> bool:
    """Return whether a text has no control characters, also none for the writing direction."""
    return not _TURNS.intersection(text) and not {_CONTROL, _HALF_A_PAIR}.intersection(
        map(unicodedata.category, text)
    )


@contextmanager
def traced_memory() -> Generator[Callable[[], int]]:
    """Yield a function that returns the bytes allocated within and still in use."""

    def in_use() -> int:
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        yield in_use
    finally:
        tracemalloc.stop()
