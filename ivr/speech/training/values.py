"""Values as callers say them: plates, digits, numbers, dates, places, names. Words, not text."""

import random

DIGITS = "零一二三四五六七八九"
PROVINCES = tuple("京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼")
_PROVINCE_NAMES = dict(zip(PROVINCES, (
    "北京 天津 上海 重庆 河北 河南 云南 辽宁 黑龙江 湖南 安徽 山东 新疆 江苏 浙江 江西 湖北 广西 甘肃 山西 内蒙古 "
    "陕西 吉林 福建 贵州 广东 青海 西藏 四川 宁夏 海南").split(), strict=True))
PLATE_LETTERS = tuple("ABCDEFGHJKLMNPQRSTUVWXYZ")
_LETTER_WORDS = dict(zip("ABCDEGHJKLMNPQRSTUWXYZ", (
    "安全 北京 成都 大连 鹅 广州 杭州 济南 昆明 兰州 马 南京 苹果 青岛 日照 上海 天津 优秀 武汉 西安 扬州 郑州").split(), strict=True))
CITIES = tuple((
    "北京 上海 天津 重庆 杭州 南京 苏州 无锡 宁波 温州 嘉兴 绍兴 金华 台州 湖州 广州 深圳 珠海 东莞 佛山 成都 武汉 长沙 西安 郑州 "
    "济南 青岛 合肥 福州 厦门 南昌 昆明 贵阳 南宁 海口 兰州 西宁 银川 太原 石家庄 沈阳 大连 长春 哈尔滨 徐州 常州 南通 扬州 烟台 洛阳").split())
_ROAD_STEMS = tuple((
    "人民 中山 解放 建设 和平 胜利 清扬 太湖 长江 学前 五爱 运河 新华 文化 健康 朝阳 青年 友谊 团结 光明 东风 红旗 中央 环城 迎宾 "
    "南湖 北京 上海 南京 苏州 湖滨 梁溪 锡山 惠山 凤翔 广瑞 兴源 金城 永乐 春申 盛岸 通江 华夏 锡沪 江海 滨湖 观山 立信 县前 崇安 "
    "文昌 学院 科技 工业 振兴 开发 幸福 平安 长安 泰山 黄河 珠江 松花江 建国 民主 公园 体育 车站 机场 港口 桃园 梅园 荷花 玫瑰 樱花").split())
_ROAD_KINDS = ("路", "路", "路", "路", "街", "大道", "大街", "巷", "东路", "西路", "南路", "北路", "中路")
_COMPOUND_STEMS = tuple((
    "太湖 阳光 春江 锦绣 翡翠 金色 江南 滨江 香樟 水岸 世纪 万科 恒大 绿地 保利 中海 碧桂园 龙湖 融创 金科 华润 富力 花园 江山 "
    "嘉禾 丽景 桂花 银杏 梧桐 长江 清扬 五爱 沁园 芦庄 景云 金匮 风雷 曹张 春晖 新村").split())
_COMPOUND_KINDS = ("花园", "新村", "小区", "家园", "公寓", "苑", "城", "一期", "二期", "三期", "国际", "广场")
_SPOTS = tuple((
    "农业银行 工商银行 建设银行 中国银行 邮局 超市 菜市场 医院 人民医院 第一人民医院 中医院 妇幼保健院 学校 小学 中学 幼儿园 大学 加油站 公交站 "
    "地铁站 火车站 汽车站 车管所 派出所 万达广场 商场 酒店 宾馆 饭店 药店 理发店 健身房 电影院 体育馆 图书馆 公园 停车场 地下车库 "
    "写字楼 物业 居委会 村委会 社区 洗车店 修理厂 四S店 网吧 银行 步行街 美食街").split())
_SIDES = tuple((
    "门口 对面 旁边 后门 正门 南门 北门 东门 西门 大门口 路口 楼下 路边 前面 后面 斜对面 出口 入口 门前 里面 边上 左手边 右手边 "
    "交叉口 十字路口 东边 西边 南边 北边 路南 路北 拐角 地下车库 停车场").split())
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国志红文梅辉玲斌宇浩凯琳雪晨阳佳欣怡子涵梓轩雨桐思源博俊峰鹏飞龙海燕春秋冬立新"

Words = list[str]


def digits(count: int, r: random.Random, *, first: str = "") -> Words:
    """`count` digits; 1 is mostly 幺, as in phones and papers."""
    spoken: Words = []
    for position in range(count):
        digit = int(first[position]) if position < len(first) else r.randrange(10)
        spoken.append(_digit(digit, r))
    return spoken


def _digit(digit: int, r: random.Random) -> str:
    if digit == 1:
        return "幺" if r.random() < 0.65 else "一"
    rare = {2: ("两", 0.05), 0: ("洞", 0.08), 7: ("拐", 0.06), 9: ("勾", 0.05)}.get(digit)
    return rare[0] if rare and r.random() < rare[1] else DIGITS[digit]


