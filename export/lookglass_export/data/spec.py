"""Which scenes there are: the factors that each index of a stream fixes before anything is drawn at random.

Quotas are met by construction: the kinds below repeat over the index, each with a period of its own, so
that any hundred scenes in a row hold the planned share of every factor.
"""

import json
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from lookglass_export.data.bottoms import SKIRTS, TROUSERS
from lookglass_export.data.garments import TOP_KINDS

STREAMS = {
    "train": 1, "test": 2, "close": 3, "lower": 4, "dress": 5,
    "test_lower": 6, "test_dress": 7, "test_sold": 8,
}  # fmt: skip
"""Sources of scenes by name; "close" trains, too: people within an arm's length of a phone or a laptop."""
CATALOGUES = {
    "catalogue": "train", "catalogue_plain": "train", "catalogue_hoods": "train", "catalogue_lower": "lower",
    "catalogue_dress": "dress",
}  # fmt: skip
"""Sorts of pages of photos alone, and the stream whose kinds of garments each deals: tops as sold, tops
without a finish, tops with hoods, what is worn below the waist, and dresses."""
_CATEGORIES = {"lower": "lower", "test_lower": "lower", "dress": "dress", "test_dress": "dress"}
TEST_SPEC = {"stream": "test", "start": 0, "count": 100, "pairs": 600}
"""The held-out benchmark, fixed before training: which scenes, and how many pairs are scored.

A pair is a person in one of the scene's three garments who is to wear another: six ordered pairs a scene, all
of them scored.
"""

TEST_SPECS = {
    "upper": TEST_SPEC,
    "upper, as sold": {"stream": "test_sold", "start": 0, "count": 60, "pairs": 360},
    "lower": {"stream": "test_lower", "start": 0, "count": 40, "pairs": 240},
    "dress": {"stream": "test_dress", "start": 0, "count": 40, "pairs": 240},
}
"""The benchmark of each category of garments, fixed and held out in the same way.

Tops have two: the first was fixed before tops were cut and photographed as shops do, and stays as it is.
"""

SKIN_TONES = np.array(
    [[250, 222, 200], [241, 203, 174], [226, 178, 142], [205, 150, 112], [173, 117, 80], [136, 88, 58],
     [100, 63, 42], [68, 43, 31]]
) / 255.0  # fmt: skip

# 22 % with arms in front of the trunk.
_POSES = (
    ["arms_down"] * 20 + ["crossed"] * 4 + ["hand_in_front"] * 4 + ["both_in_front"] * 3
    + ["hands_on_hips"] * 4 + ["raised"] * 4 + ["one_bent"] * 3 + ["pocket"] * 4 + ["spread"] * 4
)  # fmt: skip
_HAIR = (
    ["short"] * 8 + ["buzz"] * 5 + ["locks"] * 9 + ["long"] * 6 + ["bob"] * 6 + ["bald"] * 3 + ["covered"] * 2
)
_FRAMING = ["full"] * 21 + ["waist"] * 4 + ["chest"] * 3 + ["side"] * 1
_CLOSE = ["selfie"] * 3 + ["webcam"] * 2
_KINDS = (
    ["tee"] * 5 + ["v_neck"] * 3 + ["long_sleeve"] * 4 + ["shirt"] * 6 + ["polo"] * 2 + ["open_jacket"] * 6
    + ["closed_jacket"] * 4 + ["tank"] * 2 + ["turtleneck"] * 2 + ["sweater"] * 3 + ["hoodie"] * 2
)  # fmt: skip
# Below the waist: 35 % with hands or arms in front of the hips; 30 % of pictures end above the feet.
_POSES_LOWER = (
    ["arms_down"] * 16 + ["clasped"] * 5 + ["on_thigh"] * 4 + ["hand_in_front"] * 3 + ["pocket"] * 6
    + ["hands_on_hips"] * 4 + ["crossed"] * 2 + ["raised"] * 2 + ["one_bent"] * 3 + ["spread"] * 3
)  # fmt: skip
LEGS = ["standing"] * 9 + ["contrapposto"] * 5 + ["walking"] * 5 + ["apart"] * 3 + ["together"] * 2
_FRAMING_LOWER = ["full"] * 14 + ["knee"] * 3 + ["thigh"] * 3
_WORN_OVER = ["tucked"] * 7 + ["over"] * 9 + ["long"] * 4
_KINDS_LOWER = (
    ["jeans"] * 7 + ["chinos"] * 4 + ["suit"] * 4 + ["joggers"] * 3 + ["leggings"] * 3 + ["wide"] * 4
    + ["flared"] * 2 + ["cropped"] * 3 + ["shorts"] * 7 + ["pencil"] * 3 + ["a_line"] * 4 + ["pleated"] * 3
    + ["straight_skirt"] * 2
)  # fmt: skip
_KINDS_DRESS = ["sheath"] * 3 + ["shift"] * 3 + ["a_line"] * 4 + ["empire"] * 2 + ["fit_flare"] * 4


