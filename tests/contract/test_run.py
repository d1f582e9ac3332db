"""The contract tests, run as on a real server: over HTTPS, with a self-signed certificate."""

import asyncio
import os
from pathlib import Path
import ssl
import sys

import trustme

from tests.faults.proxy import FaultProxy
from tests.simulator import Simulator

ROOT = Path(__file__).parents[2]


async def test_a_run_over_https_passes_with_one_login_and_leaves_no_timer(
    simulator: Simulator,
) -> None:
    proxy = FaultProxy((simulator.host, simulator.port))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    await proxy.start(context)

    run = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pytest", "tests/contract/test_contract.py"),
        *("-q", "-p", "no:cacheprovider"),
        cwd=ROOT,
        env={
            **os.environ,
            "NESTMTX_URL": f"https://{proxy.host}:{proxy.port}",
            "NESTMTX_USERNAME": "nestmtx",
            "NESTMTX_PASSWORD": "nestmtx",
            "NESTMTX_ALLOW_WRITES": "1",
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await run.communicate()
    await proxy.stop()

    assert run.returncode == 0, output.decode()[-4000:]
    # Each token stays on the server forever.
    assert simulator.logins == 1
