"""Sentences that ask for a way to wear a garment, in English and Chinese, as customers put them.

A sentence is made of phrases, one for each thing it asks for, joined and dressed up with words that ask for
nothing. Colours are not in it: the runtime takes them out of a text before the encoder sees it.
"""

import numpy as np

from lookglass_export.data.words import Words

Phrases = tuple[str, ...]


def _of(listed: str) -> Phrases:
    return tuple(phrase.strip() for phrase in listed.split(","))


FIT = {
    "en": {
        -2: _of("""
            slim, slim fit, slim fitting, skinny, skin tight, tight, tight fit, tight fitting, fitted,
            form fitting, figure hugging, body hugging, close fitting, very slim, very tight, really tight,
            extra slim, super slim, two sizes down, two sizes smaller, two sizes too small, 2 sizes down,
            2 sizes smaller, much tighter, much smaller, tailored, tailored fit, narrow, extra small
        """),
        -1: _of("""
            a size down, one size down, size down, 1 size down, a size smaller, one size smaller,
            1 size smaller, a bit tighter, a little tighter, slightly tighter, tighter, slimmer,
            a bit slimmer, slightly slim, a bit slim, a little slim, slightly fitted, snug, a bit smaller,
            smaller, a little smaller, somewhat tighter, semi fitted
        """),
        0: _of("""
            regular, regular fit, normal fit, normal, standard fit, true to size, classic fit, my size,
            the usual size, as it is, as usual, not oversized, not slim, not tight, not too loose,
            not too tight, not baggy
        """),
        1: _of("""
            a size up, one size up, size up, 1 size up, a size bigger, one size bigger, one size larger,
            a size larger, 1 size bigger, a bit looser, a little looser, slightly looser, looser,
            a bit loose, slightly loose, slightly oversized, a bit oversized, roomy, roomier, relaxed,
            relaxed fit, comfortable, comfortable fit, a bit bigger, bigger, larger, a little bigger,
            somewhat looser, wider, a bit wider
        """),
        2: _of("""
            oversized, oversize, over sized, oversized fit, baggy, loose, loose fit, loose fitting,
            very loose, really loose, extra loose, super loose, very baggy, extra baggy, two sizes up,
            two sizes bigger, two sizes larger, two sizes too big, 2 sizes up, 2 sizes bigger, much bigger,
            much looser, wide, wide fit, boxy, boxy fit, huge, very wide, extra large, slouchy,
            dropped shoulders
        """),
    },
    "zh": {
        -2: _of("""
            修身, 紧身, 贴身, 很紧, 修身款, 紧身款, 收身, 非常修身, 很修身, 很贴身, 特别紧, 小两码, 小两号,
            瘦身, 显瘦, 窄, 窄版, 包身, 修身一些, 小二码, 非常紧
        """),
        -1: _of("""
            小一码, 小一号, 紧一点, 稍微紧一点, 稍微修身, 稍紧, 瘦一点, 小一点, 稍微小一点, 略修身, 略紧,
            有点紧, 有点修身, 紧一些, 小一些, 小点, 紧点, 合身一点, 稍微合身
        """),
        0: _of("""
            正常, 标准, 常规, 普通, 正码, 正常码, 标准码, 正常尺码, 合适, 合身, 原样, 不变, 不要太紧,
            不要太宽松, 不紧, 不宽松, 不修身
        """),
        1: _of("""
            大一码, 大一号, 宽松一点, 松一点, 稍微宽松, 稍宽松, 大一点, 稍微大一点, 略宽松, 略大, 有点宽松,
            有点大, 松一些, 大一些, 宽松一些, 宽一点, 大点, 松点, 休闲, 舒适, 稍微松一点
        """),
        2: _of("""
            宽松, 宽大, 超大, 很宽松, 非常宽松, 特别宽松, 超宽松, 大两码, 大两号, 大二码, 肥大, 廓形,
            宽松款, 宽松版, 宽版, 很大, 非常大, 特别大, 很宽, 落肩, 肥, oversize, 加大, 超大号, 特大号,
            oversize款
        """),
    },
}
"""Language -> fit as in `data.words.Words` -> phrases."""
ROLLED = {
    "en": _of("""
        sleeves rolled, sleeves rolled up, rolled sleeves, rolled up sleeves, roll up the sleeves,
        roll the sleeves up, roll the sleeves, roll up sleeves, with rolled sleeves,
        with the sleeves rolled, with the sleeves rolled up, sleeves pushed up, pushed up sleeves,
        push up the sleeves, push the sleeves up, sleeves up, cuffs rolled, cuffs rolled up, rolled cuffs,
        turn up the sleeves, sleeves turned up, sleeves folded up, fold the sleeves, folded sleeves,
        sleeve rolled up, roll my sleeves up, roll up my sleeves
    """),
    "zh": _of("""
        卷起袖子, 袖子卷起来, 袖子卷起, 挽起袖子, 袖子挽起来, 袖子挽起, 卷袖, 挽袖, 卷袖子, 挽袖子,
        把袖子卷起来, 把袖子挽起来, 撸起袖子, 袖子撸起来, 卷起衣袖, 挽起衣袖, 袖口卷起, 袖口卷起来,
        袖口挽起, 袖子往上卷, 袖子往上推, 袖子折起来, 折起袖子, 把袖口卷起来, 袖子卷上去, 卷起来袖子
    """),
}
DOWN = {
    "en": _of("""
        sleeves down, long sleeves, sleeves not rolled, don't roll the sleeves, unrolled sleeves,
        with the sleeves down, do not roll the sleeves, no rolled sleeves, don't roll up the sleeves,
        without rolled sleeves, don't push up the sleeves
    """),
    "zh": _of("""
        放下袖子, 袖子放下来, 不卷袖子, 不要卷袖子, 袖子不卷, 袖子放下, 别卷袖子, 不挽袖子, 袖子不要卷起来,
        长袖, 不要挽起袖子, 袖子不挽
    """),
}
TUCKED = {
    "en": _of("""
        tucked, tucked in, tuck it in, tuck in, tuck the shirt in, tuck in the shirt,
        tucked into the trousers, tucked into the pants, tucked into the jeans, tucked into the skirt,
        tuck it into the trousers, tuck it into the pants, tuck it into my jeans, shirt tucked in,
        hem tucked in, with the hem tucked in, with the shirt tucked in, tucked in the waistband,
        tucked into the waistband, hem in the trousers, tucked in my pants, tuck the hem in,
        inside the trousers, worn inside the pants
    """),
    "zh": _of("""
        塞进裤子, 塞进裤子里, 扎进裤子, 扎进裤子里, 塞进去, 扎进去, 下摆塞进裤子, 下摆塞进裤子里,
        衣角塞进裤子里, 衣摆塞进裤子, 把下摆塞进裤子里, 把衣服塞进裤子里, 塞进裙子, 塞进裙子里, 掖进裤子,
        掖进去, 下摆扎进去, 下摆塞进去, 塞衣角, 塞下摆, 把衣摆扎进裤子里, 束进裤子, 束进裤腰, 塞进裤腰,
        扎进裤腰, 塞到裤子里, 扎到裤子里, 下摆收进裤子, 收进裤子里
    """),
}
OUT = {
    "en": _of("""
        untucked, not tucked in, not tucked, worn out, worn outside, hanging out, shirt out,
        let it hang out, don't tuck it in, over the trousers, do not tuck it in, hem out,
        outside the trousers, hanging over the pants, without tucking it in, worn over the jeans
    """),
    "zh": _of("""
        不塞, 不塞进裤子, 放在外面, 不要塞进去, 下摆放在外面, 露在外面, 衣摆放外面, 不扎进去,
        不要塞进裤子里, 别塞进去, 下摆放出来, 放出来, 衣角放在外面, 穿在外面, 不要扎进去, 下摆露在外面
    """),
}
_BEFORE = {
    "en": _of("""
        please, make it, i want it, can you make it, wear it, show me, i'd like it, could you show it,
        i would like this shirt, in, this top, the shirt, put it on, let me see it, try it, with, a,
        the sweater, the jacket, it, this, my hoodie, it should be, the t-shirt, the blouse, an, the jumper,
        a polo, this tee, that, of, these clothes, the garment, i'm wearing it, how does it look,
        what about, more
    """),
    "zh": _of("""
        请, 我想要, 帮我, 我要, 穿得, 要, 想看, 给我看看, 衣服, 上衣, 这件衣服, 衬衫, 试试, 请把衣服, 穿,
        换成, 我穿, T恤, 卫衣, 夹克, 来一件, 想要, 可不可以, 我想, 让它, 毛衣, 外套
    """),
}
_AFTER = {
    "en": _of("""
        please, thanks, in, for me, on me, too, style, look, version, if you can, t-shirt, hoodie, garment,
        tshirt, shirt, colour, color, today, now
    """),
    "zh": _of("""
        的, 款, 谢谢, 吧, 的样子, 的颜色, 可以吗, 的衣服, 的上衣, 色, 好吗, 看看, 一下
    """),
}
_BETWEEN = {
    "en": (", ", ", ", " and ", " ", "; ", " with ", ", and ", " but ", ", also ", " + ", ". "),
    "zh": ("，", "，", "、", "", " ", "并且", "，然后", "而且", "，还要", "和", "；", "。", "，同时"),
}
_DRESSED = 0.6
"""Share of sentences that begin, and that end, with words that ask for nothing."""
_NAMED = 0.12
"""Share of sentences that say of fit, sleeves or hem that it is as usual."""
_MIXED = 0.04
"""Share of sentences whose phrases are of both languages."""


