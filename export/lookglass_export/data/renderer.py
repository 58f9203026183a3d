"""Software rendering (moderngl, EGL) of skinned meshes into colour, labels and exact correspondence."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import moderngl
import numpy as np
import numpy.typing as npt

from lookglass_export.data.body import SIDE
from lookglass_export.data.mesh import Array, Index, normals

KINDS = SKIN, TOP, BOTTOM, HAIR, EYE, STRAP, COLLAR, LOWER = tuple(range(8))
_CUT = (TOP, COLLAR, LOWER)
_SHADERS = Path(__file__).parent / "shaders"


@dataclass(frozen=True, slots=True)
class Layer:
    """One rendered layer.

    Attributes:
        colour: (H, W, 3) uint8 RGB.
        label, part, inside: (H, W) uint8; part is 0 for nothing, else 1 + index into PARTS.
        distance: (H, W) float32, infinite where nothing was drawn.
        place: (H, W, 2) float32 x and y in the product photo.
    """

    colour: npt.NDArray[np.uint8]
    label: npt.NDArray[np.uint8]
    part: npt.NDArray[np.uint8]
    inside: npt.NDArray[np.uint8]
    distance: npt.NDArray[np.float32]
    place: npt.NDArray[np.float32]


class Drawable:
    """A mesh on the renderer: static attributes, and vertices that change with every pose."""

    def __init__(self, programs: "Programs", attributes: Array, faces: Index, kinds: tuple[int, ...]) -> None:
        self.faces = faces
        context = programs.context
        self._vertices = context.buffer(reserve=len(attributes) * 32, dynamic=True)
        self._static = context.buffer(np.ascontiguousarray(attributes, np.float32).tobytes())
        index = context.buffer(faces.astype("i4").tobytes())
        self._whole = {kind: self._array(programs.picture[kind], index) for kind in kinds}
        self._outline = {kind: self._array(programs.outline[kind], index) for kind in kinds if kind in _CUT}
        side = attributes[faces, SIDE]
        chosen = (np.abs(side) < 0.55).any(1), (side > 0.45).any(1), (side < -0.45).any(1)
        parts = [context.buffer(faces[c].astype("i4").tobytes()) if c.any() else None for c in chosen]
        self._parts = {
            kind: [None if part is None else self._array(programs.uncut[kind], part) for part in parts]
            for kind in kinds
            if kind in _CUT
        }

    def _array(self, program: moderngl.Program, index: moderngl.Buffer) -> moderngl.VertexArray:
        content = [
            (self._vertices, "3f 3f 2f", "position", "normal", "product"),
            (self._static, "4f 4f", "place", "traits"),
        ]
        # A program that ignores an attribute has none of that name.
        return program.ctx.vertex_array(program, content, index_buffer=index, skip_errors=True)

    def place(self, vertices: Array, product: Array | None = None) -> None:
        """Set positions (N, 3) and, for garments, places in the product picture (N, 2)."""
        product = np.zeros((len(vertices), 2)) if product is None else product
        rows = np.concatenate([vertices, normals(vertices, self.faces), product], 1)
        self._vertices.write(rows.astype("f4").tobytes())

    def draw(self, kind: int) -> None:
        """Draw as a kind of thing, cut as its uniforms say."""
        self._whole[kind].render()

    def draw_outline(self, kind: int) -> None:
        """Draw what `draw` shows, without colour."""
        self._outline[kind].render()

    def draw_part(self, kind: int, part: int) -> None:
        """Draw one part's uncut shell, without colour."""
        array = self._parts[kind][part]
        if array is not None:
            array.render()


