"""What is said of accounts, roles, and why somebody is not let in."""

from collections.abc import Mapping
from types import MappingProxyType

PEOPLE_WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "role": {
            "seat": "座席", "dispatcher": "调度员", "supervisor": "质检员", "administrator": "管理员", "auditor": "审计员",
        },
        "sign_in_refused": {
            "wrong": "账号、密码或者动态口令不对，请再试一次。",
            "locked": "输错次数太多，账号已锁定十五分钟。急用请联系管理员重置。",
            "off": "账号已停用，请联系管理员。",
            "unknown": "统一登录已通过，但这里还没有您的账号。请联系管理员建立账号。",
            "wrong_code": "动态口令不对，请再试一次。",
            "sign_on_down": "统一登录暂时不可用，请稍后再试，或者用账号和密码登录。",
            "sign_on_wrong": "统一登录没有通过，请再试一次，或者用账号和密码登录。",
            "code_needed": "这个账号绑定了动态口令，请再输一遍密码，并填上手机显示的六位数字。",
        },
        "password_refused": {
            "wrong": "现在的密码不对。", "differ": "两次输入的新密码不一样。", "same": "新密码不能和现在的一样。",
            "short": "新密码太短，至少十个字符。", "long": "新密码太长，最多一百二十八个字符。",
            "common": "新密码太好猜，请换一个。", "name": "新密码里不要有账号名。",
        },
        "account_refused": {
            "name": "账号名不对：小写字母开头，两到三十二位，只用小写字母、数字、点、横线。",
            "roles": "至少选一个岗位。",
            "regions": "地区不对：填六位区划代码，例如 320200；全部地区填 *。",
            "exists": "这个账号已经有了。",
            "last_administrator": "这是最后一个在用的管理员，不能停用，也不能去掉管理员岗位。",
            "wrong": "没有保存，请检查后再试。",
        },
    }
)
