"""The calls of the demonstration, as scripts."""

from dataclasses import dataclass
from typing import Literal

from ivr.cli.scripted import EnterCode, Listen, Press, Say, SayOver, Step

OWNER = "13900002222"
"""Owner of 苏B12345 in the sandbox backend."""
LEARNER = "320200199003070028"
"""Made up; may book 科目三 in the sandbox backend."""
DRIVER = "32020019900307001X"
"""Made up; his licence runs out in a month."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One scripted call."""

    title: str
    number: str
    steps: tuple[Step, ...]
    leaves: Literal["case", "callback", "exam", "papers", "licence"] = "case"
    """What is in the database when the caller got what he wanted."""
    id_number: str = ""


_TOLD = Listen("车主已答复")
SCENES = (
    Scene("一句话说清，车主按1答复", "13800001111", (
        Say("有辆车把我堵住了，车牌苏B一二三四五，在清扬路六十八号门口"), Say("白色的"), Say("对"), _TOLD, Say("没有了"),
    )),
    Scene("逐项回答，打断复述并改正", "13800001112", (
        Say("我要挪车"), Say("苏B一二三四五"), Say("人民路和中山路路口，农业银行门口"), Say("白的"),
        SayOver("不对，地点错了，是清扬路六十八号门口", 2.5), Say("对的"), _TOLD, Say("没有了"),
    )),
    Scene("全程按键", "13800001113", (
        Press("1"), Press("12345#"), Press("3"), Press("1"), Press("1"), _TOLD, Say("没有了谢谢"),
    )),
    Scene("问到一半要人工", "13800001114", (
        Say("我要挪车"), SayOver("转人工", 0.8), Listen("流水号"), Say("没有了，再见"),
    ), leaves="callback"),
    Scene("考试预约，短信验证码", "13800001234", (
        Say("我想约科目三，越早越好"), Press(f"{LEARNER}#"), EnterCode(), Say("对，提交"), Say("没有了"), Press("1"),
    ), leaves="exam", id_number=LEARNER),
    Scene("驾驶证期满换证，两道核对，说确认提交才办", "13800005678", (
        Say("驾照下个月到期，要换证"), Press(f"{DRIVER.replace('X', '*')}#"), EnterCode(), Say("寄到家里"), Press("700567#"),
        Say("确认提交"), Say("没有了"), Say("非常满意"),
    ), leaves="licence", id_number=DRIVER),
)  # fmt: skip