class Programs:
    """The GL context and its programs: pictures by kind, and for clothes whole shells and outlines."""

    def __init__(self) -> None:
        self.context = moderngl.create_context(standalone=True, backend="egl")
        self.context.enable(moderngl.DEPTH_TEST)
        self.picture = {kind: self._compile(kind) for kind in range(len(KINDS))}
        self.uncut = {kind: self._compile(kind, "UNCUT") for kind in _CUT}
        self.outline = {kind: self._compile(kind, "UNCUT", "OUTLINE") for kind in _CUT}
        self._all = [*self.picture.values(), *self.uncut.values(), *self.outline.values()]
        self._folds = self.texture(_folds())
        self._folds.use(2)
        self.set(pattern=0, decor=1, folds_map=2)

    def _compile(self, kind: int, *flags: str) -> moderngl.Program:
        define = f"#define KIND {kind}\n" + "".join(f"#define {flag}\n" for flag in flags)
        sources = [(_SHADERS / f"scene.{kind}").read_text() for kind in ("vert", "frag")]
        vertex, fragment = (s.replace("#version 330\n", "#version 330\n" + define, 1) for s in sources)
        return self.context.program(vertex_shader=vertex, fragment_shader=fragment)

    def set(self, **uniforms: object) -> None:
        """Set uniforms of whichever programs have them."""
        for program in self._all:
            for name, value in uniforms.items():
                if name in program:
                    program[name].value = value

    def view(self, matrix: Array) -> None:
        """Set the camera's (4, 4) matrix."""
        for program in self._all:
            program["view"].write(matrix.T.astype("f4").tobytes())

    def texture(self, picture: npt.NDArray[np.generic]) -> moderngl.Texture:
        """Upload a picture: uint8 with mipmaps, float32 without; RGB and float pictures repeat."""
        height, width, channels = picture.shape
        kind = "f1" if picture.dtype == np.uint8 else "f4"
        texture = self.context.texture(
            (width, height), channels, np.ascontiguousarray(picture).tobytes(), dtype=kind
        )
        if kind == "f1":
            texture.build_mipmaps()
            texture.filter = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)
        texture.repeat_x = texture.repeat_y = channels == 3 or kind == "f4"
        return texture


def _folds(cells: int = 8, size: int = 256) -> npt.NDArray[np.float32]:
    """Periodic fractal noise with its slopes: (size, size, 4) float32 height, d/dx, d/dy, fine noise."""
    rng = np.random.default_rng(4)

    def octave(count: int) -> npt.NDArray[np.float32]:
        grid = np.pad(rng.random((count, count)).astype(np.float32), 2, mode="wrap")
        step = size // count
        wide = cv2.resize(grid, None, fx=step, fy=step, interpolation=cv2.INTER_CUBIC)
        return wide[2 * step : 2 * step + size, 2 * step : 2 * step + size]

    height = 0.55 * octave(cells) + 0.28 * octave(2 * cells) + 0.1 * octave(4 * cells)
    scale = size / cells / 2
    slopes = [(np.roll(height, -1, axis) - np.roll(height, 1, axis)) * scale for axis in (1, 0)]
    return np.dstack([height, *slopes, octave(cells)]).astype(np.float32)


class Renderer:
    """An offscreen canvas of a fixed size."""

    def __init__(self, programs: Programs, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._context = context = programs.context
        size = (width, height)
        targets = [context.texture(size, 4), context.texture(size, 4), context.texture(size, 4, dtype="f4")]
        depth = context.depth_renderbuffer(size)
        self._canvas = context.framebuffer(targets, depth)
        self._uncut = context.framebuffer([context.texture(size, 4, dtype="f4")], depth)

    def begin(self) -> None:
        """Clear, and draw pictures from now on."""
        self._canvas.use()
        self._canvas.clear(0, 0, 0, 0)
        self._context.disable(moderngl.CULL_FACE)

    def begin_uncut(self, *, cull: bool = True) -> None:
        """Clear, and draw outlines or parts from now on; by default front faces alone."""
        self._uncut.use()
        self._uncut.clear(0, 0, 0, 0)
        (self._context.enable if cull else self._context.disable)(moderngl.CULL_FACE)

    def layer(self) -> Layer:
        """Read back what was drawn."""
        colour, ids = self._read(self._canvas, 0, np.uint8), self._read(self._canvas, 1, np.uint8)
        exact = self._read(self._canvas, 2, np.float32)
        drawn = ids[..., 3] > 0
        return Layer(
            colour[..., :3], ids[..., 0], ids[..., 1] * drawn, ids[..., 2],
            np.where(drawn, exact[..., 3], np.float32(np.inf)), exact[..., :2],
        )  # fmt: skip

    def uncut(self) -> npt.NDArray[np.float32]:
        """(H, W, 4) product x, y, margin, distance; distance 0 where nothing was drawn."""
        return self._read(self._uncut, 0, np.float32)

    def _read(self, canvas: moderngl.Framebuffer, attachment: int, dtype: type) -> npt.NDArray[np.generic]:
        kind = "f1" if dtype is np.uint8 else "f4"
        raw = canvas.read(components=4, attachment=attachment, dtype=kind)
        return np.frombuffer(raw, dtype).reshape(self.height, self.width, 4)[::-1]
