"""Tell names of people from pieces of addresses."""

from __future__ import annotations

import re

from members.belongings.reading.plain import HAN

_SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭"
    "郎鲁韦昌马苗凤花方俞任袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平"
    "黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童"
    "颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫经房裘缪干解应宗丁宣邓郁单杭洪包诸左石崔吉钮"
    "龚程邢裴陆荣翁荀羊惠甄曲家封储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾"
    "甘厉戎祖武符刘景詹束龙叶幸司韶黎薄印宿白怀蒲邰鄂索咸籍赖卓蔺屠蒙池乔阴能苍双闻党翟谭贡劳逄姬申"
    "扶堵冉宰郦雍桑桂牛寿通边扈燕冀浦尚农温别庄晏柴瞿阎慕连习艾容向古易戈廖庾终居衡步都耿满弘匡国文"
    "寇广禄阙东欧利师巩聂关查后荆红游竺权肖代付闫佟仝覃邸朴粟苑冼揭么訾亓"
)
_DOUBLE = re.compile(
    r"欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|司徒|长孙|宇文|令狐|夏侯|轩辕|端木|南宫|独孤|呼延|闻人"
)
HONORIFIC = r"(?:先生|女士|小姐|老师|阿姨|同学|师傅|经理|太太|总)"
# What stands in addresses and not in names.
_OF_PLACES = re.compile(
    r"[省市县区镇乡村街路道巷弄号楼栋幢室层座厦园苑广场店校院厂站城府邸庄寨屯]|单元|大学|公司|学校|医院|驿站|快递|菜鸟|"
    r"小区|门口|代收|前台|收货|地址|电话|邮编|默认|订单"
)
_LATIN = re.compile(r"[A-Z][a-zA-Z'.’-]*(?:[ ][A-Z][a-zA-Z'.’-]*){0,3}")
_GLUED = re.compile(
    rf"(?P<rest>.*(?:[号室楼层元栋幢座店旁内口厦区院苑园村城校处站司库部房门台柜]|[\dA-Za-z#)])) ?"
    rf"(?P<name>[{HAN}]{{2,4}}{HONORIFIC}?)(?:收|\(收\))?",
    re.DOTALL,
)


def clean(token: str) -> str:
    """Take off what stands beside a name: a bracket, and that it is they who receive."""
    # Shops hide a number behind an extension, and repeat that beside the name: 张三[5566].
    token = re.sub(r"\[\d{2,6}\]$", "", token.strip())
    token = token.strip(" ,;.:-/|()[]<>【】")
    return re.sub(r"(?:\(?收\)?|\(?收件\)?)$", "", token).strip()


def likeness(token: str) -> int:
    """Return how much a piece looks like a name; 0: not at all."""
    token = clean(token)
    if not token or re.search(r"\d", token):
        return 0
    if _LATIN.fullmatch(token):
        return 3 if " " in token else 2
    bare = re.sub(rf"{HONORIFIC}$", "", token)
    polite = bare != token
    if not re.fullmatch(rf"[{HAN}·]{{1,15}}", bare):
        return 0
    if "·" in bare:
        return 4
    known = bare[0] in _SURNAMES or _DOUBLE.match(bare) is not None
    if polite:
        return 5 if known and len(bare) <= 4 else 3
    if not 2 <= len(bare) <= 4:
        return 0
    placelike = _OF_PLACES.search(bare[1:]) is not None
    if placelike:
        # 王路 and 江城 are people, too, but only in a piece of their own that fits a name.
        return 2 if known and len(bare) <= 3 and not bare.endswith(_ENDS) else 0
    return 4 if known and len(bare) <= 3 else 3 if known else 1


_ENDS = ("区", "县", "镇", "号", "楼", "栋", "室", "街", "市", "省", "村", "小区", "广场", "巷")


def split_glued(text: str) -> tuple[str, str]:
    """Return an address and the name that stands glued to its end, or no name."""
    match = _GLUED.fullmatch(text.strip())
    if match is None:
        return text, ""
    name = match["name"]
    if likeness(name) >= 4:
        return match["rest"], name
    return text, ""
