"""Serve the front door until told to stop."""

import asyncio
import signal
from urllib.parse import urlsplit

from hypercorn.asyncio import serve
from hypercorn.config import Config

from local.desk import Desk
from local.frontdoor.app import FrontDoor
from local.lifeline import follow_parent
from local.overlay.settings import Settings


async def _serve(settings: Settings) -> None:
    config = Config()
    config.bind = [f"127.0.0.1:{urlsplit(settings.site).port}"]
    config.include_server_header = False
    config.graceful_timeout = 2
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for word in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(word, ended.set)
    await serve(FrontDoor(settings, Desk(settings)), config, shutdown_trigger=ended.wait)


if __name__ == "__main__":
    follow_parent()
    asyncio.run(_serve(Settings.from_environment()))
