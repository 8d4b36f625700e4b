"""`ivr demo`: the main job in real audio, in real time, through the whole house."""

import argparse
import asyncio
import math
import shutil
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from ivr.call.ports import CallFacts, TranscriptLine
from ivr.cli.house import House, open_house
from ivr.cli.scenes import OWNER, SCENES, Scene
from ivr.cli.scripted import Listen, Outcome, Press, ScriptedCaller
from ivr.cli.texted import code_in
from ivr.cli.up import print_addresses, tell
from ivr.settings import Settings
from ivr.speech.pyttsx import PyttsxSynthesizer
from telephony.exchange import Ring
from telephony.media.phone import SimulatedPhone
from telephony.media.phone_call import PhoneCall

P50_LIMIT_SECONDS, P95_LIMIT_SECONDS = 0.8, 1.5
_CHINA = ZoneInfo("Asia/Shanghai")
_console = Console(highlight=False, soft_wrap=True)


@dataclass(slots=True)
class Result:
    """What came of a scene."""

    scene: Scene
    outcome: Outcome = field(default_factory=Outcome)
    call_id: str = ""
    done: bool = False
    seconds: float = 0.0


class Screen:
    """Prints the conversation as it happens."""

    def __init__(self) -> None:
        self.stages: list[Any] = []
        self.said: dict[str, str] = {}

    def line(self, facts: CallFacts, line: TranscriptLine) -> None:
        """One line of a transcript."""
        side = "  车主" if facts.direction == "out" else "来电"
        stamp = f"[dim]{line.at_seconds:6.1f}s[/dim]"
        if line.by_caller:
            sure = f" [dim]({line.confidence:.2f})[/dim]" if line.confidence is not None else ""
            _console.print(f"{stamp} [cyan]{side}人：[/cyan]{line.text}{sure}")
            return
        self.said[facts.call_id] = self.said.get(facts.call_id, "") + line.text
        _console.print(f"{stamp} [green]{side}←机：[/green]{line.text} [dim]{self._stages(line)}[/dim]")

    def said_in(self, call_id: str) -> str:
        """Everything the service has said in a call."""
        return self.said.get(call_id, "")

    def _stages(self, line: TranscriptLine) -> str:
        t = line.timings
        if t is None or t.dialogue_ms is None:
            return ""
        self.stages.append(t)
        parts = (("收尾", t.end_of_turn_ms), ("识别", t.recognize_ms), ("对话", t.dialogue_ms), ("发声", t.speak_ms))
        return "ms: " + " ".join(f"{name}{value:.0f}" for name, value in parts if value is not None)


async def demo(settings: Settings, chosen: argparse.Namespace) -> int:
    """Run the house, place the scripted calls, print the table; 0 when every task was done."""
    began = asyncio.get_running_loop().time()
    folder = settings.data_dir / "demo"
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    screen = Screen()
    _console.print("[bold]12123 语音服务演示[/bold]：真实音频、实时、走完整个系统；语音模型只学过合成声音，真实来电的识别率会低得多。")
    async with open_house(
        settings.model_copy(update={"data_dir": folder}), tell=tell, watch=screen.line, clock=daytime_clock()
    ) as house:
        first = asyncio.get_running_loop().time() - began
        _console.print(f"  · 启动用时 {first:.0f} 秒\n")
        house.exchange.register(OWNER, owner_phone(house))
        results = [await play(house, scene, screen) for scene in SCENES]
        good = await report(house, results, screen.stages)
        print_addresses(house)
        if sys.stdout.isatty() and not chosen.once:
            _console.print("\n演示结束，服务继续运行；按 Ctrl-C 退出")
            await asyncio.get_running_loop().create_future()
    return 0 if good else 1


def daytime_clock() -> Callable[[], datetime]:
    """A clock that runs from ten in the morning in China, so that owners may be rung at any hour of the machine."""
    now = datetime.now(UTC)
    ten = datetime.combine(now.astimezone(_CHINA).date(), time_of_day(10), tzinfo=_CHINA)
    shift: timedelta = ten - now
    return lambda: datetime.now(UTC) + shift


def owner_phone(house: House) -> Any:
    """A phone whose owner hears the notice out and presses 1."""
    phone = SimulatedPhone(house.media_url, number=OWNER, login=house.media_login)
    voice = PyttsxSynthesizer(variant="m3")

    async def ringing(ring: Ring) -> None:
        await asyncio.sleep(1.5)
        async with phone.answer(ring) as call:
            await ScriptedCaller(call, voice).follow((Press("1", into_seconds=11), Listen()))
            await call.ended()

    return ringing