def sentence(rng: np.random.Generator, words: Words) -> str:
    """One of the many ways to ask for a garment to be worn so; of plain `Words()`, one that asks for nothing.

    What is not asked for may be named too: a sentence for sleeves rolled may say that the fit is regular.
    """
    language = str(rng.choice(["en", "zh"]))
    phrases = _phrases(rng, words, language)
    rng.shuffle(phrases)
    joined = "".join(p + _pick(rng, _BETWEEN[language]) for p in phrases[:-1]) + "".join(phrases[-1:])
    before, after = (_pick(rng, t[language]) if rng.random() < _DRESSED else "" for t in (_BEFORE, _AFTER))
    text = (" " if language == "en" else "").join(part for part in (before, joined, after) if part)
    return text.capitalize() if rng.random() < 0.3 else text


def _phrases(rng: np.random.Generator, words: Words, language: str) -> list[str]:
    def said(table: dict[str, Phrases]) -> Phrases:
        return table[str(rng.choice(["en", "zh"])) if rng.random() < _MIXED else language]

    phrases = []
    if words.fit or rng.random() < _NAMED:
        own = str(rng.choice(["en", "zh"])) if rng.random() < _MIXED else language
        phrases.append(_pick(rng, FIT[own][words.fit]))
    if words.rolled or rng.random() < _NAMED:
        phrases.append(_pick(rng, said(ROLLED if words.rolled else DOWN)))
    if words.tucked or rng.random() < _NAMED:
        phrases.append(_pick(rng, said(TUCKED if words.tucked else OUT)))
    return phrases


def _pick(rng: np.random.Generator, choices: Phrases) -> str:
    return choices[int(rng.integers(len(choices)))]
