"""`ivr up`: the whole house until Ctrl-C."""

import argparse
import asyncio

from ivr.cli.house import House, open_house
from ivr.settings import Settings


def tell(line: str) -> None:
    """Print one line of progress."""
    print(f"  · {line}", flush=True)


def print_addresses(house: House) -> None:
    """Where a person can go from here."""
    console = house.console_url
    print(f"\n浏览器电话   {console}/phone\n挪车调度     {console}/board\n通话与录音   {console}/calls\n质检、数据   {console}/reviews  {console}/figures\n短信         {console}/sms")
    print(f"登录：admin，密码见 {house.settings.keys_dir / 'console-password'}")
    print(f"媒体入口     {house.media_url}（登录 {house.media_login[0]}，密码见 {house.settings.keys_dir / 'media-password'}）", flush=True)


async def up(settings: Settings, _chosen: argparse.Namespace) -> int:
    """Answer calls until cancelled."""
    print("12123 语音服务：正在启动", flush=True)
    async with open_house(settings, tell=tell) as house:
        print_addresses(house)
        print("按 Ctrl-C 结束", flush=True)
        await asyncio.get_running_loop().create_future()
    return 0
