"""The words that a text encoder is taught: a word's number is its place, so new ones go to the end.

`phrases` uses no other; weights trained with a shorter list still read it, as far as they go.
"""

_LISTED = """
1 2 a about also an and as baggy be big bigger bit blouse body boxy but can classic close clothes color
colour comfortable could cuffs do does don't down dropped extra figure fit fitted fitting fold folded
for form garment hang hanging hem hoodie how huge hugging i i'd i'm if in inside into is it jacket jeans
jumper large larger let like little long look loose looser make me more much my narrow no normal not now
of on one out outside over oversize oversized pants please polo push pushed put really regular relaxed
roll rolled roomier roomy see semi shirt should shoulders show size sized sizes skin skinny skirt sleeve
sleeves slightly slim slimmer slouchy small smaller snug somewhat standard style super sweater t
tailored tee thanks that the these this tight tighter to today too top trousers true try tshirt tuck
tucked tucking turn turned two unrolled untucked up usual version very waistband want wear wearing what
wide wider with without worn would you
一 上 下 不 且 两 二 些 以 件 休 修 克 准 出 别 到 加 包 卫 卷 原 去 变 口 可 号 合 同 后 吗 吧 和 在 塞
外 大 太 夹 套 好 子 它 宽 小 尺 帮 常 并 廓 形 往 很 得 微 恤 想 成 我 扎 把 折 挽 换 掖 推 摆 撸 收 放
时 显 普 有 服 束 来 松 标 样 款 正 毛 点 然 版 特 略 瘦 的 看 码 稍 穿 窄 紧 给 而 肥 肩 腰 舒 色 落 衣
衫 衬 袖 裙 裤 要 规 角 让 试 请 谢 贴 起 超 身 还 这 进 适 通 里 长 闲 露 非 面 颜
"""
VOCABULARY = tuple(_LISTED.split())

CAPACITY = 512
"""Rows of the encoder's table, most of them free."""
