"""Live views like a page's: an offer over the websocket, and a peer that receives video."""

import asyncio
from typing import Any

from pytest_homeassistant_custom_component.typing import MockHAClientWebSocket

from tests.simulator.probe import PATIENCE
from tests.simulator.viewer import Viewer


async def offer_to(browser: MockHAClientWebSocket, entity_id: str, offer: str) -> tuple[int, str]:
    """Send an offer; return the subscription and the session."""
    await browser.send_json_auto_id(
        {"type": "camera/webrtc/offer", "entity_id": entity_id, "offer": offer}
    )
    result = await browser.receive_json()
    assert result["success"]
    message = await browser.receive_json()
    return result["id"], message["event"]["session_id"]


async def next_message(browser: MockHAClientWebSocket) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE):
        return (await browser.receive_json())["event"]


async def watch(browser: MockHAClientWebSocket, entity_id: str, viewer: Viewer) -> int:
    subscription, _ = await offer_to(browser, entity_id, await viewer.offer())
    message = await next_message(browser)
    assert message["type"] == "answer", message
    await viewer.take(message["answer"])
    await viewer.frame()
    return subscription
