"""Which scenes there are: the factors that each index of a stream fixes before anything is drawn at random.

Quotas are met by construction: the kinds below repeat over the index, each with a period of its own, so
that any hundred scenes in a row hold the planned share of every factor.
"""

from dataclasses import dataclass

import numpy as np

from lookglass_export.data.garments import TOP_KINDS

STREAMS = {"train": 1, "test": 2, "close": 3}
"""Sources of scenes by name; "close" trains, too: people within an arm's length of a phone or a laptop."""
TEST_SPEC = {"stream": "test", "start": 0, "count": 100, "pairs": 600}
"""The held-out benchmark, fixed before training: which scenes, and how many pairs are scored.

A pair is a person in one of the scene's three garments who is to wear another: six ordered pairs a scene, all
of them scored.
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

    @property
    def test(self) -> bool:
        return self.stream == "test"

    def rng(self) -> np.random.Generator:
        """The scene's source of randomness."""
        return np.random.default_rng([STREAMS[self.stream], self.index])


def plan(stream: str, index: int) -> Plan:
    """The factors of one scene: shuffled decks, dealt by the index."""

    def deal(deck: list[str], salt: int) -> str:
        turn, place = divmod(index, len(deck))
        return deck[np.random.default_rng([STREAMS[stream], salt, turn]).permutation(len(deck))[place]]

    own = np.random.default_rng([STREAMS[stream], 99, index])
    kinds = [deal(_KINDS, 10 + k) for k in range(3)]
    if len(set(kinds)) == 1:
        kinds[2] = str(own.choice([k for k in TOP_KINDS if k != kinds[0]]))
    hair = deal(_HAIR, 2)
    framing = deal(_CLOSE if stream == "close" else _FRAMING, 3)
    pose = "selfie" if framing == "selfie" else deal(_POSES, 1)
    return Plan(
        stream, index, pose, hair, framing, int(deal([str(i) for i in range(8)], 4)),
        (kinds[0], kinds[1], kinds[2]), strap=bool(own.random() < 0.06),
        beard=bool(own.random() < 0.25 and hair not in ("locks", "bob", "covered")),
        glasses=bool(own.random() < 0.2),
    )  # fmt: skip
