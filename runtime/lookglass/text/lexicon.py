"""The colours that can be asked for: what cloth of that name looks like, as RRGGBB."""

_LISTED = """
1b1b1d black, jet black, 黑, 纯黑; f3f2ef white, snow white, 白, 纯白, 雪白
ecebe2 off white, eggshell, 米白; f1ecdc ivory, 象牙白, 乳白, 奶白; f1e7cf cream, 奶油, 奶油色
8b8c8e grey, gray, 灰; 3d4045 charcoal, charcoal grey, charcoal gray, anthracite, graphite, 炭灰, 炭黑
54606b slate, slate grey, slate gray, 石板灰; bfc2c6 silver, 银色, 银灰; 8a7c70 taupe, 灰褐
b3202a red, 红, 正红; c8281f scarlet, tomato, 大红, 朱红; 9e1b32 crimson, ruby, 绯红, 宝石红
5c1a2b burgundy, wine, wine red, 酒红; 5e1f22 maroon, 栗红, 枣红; 9c4a3a brick, brick red, terracotta, 砖红
a4502a rust, copper, 铁锈红, 锈红, 铁锈色; ef7a66 coral, 珊瑚红, 珊瑚色; f0937e salmon, 三文鱼色, 鲑鱼色
eba1b8 pink, 粉, 粉红; d9738f rose, 玫瑰粉, 豆沙色; e0458b hot pink, 玫红, 玫瑰红, 桃红
c2318a fuchsia, 紫红; b5267f magenta, 品红, 洋红; e0742a orange, 橙, 橘, 桔, 橘红, 橙红
f4b795 peach, 蜜桃色, 桃色; f0ac7c apricot; d9942b amber, 琥珀色; c9992f mustard, 芥末黄, 姜黄
efcb3e yellow, 黄; c9a14a gold, golden, 金色, 金黄; f2e36b lemon, 柠檬黄, 鹅黄; c09a4e ochre, 土黄
a3c43f lime, lime green, 青柠色; 2f7d46 green, 绿; 6b6a35 olive, olive green, 橄榄绿; 6f9a3d grass green, 草绿
545b3a army green, military green, 军绿; 23482f forest green, bottle green, hunter green, 森林绿
1f3f33 墨绿; 1d8a5f emerald, emerald green, 翠绿, 祖母绿; a9dcc0 mint, mint green, 薄荷绿, 薄荷色
9caf91 sage, sage green, 豆绿, 灰豆绿; a9b56b avocado, pistachio, 牛油果绿, 抹茶绿
1f6f72 teal, petrol, 孔雀蓝, 孔雀绿, 蓝绿; 3bb0ae turquoise, aqua, 绿松石色, 青绿, 湖绿; 45b5cf cyan, 湖蓝, 青
2b56a8 blue, 蓝; 1f2a4a navy, navy blue, midnight blue, 藏青, 藏蓝, 海军蓝, 午夜蓝
2747b0 royal blue, 宝蓝, 皇家蓝; 2349a3 cobalt, cobalt blue, sapphire, 钴蓝, 克莱因蓝
8fc0e6 sky blue, 天蓝; b3d3ee baby blue, powder blue, 婴儿蓝, 冰蓝; 44597c denim, denim blue, 牛仔蓝
35306e indigo, 靛蓝, 靛青; 6d3a8c purple, 紫; 7347a3 violet, 紫罗兰, 紫罗兰色
b9a7da lavender, 薰衣草紫, 薰衣草色; c3a6d3 lilac, 丁香紫, 丁香色, 香芋紫, 香芋色; a9839b mauve
5f2c55 plum, aubergine, eggplant, 茄紫, 葡萄紫, 梅子色
6a452c brown, 棕, 褐; 48301f chocolate, dark chocolate, 巧克力色; 5b4130 coffee, mocha, 咖啡色, 咖啡, 咖色
c29b6d tan; b98b55 camel, 驼色; d8c7a8 beige, 米色, 米黄; e6d3b8 nude, 杏色, 裸色; e3cfae champagne, 香槟色
d3bf99 sand, 沙色; a8976c khaki, 卡其, 卡其色
"""


def _names() -> dict[str, str]:
    entries = [entry.strip() for line in _LISTED.strip().splitlines() for entry in line.split(";")]
    pairs = [entry.split(" ", 1) for entry in entries]
    return {name.strip(): code for code, names in pairs for name in names.split(",")}


NAMES = _names()
"""Name -> RRGGBB."""

TINTS = {
    "reddish": "red", "pinkish": "pink", "yellowish": "yellow", "greenish": "green", "bluish": "blue",
    "blueish": "blue", "purplish": "purple", "brownish": "brown", "greyish": "grey", "grayish": "grey",
}  # fmt: skip
"""What may stand before a colour as its tint, as all colours may."""

_DARK, _DEEP, _LIGHT, _PALE = (0.1, 0.42, 0.66), (0.1, 0.34, 0.9), (0.97, 0.5, 0.62), (0.97, 0.68, 0.42)
_BRIGHT, _DULL = (0.8, 0.25, 1.25), (0.68, 0.2, 0.5)
MODIFIERS = {
    **dict.fromkeys(("dark", "darker", "暗", "深", "深一点"), _DARK),
    **dict.fromkeys(("deep", "rich", "浓"), _DEEP),
    **dict.fromkeys(("light", "lighter", "浅", "浅浅", "亮一点"), _LIGHT),
    **dict.fromkeys(("pale", "pastel", "淡", "淡淡", "粉彩"), _PALE),
    **dict.fromkeys(("bright", "vivid", "vibrant", "neon", "亮", "鲜", "鲜艳", "明亮", "荧光"), _BRIGHT),
    **dict.fromkeys(("muted", "dusty", "faded", "soft", "washed out", "雾霾", "莫兰迪", "哑光"), _DULL),
}
"""Modifier -> the lightness it goes to, the share of the way there, and the factor of the chroma."""

_FILLERS = """
in the a an it please make want i i'd like would could can you me wear show with and of to put on for this
that shirt tshirt t tee top sweater hoodie jacket blouse polo garment colour color thanks but also
请 我 想 要 的 色 颜 帮 穿 成 换 把 这 件 衣 服 上 衬 衫 恤 卫 毛 夹 克 外 套 和 且 吧 看 给 谢 试 款 变
"""
FILLERS = tuple(_FILLERS.split())
"""Words beside a colour that ask for nothing."""
