"""A connection that is lost and can be restored at once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from homeassistant.const import STATE_OFF
import pytest

from custom_components.nestmtx.client import Timings

from .bench import CONNECTION, Bench
from .frames import BINARY

READY = b'"camera:ready"'
"""Bytes that occur only in the frame of an event."""


@pytest.fixture
def timings(timings: Timings) -> Timings:
    """A grace time longer than any hiccup, even on a slow machine."""
    return replace(timings, grace=60.0)


@dataclass(frozen=True, slots=True)
class Hiccup:
    """A way in which a connection can end."""

    name: str
    happen: Callable[[Bench], Awaitable[None]]


async def _cut(bench: Bench) -> None:
    bench.proxy.cut()


async def _reset(bench: Bench) -> None:
    bench.proxy.reset()


async def _reset_in_mid_frame(bench: Bench) -> None:
    bench.proxy.reset_in_mid_frame()
    await bench.simulator.fire("camera", "ready", 1)


async def _disconnect(bench: Bench) -> None:
    await bench.simulator.disconnect_all()


async def _restart(bench: Bench) -> None:
    await bench.simulator.kill()
    await bench.simulator.start()


async def _restart_while_a_list_is_on_its_way(bench: Bench) -> None:
    asked = len(bench.simulator.requests)
    bench.simulator.faults.delay = 0.2
    await bench.until(lambda: len(bench.simulator.requests) > asked)
    await _restart(bench)
    bench.simulator.faults.delay = 0.0


def _inject(*payloads: bytes, opcode: int = 1) -> Callable[[Bench], Awaitable[None]]:
    async def inject(bench: Bench) -> None:
        bench.proxy.inject(*payloads, opcode=opcode)

    return inject


def _corrupt(replacement: bytes) -> Callable[[Bench], Awaitable[None]]:
    async def corrupt(bench: Bench) -> None:
        bench.proxy.faults.corrupt = (READY, replacement)
        await bench.simulator.fire("camera", "ready", 1)

    return corrupt


HICCUPS = (
    Hiccup("connection_cut", _cut),
    Hiccup("connection_reset", _reset),
    Hiccup("connection_reset_in_mid_frame", _reset_in_mid_frame),
    Hiccup("server_that_disconnects", _disconnect),
    Hiccup("server_that_closes_the_engine", _inject(b"1")),
    Hiccup("server_that_leaves_the_namespace", _inject(b"41")),
    Hiccup("quick_restart", _restart),
    Hiccup("restart_while_a_list_is_on_its_way", _restart_while_a_list_is_on_its_way),
    Hiccup("frame_of_invalid_utf8", _corrupt(b'"camera:\xff\xfe"')),
    Hiccup("frame_of_an_unknown_opcode", _inject(b"4", opcode=5)),
    Hiccup("frame_that_is_no_packet", _inject(b"hello")),
    Hiccup("empty_frame", _inject(b"")),
)


@pytest.mark.parametrize("hiccup", HICCUPS, ids=lambda hiccup: hiccup.name)
async def test_a_hiccup_shows_in_the_connection_only_and_costs_nothing(
    hiccup: Hiccup, bench: Bench
) -> None:
    await hiccup.happen(bench)
    await bench.until_lost()
    await bench.change_server()
    await bench.until_back()
    await bench.until_true()

    assert bench.was_available
    assert bench.saw(STATE_OFF, [CONNECTION])
    await bench.until(lambda: bench.proxy.websockets == 1)
    bench.assert_kept()
    bench.assert_logged()


NONSENSE = {
    "message_of_invalid_json": _corrupt(b'"camera:ready'),
    "message_that_ends_early": _inject(b'42["camera:ready",{'),
    "message_that_is_no_event": _inject(b"42{}", b"42[]", b"42", b"42null", b'42"ready"', b"42[7]"),
    "message_of_an_unknown_kind": _inject(b"49", b"4x", b"4"),
    "message_of_another_namespace": _inject(b'42/admin,["camera:ready",{}]', b"41/admin,"),
    "acknowledgement_of_nothing": _inject(b"431[]", b"43[1]", b"43"),
    "connection_refused_late": _inject(b'44{"message":"Unauthorized"}', b"44"),
    "connected_twice": _inject(b'40{"sid":"another"}', b"40"),
    "packet_of_an_unknown_kind": _inject(b"9", b"7x"),
    "binary_frame_of_nothing": _inject(b"\x00\x01\x02", b"", opcode=BINARY),
    "binary_event": _inject(b'451-["camera:ready",{"_placeholder":true,"num":0}]'),
    "binary_event_without_its_data": _inject(b'452-["camera:ready",{}]', b"42[]", b"42[]"),
    "deeply_nested_message": _inject(b"42" + b"[" * 100_000 + b"]" * 100_000),
    "number_of_a_million_digits": _inject(b'42["log",' + b"9" * 1_000_000 + b"]"),
}


@pytest.mark.parametrize("happen", NONSENSE.values(), ids=NONSENSE.keys())
async def test_an_invalid_message_at_most_ends_the_connection(
    happen: Callable[[Bench], Awaitable[None]], bench: Bench
) -> None:
    await happen(bench)
    await bench.change_server()
    await bench.until_true()

    assert bench.was_available
    bench.assert_kept()
    bench.assert_logged()
