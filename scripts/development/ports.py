"""Find free TCP ports on this machine."""

import socket

from .failure import Failure
from .options import HIGHEST_PORT, HOST, Options

# Named after the simulator's options, in the order of their ports.
VIDEO_PROTOCOLS = ("hls", "rtsp", "web-rtc")


def is_free(port: int) -> bool:
    """Return whether a server could listen on a port."""
    with socket.socket() as probe:
        # A server can use a port whose last connections are still closing.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def check(options: Options) -> None:
    """Raise Failure if a port is in use, before anything is started."""
    if options.port == options.simulator_port:
        raise Failure("Home Assistant and the simulator need two different ports")
    for name, port, option in (
        ("Home Assistant", options.port, "--port"),
        ("the simulator", options.simulator_port, "--simulator-port"),
    ):
        if not is_free(port):
            raise Failure(f"port {port} for {name} is in use: name another with {option}")


def video_ports(options: Options) -> dict[str, int]:
    """Return the simulator's video ports: the first free ones after its own."""
    behind = range(options.simulator_port + 1, HIGHEST_PORT + 1)
    free = (port for port in behind if port != options.port and is_free(port))
    chosen = dict(zip(VIDEO_PROTOCOLS, free, strict=False))
    if len(chosen) < len(VIDEO_PROTOCOLS):
        raise Failure("too few ports are free for video: name a lower --simulator-port")
    return chosen
