"""Temporary outages of a server: how each begins and ends."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus

from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .bench import Bench
from .link import BOTH, Direction
from .resolver import NAME, Names

type Act = Callable[[Bench, Names], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Outage:
    """An outage of a server for longer than the grace time."""

    name: str
    begin: Act
    end: Act
    pings: tuple[float, float] = (25, 20)
    host: str | None = None
    lasts: float = 0.0
    """Seconds that the outage goes on after entities have become unavailable."""


async def _stop(bench: Bench, _: Names) -> None:
    """Stop like on SIGTERM: refuse new connections at once, and serve old ones for some time."""
    bench.proxy.refuse()
    await bench.while_resyncing()
    assert bench.seen == []
    await bench.simulator.kill()


async def _start(bench: Bench, _: Names) -> None:
    await bench.simulator.start()
    await bench.proxy.start()


async def _kill(bench: Bench, _: Names) -> None:
    await bench.simulator.kill()


async def _start_again(bench: Bench, _: Names) -> None:
    await bench.simulator.start()


async def _cut(bench: Bench, _: Names) -> None:
    bench.proxy.refuse()
    bench.proxy.cut()


async def _reset(bench: Bench, _: Names) -> None:
    bench.proxy.refuse()
    bench.proxy.reset()


async def _listen(bench: Bench, _: Names) -> None:
    await bench.proxy.start()


async def _accept_and_say_nothing(bench: Bench, _: Names) -> None:
    bench.proxy.cut()
    bench.proxy.swallow()


async def _mute_websockets(bench: Bench, _: Names) -> None:
    bench.proxy.faults.mute_websockets = True
    bench.proxy.cut()


async def _unmute_websockets(bench: Bench, _: Names) -> None:
    bench.proxy.faults.mute_websockets = False


async def _pass_on(bench: Bench, _: Names) -> None:
    bench.proxy.pass_on()


async def _be_silent(bench: Bench, _: Names) -> None:
    bench.simulator.faults.silent = True


async def _speak(bench: Bench, _: Names) -> None:
    bench.simulator.faults.silent = False


async def _forget_the_name(bench: Bench, names: Names) -> None:
    names.known = False
    # aiohttp caches resolved names for ten seconds.
    async_get_clientsession(bench.hass).connector.clear_dns_cache()
    bench.proxy.cut()


async def _know_the_name(bench: Bench, names: Names) -> None:
    names.known = True


def _swallow(directions: frozenset[Direction]) -> Act:
    async def swallow(bench: Bench, _: Names) -> None:
        bench.proxy.swallow(directions)

    return swallow


def _answer_html(status: HTTPStatus) -> Act:
    async def answer_html(bench: Bench, _: Names) -> None:
        bench.proxy.answer_html(status)

    return answer_html


_QUICK_PINGS = (0.4, 0.4)

OUTAGES = (
    Outage("server_stopped_and_restarted", _stop, _start),
    Outage("server_killed_and_restarted", _kill, _start_again),
    Outage("server_that_answers_nothing", _be_silent, _speak),
    Outage("connection_cut_and_refused", _cut, _listen),
    Outage("connection_reset_and_refused", _reset, _listen),
    Outage("unreachable_for_longer_than_the_largest_back_off", _cut, _listen, lasts=2.0),
    Outage("connections_accepted_and_nothing_said", _accept_and_say_nothing, _pass_on),
    Outage("websockets_opened_and_nothing_said", _mute_websockets, _unmute_websockets),
    Outage("half_open_link", _swallow(BOTH), _pass_on, _QUICK_PINGS),
    Outage(
        "half_open_link_from_the_server",
        _swallow(frozenset({Direction.TO_CLIENT})),
        _pass_on,
        _QUICK_PINGS,
    ),
    Outage(
        "half_open_link_to_the_server",
        _swallow(frozenset({Direction.TO_SERVER})),
        _pass_on,
        _QUICK_PINGS,
    ),
    Outage("proxy_that_answers_502", _answer_html(HTTPStatus.BAD_GATEWAY), _pass_on),
    Outage("proxy_that_answers_200_with_a_page", _answer_html(HTTPStatus.OK), _pass_on),
    Outage("proxy_that_answers_401_with_a_page", _answer_html(HTTPStatus.UNAUTHORIZED), _pass_on),
    Outage("host_name_that_stops_resolving", _forget_the_name, _know_the_name, host=NAME),
)