async def play(house: House, scene: Scene, screen: Screen) -> Result:
    """Place one scripted call."""
    _console.print(f"[bold]── {scene.title} ──[/bold]")
    result = Result(scene)
    voice = PyttsxSynthesizer(variant="f4", rate=170)
    phone = SimulatedPhone(house.media_url, number=scene.number, login=house.media_login)
    began = asyncio.get_running_loop().time()
    try:
        async with phone.dial(house.settings.hotline) as call:
            result.call_id = call.start.call_id
            told = partial(screen.said_in, call.start.call_id)
            result.outcome = await ScriptedCaller(call, voice, told, partial(newest_code, house)).follow(scene.steps)
            await _let_end(call)
            _keep(house.settings.data_dir, scene, call)
    finally:
        await voice.close()
    result.seconds = asyncio.get_running_loop().time() - began
    result.done = await _done(house, scene)
    _console.print("")
    return result


async def _let_end(call: PhoneCall) -> None:
    try:
        await call.ended(within=15)
    except TimeoutError:
        _console.print("[yellow]服务没有挂机，来电人先挂了[/yellow]")


def _keep(folder: Path, scene: Scene, call: PhoneCall) -> None:
    """The caller's own recording of the call, beside the service's."""
    place = folder / "caller-side"
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{scene.number}.wav").write_bytes(call.wav())


async def newest_code(house: House) -> str:
    """The code in the newest text of the outbox, as its receiver would read it."""
    async with house.storage.uow() as uow:
        texts = [each.text for each in await uow.sms.recent(20) if each.kind == "sms_code"]
    return next(filter(None, map(code_in, texts)), "")


async def _done(house: House, scene: Scene) -> bool:
    """Look into the database whether the caller got what he wanted."""
    token = house.storage.cipher.token(scene.number)
    async with house.storage.uow() as uow:
        match scene.leaves:
            case "callback":
                return any(order.caller_token == token for order in await uow.callbacks.open_orders(50))
            case "case":
                case = await uow.cases.open_of(token)
                return case is not None and case.state.value == "ack_coming"
            case service:
                mine = await uow.applications.of_person(house.storage.cipher.token(scene.id_number), 5)
                return any(each.service == service and each.state.value == "submitted" for each in mine)


async def report(house: House, results: Sequence[Result], stages: Sequence[Any]) -> bool:
    """Print the tables; True when every task was done."""
    table = Table(title="演示结果")
    for column in ("来电", "办成", "用时", "轮次", "时延 p50", "最长"):
        table.add_column(column)
    for result in results:
        lat = result.outcome.latencies
        table.add_row(
            result.scene.title, "是" if result.done else "[red]否[/red]", f"{result.seconds:.0f} 秒", str(len(lat)),
            f"{statistics.median(lat):.2f} 秒" if lat else "-", f"{max(lat):.2f} 秒" if lat else "-",
        )
    _console.print(table)
    every = sorted(x for r in results for x in r.outcome.latencies)
    if every:
        p50, p95 = percentile(every, 0.5), percentile(every, 0.95)
        verdict = "达到" if p50 <= P50_LIMIT_SECONDS and p95 <= P95_LIMIT_SECONDS else "未达到"
        _console.print(
            f"来电 {len(results)} 通，办成 {sum(r.done for r in results)}；时延（话音落到答音起，来电人一侧）"
            f"p50 {p50:.2f} 秒，p95 {p95:.2f} 秒，{verdict}目标 {P50_LIMIT_SECONDS}/{P95_LIMIT_SECONDS} 秒"
        )
    _print_stages(stages)
    stops = [x for r in results for x in r.outcome.stopped_after]
    if stops:
        _console.print(f"打断：开口后 {statistics.median(stops):.2f} 秒停声（{len(stops)} 次）")
    async with house.storage.uow() as uow:
        texts = await uow.sms.recent(50)
    kinds = {"owner": 0, "requester": 0}
    for text in texts:
        kinds["owner" if text.kind.startswith("owner") else "requester"] += 1
    _console.print(f"短信：发给车主 {kinds['owner']} 条，发给来电人 {kinds['requester']} 条（都在发件箱里）")
    return all(r.done for r in results)


def _print_stages(stages: Sequence[Any]) -> None:
    names = (("收尾静音", "end_of_turn_ms"), ("识别", "recognize_ms"), ("对话", "dialogue_ms"), ("发声", "speak_ms"))
    parts = []
    for label, name in names:
        values = sorted(v for s in stages if (v := getattr(s, name)) is not None)
        if values:
            parts.append(f"{label} {percentile(values, 0.5):.0f}/{percentile(values, 0.95):.0f}")
    _console.print("各阶段毫秒 p50/p95：" + "，".join(parts))


def percentile(ordered: Sequence[float], share: float) -> float:
    """Nearest-rank percentile of values in order."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
