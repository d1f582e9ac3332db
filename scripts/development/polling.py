"""Wait by polling."""

import asyncio
from collections.abc import Awaitable, Callable

from .failure import Failure

INTERVAL = 0.5


async def wait_for[T](what: str, look: Callable[[], Awaitable[T | None]], *, seconds: float) -> T:
    """Call `look` until it returns a result. Raises Failure after `seconds`."""
    try:
        async with asyncio.timeout(seconds):
            while True:
                answer = await look()
                if answer is not None:
                    return answer
                await asyncio.sleep(INTERVAL)
    except TimeoutError:
        raise Failure(f"{what} did not happen within {seconds:.0f} seconds") from None