@dataclass(frozen=True, slots=True)
class Plan:
    """The fixed factors of one scene."""

    stream: str
    index: int
    pose: str
    hair: str
    framing: str
    tone: int
    kinds: tuple[str, str, str]
    strap: bool
    beard: bool
    glasses: bool
    legs: str = ""
    over: str = ""

    @property
    def test(self) -> bool:
        return self.stream.startswith("test")

    @property
    def plain(self) -> bool:
        """Whether its tops and hair are those that the first tests were fixed with."""
        return self.test and self.stream != "test_sold"

    @property
    def category(self) -> str:
        """Of its garments."""
        return category_of(self.stream)

    def factors(self, light: str, garments: list[dict[str, object]]) -> npt.NDArray[np.str_]:
        """What makes the scene easy or hard, as JSON, beside its light and what is told of its garments."""
        kept = {name: value for name, value in asdict(self).items() if name != "kinds" and value != ""}
        return np.array(json.dumps({**kept, "light": light, "garments": garments}))

    def rng(self) -> np.random.Generator:
        """The scene's source of randomness."""
        return np.random.default_rng([STREAMS[self.stream], self.index])


def category_of(stream: str) -> str:
    """The category of a stream's garments."""
    return _CATEGORIES.get(stream, "upper")


def plan(stream: str, index: int) -> Plan:
    """The factors of one scene: shuffled decks, dealt by the index."""
    category = category_of(stream)

    def deal(deck: list[str], salt: int) -> str:
        turn, place = divmod(index, len(deck))
        return deck[np.random.default_rng([STREAMS[stream], salt, turn]).permutation(len(deck))[place]]

    own = np.random.default_rng([STREAMS[stream], 99, index])
    low = category == "lower"
    deck = {"upper": _KINDS, "lower": _KINDS_LOWER, "dress": _KINDS_DRESS}[category]
    kinds = [deal(deck, 10 + k) for k in range(3)]
    if len(set(kinds)) == 1:
        others = {"upper": TOP_KINDS, "lower": TROUSERS + SKIRTS, "dress": tuple(sorted(set(deck)))}[category]
        kinds[2] = str(own.choice([k for k in others if k != kinds[0]]))
    hair = deal(_HAIR, 2)
    framings = _CLOSE if stream == "close" else _FRAMING if category == "upper" else _FRAMING_LOWER
    framing = deal(framings, 3)
    pose = "selfie" if framing == "selfie" else deal(_POSES if category == "upper" else _POSES_LOWER, 1)
    return Plan(
        stream, index, pose, hair, framing, int(deal([str(i) for i in range(8)], 4)),
        (kinds[0], kinds[1], kinds[2]), strap=bool(own.random() < 0.06),
        beard=bool(own.random() < 0.25 and hair not in ("locks", "bob", "covered")),
        glasses=bool(own.random() < 0.2),
        legs="" if category == "upper" else deal(LEGS, 5), over=deal(_WORN_OVER, 6) if low else "",
    )  # fmt: skip
