"""A simulated NestMTX: everything that a client sees of one, over real sockets."""

from .faults import Faults, Trouble
from .quirks import Quirks
from .records import Camera, Credential, CronJob, GoogleCall, Process, Stream, User
from .scenario import SCENARIOS, Scenario, day, empty, live_a_day, recorded, statuses
from .server import Simulator
from .streams import Picture, Reader, StreamUnavailable
from .times import Times
from .world import PROTOCOLS, World

__all__ = [
    "PROTOCOLS",
    "SCENARIOS",
    "Camera",
    "Credential",
    "CronJob",
    "Faults",
    "GoogleCall",
    "Picture",
    "Process",
    "Quirks",
    "Reader",
    "Scenario",
    "Simulator",
    "Stream",
    "StreamUnavailable",
    "Times",
    "Trouble",
    "User",
    "World",
    "day",
    "empty",
    "live_a_day",
    "recorded",
    "statuses",
]
