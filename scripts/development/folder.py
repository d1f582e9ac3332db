"""Home Assistant's configuration folder."""

from collections.abc import Iterator
from contextlib import contextmanager
import fcntl
import json
from pathlib import Path
import shutil

from .failure import Failure
from .options import HOST, ROOT, Options

# Marks a folder that was created here, to distinguish it from any other.
MARKER = ".scripts-develop"
SIMULATOR_PORT = ".simulator-port"

CONFIGURATION = """\
frontend:
history:
logbook:
stream:
automation: !include automations.yaml

logger:
  default: warning
  logs:
    custom_components.nestmtx: info
"""


@contextmanager
def prepared(options: Options) -> Iterator[None]:
    """Create the folder, and lock it against other runs during the context."""
    folder = options.config
    refuse_foreign(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / MARKER).open("a") as marker:
        try:
            fcntl.flock(marker, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure(
                f"{folder} is in use by another run: name another with --config"
            ) from None
        if options.fresh:
            empty(folder)
        fill(folder, options.port, options.components)
        yield


def refuse_foreign(folder: Path) -> None:
    """Raise Failure for a folder that was not created here."""
    if not folder.exists() or (folder / MARKER).is_file():
        return
    if not folder.is_dir() or any(folder.iterdir()):
        raise Failure(f"{folder} was not made by scripts/develop: name an empty folder")


def empty(folder: Path) -> None:
    """Remove everything except the marker, which is locked."""
    for path in folder.iterdir():
        if path.name == MARKER:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def fill(folder: Path, port: int, components: Path | None = None) -> None:
    """Write the files that Home Assistant needs to start, and keep the developer's changes."""
    write_once(folder / "configuration.yaml", CONFIGURATION)
    write_once(folder / "automations.yaml", "[]\n")
    link_components(folder / "custom_components", ROOT / "custom_components", components)
    storage = folder / ".storage"
    storage.mkdir(exist_ok=True)
    (storage / "http").write_text(json.dumps(http_settings(port)))


def link_components(target: Path, *sources: Path | None) -> None:
    """Link the integrations of some folders into another one."""
    if target.is_symlink():
        # Earlier versions linked the whole folder.
        target.unlink()
    target.mkdir(exist_ok=True)
    # A package, which Home Assistant finds before the repository's.
    (target / "__init__.py").touch()
    for source in filter(None, sources):
        for manifest in source.glob("*/manifest.json"):
            link = target / manifest.parent.name
            # Replace the link, as the repository may have been moved.
            link.unlink(missing_ok=True)
            link.symlink_to(manifest.parent, target_is_directory=True)


def logs(folder: Path) -> Path:
    """Return the folder of both servers' output."""
    path = folder / "logs"
    path.mkdir(exist_ok=True)
    return path


def known_simulator_port(folder: Path) -> int | None:
    """Return the port of the last run's simulator; None after --fresh."""
    path = folder / SIMULATOR_PORT
    return int(path.read_text()) if path.exists() else None


def remember_simulator_port(folder: Path, port: int) -> None:
    """Store the port of the simulator."""
    (folder / SIMULATOR_PORT).write_text(f"{port}\n")


def write_once(path: Path, text: str) -> None:
    """Write a file, unless it exists."""
    if not path.exists():
        path.write_text(text)


def http_settings(port: int) -> dict[str, object]:
    """Return the content of Home Assistant's storage file for its HTTP server.

    It restricts Home Assistant to this machine, as the password is public and an administrator can
    run anything. In YAML, it would be a trial that ends after five minutes.
    """
    return {
        "version": 3,
        "minor_version": 1,
        "key": "http",
        "data": {
            "stable": {
                "server_host": [HOST],
                "server_port": port,
                "cors_allowed_origins": [],
                "login_attempts_threshold": -1,
                "ip_ban_enabled": False,
                "ssl_profile": "intermediate_v6",
                "use_x_frame_options": True,
                "created_at": "2026-01-01T00:00:00+00:00",
                "error": None,
                "error_message": None,
            },
            "pending": None,
            "yaml_migration_done": True,
        },
    }
