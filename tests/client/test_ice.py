"""The ICE servers that MediaMTX lists."""

import aiohttp
from aiohttp.test_utils import unused_port
import pytest

from custom_components.nestmtx.client import CannotConnect, IceServer, ice_servers
from custom_components.nestmtx.client.media.whep import MAX_ICE_SERVERS
from tests.simulator import Simulator


def _url(simulator: Simulator) -> str:
    return f"http://127.0.0.1:{simulator.web_rtc_port}/front/whep"


def _turn(url: str, credential: str) -> str:
    """Return a TURN server's link as MediaMTX sends it."""
    return (
        f'<{url}>; rel="ice-server"; username="u"; credential="{credential}"; '
        'credential-type="password"'
    )


async def test_requesting_ice_servers_wakes_no_camera(
    simulator: Simulator, http: aiohttp.ClientSession
) -> None:
    simulator.world.ice_servers = (
        '<stun:stun.example:3478>; rel="ice-server"',
        _turn("turns:turn.example:5349?transport=tcp", "s=e,c:r/e+t=="),
    )

    assert await ice_servers(http, _url(simulator)) == (
        IceServer("stun:stun.example:3478"),
        IceServer("turns:turn.example:5349?transport=tcp", "u", "s=e,c:r/e+t=="),
    )
    assert simulator.whep.requests == [("OPTIONS", "/front/whep")]
    assert simulator.world.cameras[1].process is None


async def test_a_server_may_have_no_ice_servers(
    simulator: Simulator, http: aiohttp.ClientSession
) -> None:
    assert await ice_servers(http, _url(simulator)) == ()


@pytest.mark.parametrize(
    "link",
    [
        '<javascript:alert(1)>; rel="ice-server"',
        '<http://elsewhere.example/>; rel="ice-server"',
        '<stun.example>; rel="ice-server"',
        '<//stun.example>; rel="ice-server"',
        '<stun:>; rel="ice-server"',
        '<stun:two words>; rel="ice-server"',
        '<stun:[>; rel="ice-server"',
        '<stun:stun.example?transport=udp>; rel="ice-server"',
        '<stun:stun.example:0>; rel="ice-server"',
        '<stun:stun.example:99999>; rel="ice-server"',
        '<stun:stun.example:65536>; rel="ice-server"',
        '<stun:[::1]:0>; rel="ice-server"',
        '<stun:[::1::2]>; rel="ice-server"',
        '<stun:[:::]:3478>; rel="ice-server"',
        '<stun:...>; rel="ice-server"',
        _turn("turn:turn.example:99999", "c"),
        _turn("turn:turn.example:0?transport=udp", "c"),
        '<turn:turn.example>; rel="ice-server"; username="' + "u" * 509 + '"; credential="c"',
        # A browser rejects a TURN server without a user, and all other servers with it.
        '<turn:turn.example>; rel="ice-server"',
        '<turn:turn.example>; rel="ice-server"; username="u"',
        _turn("turn:turn.example", ""),
        _turn("turn:turn.example", r"\ud800"),
        _turn("turn:turn.example", r"\x"),
        '<http://[>; rel="ice-server"',
        '<stun:stun.example>; rel="preload"',
        "<stun:stun.example>",
        'stun:stun.example; rel="ice-server"',
        "<",
        ",,;;",
    ],
)
async def test_an_invalid_ice_server_is_left_out(
    simulator: Simulator, http: aiohttp.ClientSession, link: str
) -> None:
    simulator.world.ice_servers = (link, '<stun:good.example>; rel="ice-server"')

    assert await ice_servers(http, _url(simulator)) == (IceServer("stun:good.example"),)


@pytest.mark.parametrize(
    ("sent", "credential"),
    [
        ("semi;colon", "semi;colon"),
        ("com,<ma>", "com,<ma>"),
        (r"quo\"te", 'quo"te'),
        (r"back\\slash", r"back\slash"),
        (r"\u003cless\u003e", "<less>"),
    ],
)
async def test_a_credential_may_contain_any_character(
    simulator: Simulator, http: aiohttp.ClientSession, sent: str, credential: str
) -> None:
    """MediaMTX quotes it as a JSON string."""
    simulator.world.ice_servers = (_turn("turn:t.example", sent),)

    assert await ice_servers(http, _url(simulator)) == (
        IceServer("turn:t.example", "u", credential),
    )


async def test_the_number_of_ice_servers_is_limited(
    simulator: Simulator, http: aiohttp.ClientSession
) -> None:
    links = [f'<stun:s{number}.example>; rel="ice-server"' for number in range(100)]
    simulator.world.ice_servers = (", ".join(links),)

    found = await ice_servers(http, _url(simulator))

    assert found == tuple(IceServer(f"stun:s{number}.example") for number in range(MAX_ICE_SERVERS))


async def test_one_header_may_list_several_ice_servers(
    simulator: Simulator, http: aiohttp.ClientSession
) -> None:
    line = ", ".join((_turn("turn:t.example", "c"), '<stun:[fd00::5]:3478>; rel="ice-server"'))
    simulator.world.ice_servers = (line,)

    assert await ice_servers(http, _url(simulator)) == (
        IceServer("turn:t.example", "u", "c"),
        IceServer("stun:[fd00::5]:3478"),
    )


async def test_requesting_ice_servers_from_a_closed_port_fails(
    http: aiohttp.ClientSession,
) -> None:
    with pytest.raises(CannotConnect):
        await ice_servers(http, f"http://127.0.0.1:{unused_port()}/front/whep")
