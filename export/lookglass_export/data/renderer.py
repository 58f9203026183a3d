"""Software rendering (moderngl, EGL) of skinned meshes into colour, labels and exact correspondence."""

from dataclasses import dataclass
from pathlib import Path

import moderngl
import numpy as np
import numpy.typing as npt

from lookglass_export.data.body import SIDE, Mesh
from lookglass_export.data.mesh import Array, Index, normals

SKIN, TOP, BOTTOM, HAIR, EYE, STRAP, COLLAR = range(7)
_SHADERS = Path(__file__).parent / "shaders"
_LAYOUT = "3f 3f 2f"


@dataclass(frozen=True, slots=True)
class Layer:
    """One rendered layer.

    Attributes:
        colour: (H, W, 3) uint8 RGB.
        label, part, inside: (H, W) uint8; part is 0 for nothing, else 1 + index into PARTS.
        product: (H, W, 2) float32, the product attribute.
        margin: (H, W) float32, metres inside the garment's edge, negative beyond it.
        distance: (H, W) float32, infinite where nothing was drawn.
    """

    colour: npt.NDArray[np.uint8]
    label: npt.NDArray[np.uint8]
    part: npt.NDArray[np.uint8]
    inside: npt.NDArray[np.uint8]
    product: npt.NDArray[np.float32]
    margin: npt.NDArray[np.float32]
    distance: npt.NDArray[np.float32]


class Drawable:
    """A mesh on the renderer: static attributes, and vertices that change with every pose."""

    def __init__(self, renderer: "Renderer", attributes: Array, faces: Index) -> None:
        self.faces = faces
        context = renderer.context
        self._vertices = context.buffer(reserve=len(attributes) * 32, dynamic=True)
        static = context.buffer(np.ascontiguousarray(attributes, np.float32).tobytes())
        left = (attributes[faces, SIDE] > 0.45).any(1)
        right = (attributes[faces, SIDE] < -0.45).any(1)
        torso = (np.abs(attributes[faces, SIDE]) < 0.55).any(1)
        content = [(self._vertices, _LAYOUT, "position", "normal", "product"), (static, "4f 4f", "place", "traits")]
        self._arrays = {
            part: context.vertex_array(renderer.program, content, context.buffer(chosen.astype("i4").tobytes()))
            for part, chosen in ((-1, faces), (0, faces[torso]), (1, faces[left]), (2, faces[right]))
            if len(chosen)
        }

    def place(self, vertices: Array, product: Array | None = None, normal: Array | None = None) -> None:
        """Set positions (N, 3) and, for garments, places in the product picture (N, 2)."""
        normal = normals(vertices, self.faces) if normal is None else normal
        product = np.zeros((len(vertices), 2)) if product is None else product
        self._vertices.write(np.concatenate([vertices, normal, product], 1).astype("f4").tobytes())

    def draw(self, part: int = -1) -> None:
        if part in self._arrays:
            self._arrays[part].render()


class Renderer:
    """An offscreen canvas of a fixed size."""

    def __init__(self, width: int, height: int, share: "Renderer | None" = None) -> None:
        self.width, self.height = width, height
        self.context = share.context if share else moderngl.create_context(standalone=True, backend="egl")
        self.program = share.program if share else self._compile()
        size = (width, height)
        targets = [self.context.texture(size, 4), self.context.texture(size, 4)]
        targets.append(self.context.texture(size, 4, dtype="f4"))
        self._canvas = self.context.framebuffer(targets, self.context.depth_renderbuffer(size))

    def _compile(self) -> moderngl.Program:
        self.context.enable(moderngl.DEPTH_TEST)
        sources = [(_SHADERS / f"scene.{kind}").read_text() for kind in ("vert", "frag")]
        program = self.context.program(vertex_shader=sources[0], fragment_shader=sources[1])
        program["pattern"].value, program["decor"].value = 0, 1
        return program

    def set(self, **uniforms: object) -> None:
        for name, value in uniforms.items():
            self.program[name].value = value

    def view(self, matrix: Array) -> None:
        self.program["view"].write(matrix.T.astype("f4").tobytes())

    def texture(self, picture: npt.NDArray[np.uint8]) -> moderngl.Texture:
        """Upload an RGB or RGBA picture with mipmaps."""
        height, width, channels = picture.shape
        texture = self.context.texture((width, height), channels, np.ascontiguousarray(picture).tobytes())
        texture.build_mipmaps()
        texture.filter = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)
        texture.repeat_x = texture.repeat_y = channels == 3
        return texture

    def begin(self, *, cull: bool = False) -> None:
        self._canvas.use()
        self._canvas.clear(0, 0, 0, 0)
        (self.context.enable if cull else self.context.disable)(moderngl.CULL_FACE)

    def colours(self) -> npt.NDArray[np.uint8]:
        return self._read(0, np.uint8)

    def layer(self) -> Layer:
        colour, ids, exact = self._read(0, np.uint8), self._read(1, np.uint8), self._read(2, np.float32)
        drawn = ids[..., 3] > 0
        return Layer(
            colour[..., :3], ids[..., 0], ids[..., 1] * drawn, ids[..., 2], exact[..., :2], exact[..., 2],
            np.where(drawn, exact[..., 3], np.float32(np.inf)),
        )  # fmt: skip

    def exact(self) -> npt.NDArray[np.float32]:
        """(H, W, 4) product x, y, margin, distance; distance 0 where nothing was drawn."""
        return self._read(2, np.float32)

    def _read(self, attachment: int, dtype: type) -> npt.NDArray[np.generic]:
        kind = "f1" if dtype is np.uint8 else "f4"
        raw = self._canvas.read(components=4, attachment=attachment, dtype=kind)
        return np.frombuffer(raw, dtype).reshape(self.height, self.width, 4)[::-1]