def number(value: int) -> str:
    """0 to 999 as a count: 二百一十七, 十二."""
    if value < 10:
        return DIGITS[value]
    if value < 100:
        tens, ones = divmod(value, 10)
        return ("" if tens == 1 else DIGITS[tens]) + "十" + (DIGITS[ones] if ones else "")
    hundreds, rest = divmod(value, 100)
    if not rest:
        return DIGITS[hundreds] + "百"
    return DIGITS[hundreds] + "百" + ("零" + DIGITS[rest] if rest < 10 else DIGITS[rest // 10] + "十" + (DIGITS[rest % 10] if rest % 10 else ""))


def counted(value: int) -> Words:
    """A count, one word a character."""
    return list(number(value))


def plate(r: random.Random) -> Words:
    """A plate in one of the ways people say it."""
    province = "苏" if r.random() < 0.35 else r.choice(PROVINCES)
    letter = "B" if province == "苏" and r.random() < 0.6 else r.choice(PLATE_LETTERS)
    spoken: Words = [] if r.random() < 0.06 else _province(province, r)
    if spoken or r.random() < 0.7:
        spoken += _letter(letter, r)
    green = r.random() < 0.2
    body = [r.choice("DDDF") if r.random() < 0.8 else r.choice(PLATE_LETTERS)] if green else []
    while len(body) < (6 if green else 5):
        body.append(r.choice(PLATE_LETTERS) if r.random() < 0.18 else str(r.randrange(10)))
    for place, sign in enumerate(body):
        spoken += _letter(sign, r) if sign.isalpha() else [_digit(int(sign), r)]
        if place == 2 and r.random() < 0.1:
            spoken.append("嗯")
    if r.random() < 0.04:
        spoken[-1] = r.choice(("学", "挂", "警"))
    return spoken


def _province(province: str, r: random.Random) -> Words:
    if r.random() < 0.12:
        return [_PROVINCE_NAMES[province], "的", province]
    return [_PROVINCE_NAMES[province]] if r.random() < 0.03 else [province]


def _letter(letter: str, r: random.Random) -> Words:
    if letter in _LETTER_WORDS and r.random() < 0.05:
        return [letter, _LETTER_WORDS[letter], "的", letter]
    return [letter]


def identity(r: random.Random) -> Words:
    """An 18-character ID number."""
    born = f"{r.randint(1940, 2006)}{r.randint(1, 12):02d}{r.randint(1, 28):02d}"
    first = f"{r.choice('123456')}{r.randrange(7)}{r.randrange(10)}{r.randrange(10)}0{r.randrange(10)}{born}"
    last = [r.choice(("X", "叉", "X"))] if r.random() < 0.1 else digits(1, r)
    return digits(17, r, first=first) + last


def phone(r: random.Random) -> Words:
    """A mobile number."""
    return digits(11, r, first=f"1{r.choice('335788 9'.replace(' ', ''))}")


def code(r: random.Random) -> Words:
    """A six-digit code."""
    return digits(6, r)


def road(r: random.Random) -> Words:
    """A road, sometimes with its number."""
    name = [r.choice(_ROAD_STEMS), r.choice(_ROAD_KINDS)]
    if r.random() < 0.55:
        name += [*counted(r.randint(1, 399)), "号"]
    return name


def place(r: random.Random) -> Words:
    """Where a car stands."""
    kind = r.random()
    if kind < 0.34:
        where = road(r)
    elif kind < 0.46:
        where = [*road(r)[:2], r.choice(("和", "跟", "与")), *road(r)[:2]]
    elif kind < 0.66:
        where = [r.choice(_COMPOUND_STEMS), r.choice(_COMPOUND_KINDS)]
        if r.random() < 0.5:
            where += [*counted(r.randint(1, 40)), r.choice(("栋", "幢", "号楼")), *(([*counted(r.randint(1, 4)), "单元"]) if r.random() < 0.5 else [])]
    elif kind < 0.84:
        where = [r.choice(_SPOTS)] if r.random() < 0.5 else [*road(r)[:2], r.choice(_SPOTS)]
    else:
        where = [r.choice(_SPOTS), "地下", *counted(r.randint(1, 3)), "层", r.choice("ABCD"), "区", *counted(r.randint(1, 300))]
    return where + ([r.choice(_SIDES)] if r.random() < 0.75 else [])


def date(r: random.Random) -> Words:
    """A day, sometimes with a time."""
    kind = r.random()
    if kind < 0.35:
        day = [r.choice(("下", "这", "本", "下下")), r.choice(("周", "星期", "礼拜")), r.choice("一二三四五六日天")]
    elif kind < 0.7:
        day = [*counted(r.randint(1, 12)), "月", *counted(r.randint(1, 31)), r.choice(("号", "号", "日"))]
    elif kind < 0.82:
        day = [*counted(r.randint(1, 31)), "号"]
    else:
        day = [r.choice(("今天", "明天", "后天", "大后天", "下个月", "周末", "月底", "月初", "这个月", "最早"))]
    return day + ([r.choice(("上午", "下午", "早上", "晚上"))] if r.random() < 0.35 else []) + (time(r) if r.random() < 0.2 else [])


def time(r: random.Random) -> Words:
    """A time of day."""
    hour = ["两"] if (value := r.randint(1, 12)) == 2 else counted(value)
    return [*hour, "点", *r.choice(([], ["半"], ["钟"], ["一", "刻"], ["三", "十", "分"]))]


def person(r: random.Random) -> Words:
    """A name."""
    return [r.choice(_SURNAMES), *r.sample(_GIVEN, r.choice((1, 2, 2)))]
