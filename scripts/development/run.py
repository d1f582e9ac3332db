"""Start both servers, connect them, and run until stopped."""

import asyncio
from collections.abc import Coroutine, Iterator
import sys
import time

from aiohttp import ClientError

from . import account, dashboard, entry, folder, home_assistant, ports, simulator
from .api import Api, connected
from .child import running
from .failure import Failure
from .options import HOME_ASSISTANT, SIMULATOR, Options, parse
from .signals import STOP_SIGNALS


def main(arguments: list[str]) -> int:
    """Run until stopped; return 0 when stopped by a signal, 1 on a failure."""
    options = parse(arguments)
    code = 0
    try:
        asyncio.run(until_stopped(serve(options)))
    except* Failure as failures:
        code = 1
        for failure in leaves(failures):
            say(str(failure))
    return code


async def until_stopped(work: Coroutine[None, None, None]) -> None:
    """Run `work`, and cancel it on a stop signal."""
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(work)

    def stop() -> None:
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, lambda: None)
        say("stopping")
        task.cancel()

    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, stop)
    await asyncio.wait({task})
    if not task.cancelled():
        task.result()


async def serve(options: Options) -> None:
    """Run both servers until cancelled, and always end both."""
    started = time.monotonic()
    ports.check(options)
    video_ports = ports.video_ports(options)
    with folder.prepared(options):
        logs = folder.logs(options.config)
        say(f"what both servers print is kept in {logs}")
        say_where(options.simulator_port, video_ports)
        async with running(simulator.command(options, video_ports), logs / "simulator.log"):
            await simulator.wait_listening(options.simulator_port)
            say("starting Home Assistant; the first start installs its packages")
            command = home_assistant.command(options.config)
            async with running(command, logs / "home-assistant.log"):
                await set_up(options)
                say_ready(options, time.monotonic() - started)
                await asyncio.Event().wait()


async def set_up(options: Options) -> None:
    """Set up a starting Home Assistant with the simulator's cameras and a dashboard."""
    try:
        token = await account.log_in(options.url)
        async with connected(options.url, token) as home:
            await account.complete_onboarding(home, options.url)
            await home_assistant.wait_running(home)
            await connect_to_simulator(home, options)
            await entry.remove_suggestions(home)
            await dashboard.publish(home)
    except (ClientError, TimeoutError) as error:
        # If the process has ended, let its watcher report that first, with the log.
        await asyncio.sleep(1)
        raise Failure(f"Home Assistant stopped answering: {error}") from error


async def connect_to_simulator(home: Api, options: Options) -> None:
    """Add the simulated server, unless it is added; replace one on another port."""
    entries = await entry.find(home)
    if entries and folder.known_simulator_port(options.config) != options.simulator_port:
        await entry.remove(home, entries)
        entries = []
    if not entries:
        say("adding the simulated server to Home Assistant")
        await entry.add(home, options.simulator_port)
        folder.remember_simulator_port(options.config, options.simulator_port)
    await entry.wait_loaded(home)


def say_where(simulator_port: int, video_ports: dict[str, int]) -> None:
    """Print the simulator's ports."""
    video = ", ".join(f"{protocol} on {port}" for protocol, port in video_ports.items())
    say(f"starting the simulator on port {simulator_port}, its video: {video}")


def say_ready(options: Options, seconds: float) -> None:
    """Print the URLs and accounts."""
    say(
        f"ready after {seconds:.0f} s: {options.url} ({HOME_ASSISTANT}), "
        f"simulator {options.simulator_url} ({SIMULATOR}); Ctrl-C stops both"
    )


def leaves(group: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    """Yield the exceptions of nested groups."""
    for exception in group.exceptions:
        if isinstance(exception, BaseExceptionGroup):
            yield from leaves(exception)
        else:
            yield exception


def say(text: str) -> None:
    """Print a line to standard error."""
    print(f"develop: {text}", file=sys.stderr, flush=True)
