"""A person in a pose before a camera, as rendered layers that garments are put on top of."""

from dataclasses import dataclass

import moderngl
import numpy as np
import numpy.typing as npt

from lookglass_export.data.body import LABEL, PARSE, Body, Bones, X, Z, skin
from lookglass_export.data.camera import Camera, Light, sample_camera, sample_close_camera, sample_light
from lookglass_export.data.collar import Collar, base_out, collar_of, collar_on_body
from lookglass_export.data.drape import drape, mesh_of
from lookglass_export.data.fabric import Fabric
from lookglass_export.data.finish import PLAIN_TILT
from lookglass_export.data.garments import Bottom, Top, dress, on_body, sample_bottom
from lookglass_export.data.hair import Hair, chest_locks, fuller, sample_hair
from lookglass_export.data.legwear import ring_mesh, trousers_mesh
from lookglass_export.data.mesh import Array
from lookglass_export.data.pose import ARMS_DOWN, BESIDE, Figure, sample_legs, sample_pose
from lookglass_export.data.renderer import (
    BOTTOM,
    COLLAR,
    EYE,
    HAIR,
    LOWER,
    SKIN,
    STRAP,
    TOP,
    Drawable,
    Layer,
    Programs,
    Renderer,
)
from lookglass_export.data.shoes import Shoes
from lookglass_export.data.spec import SKIN_TONES, Plan

U8 = npt.NDArray[np.uint8]
SUPER_HEIGHT, SUPER_WIDTH = 528, 396
PRODUCT_RENDER = 384
COLLAR_LABEL = 14
_KINDS = {
    "body": (SKIN,), "left_eye": (EYE,), "right_eye": (EYE,), "hair": (HAIR,), "skirt": (BOTTOM,),
    "tights": (TOP, BOTTOM, STRAP), "trousers": (LOWER,), "ring": (LOWER,),
}  # fmt: skip


class Studio:
    """The body and the canvases that every scene of a process uses."""

    def __init__(self) -> None:
        self.body = Body()
        self.gl = Programs()
        self.canvas = Renderer(self.gl, SUPER_WIDTH, SUPER_HEIGHT)
        self.product_canvas = Renderer(self.gl, PRODUCT_RENDER, PRODUCT_RENDER)
        self._textures: dict[int, tuple[Fabric, moderngl.Texture, moderngl.Texture]] = {}
        self._wide: dict[tuple[int, int], Renderer] = {}
        meshes = {**self.body.meshes, "trousers": trousers_mesh(self.body), "ring": ring_mesh(self.body)}
        self.trousers = meshes["trousers"]
        self.drawables = {
            name: Drawable(self.gl, mesh.attributes, mesh.faces, _KINDS[name])
            for name, mesh in meshes.items()
        }
        eye = self.body.meshes["left_eye"]
        points = self.body.mean_vertices[np.unique(eye.faces)]
        self.eye_place = (*points.mean(0), float(np.ptp(points[:, Z]) / 2))

    def wide(self, width: int, height: int) -> Renderer:
        """A canvas of another size."""
        key = (width, height)
        if key not in self._wide:
            self._wide[key] = Renderer(self.gl, width, height)
        return self._wide[key]

    def use_fabric(self, fabric: Fabric) -> None:
        """Bind a fabric; it stays uploaded until `forget_fabrics`."""
        if id(fabric) not in self._textures:
            self._textures[id(fabric)] = (
                fabric,
                self.gl.texture(fabric.pattern),
                self.gl.texture(fabric.decor),
            )
        _, pattern, decor = self._textures[id(fabric)]
        pattern.use(0)
        decor.use(1)
        self.gl.set(
            tile=fabric.tile_m, accent=tuple(fabric.accent), lining=tuple(fabric.lining), gloss=fabric.gloss
        )

    def forget_fabrics(self) -> None:
        """Release all fabrics, at the end of a scene."""
        for _, pattern, decor in self._textures.values():
            pattern.release()
            decor.release()
        self._textures.clear()


@dataclass(slots=True)
class Worn:
    """A garment on the person: posed shells, ready to draw."""

    top: Top
    shell: Array
    collar: Collar | None
    collar_shell: Array | None
    inner: Array | None


@dataclass(slots=True)
class Scene:
    """Everything about a scene but the tops."""

    plan: Plan
    rng: np.random.Generator
    rest: Array
    bones: Bones
    figure: Figure
    camera: Camera
    light: Light
    hair: Hair
    tone: Array
    bottom: Bottom
    shoes: Shoes
    strap: tuple[float, float] | None
    seed: float


def make_scene(studio: Studio, plan: Plan, bulk: float) -> Scene:
    """Choose body, pose, camera, light and looks; `bulk` is the thickest top's distance from the body."""
    rng = plan.rng()
    rest, heads = studio.body.rest(int(rng.integers(10**6)), test=plan.test)
    figure = Figure(studio.body, rest, heads)
    close = not plan.test and plan.pose == ARMS_DOWN and plan.legs in ("standing", "together")
    pose = sample_pose(rng, figure, BESIDE if close else plan.pose, bulk=bulk + 0.01)
    if plan.legs:
        pose.rotations |= sample_legs(rng, plan.legs)
    bones = studio.body.bones_at(heads, pose.rotations)
    shoulders, hips, wrists = (
        bones.joints[[studio.body.joint(f"{name}.{side}") for side in "LR"]]
        for name in ("upperarm01", "upperleg01", "wrist")
    )
    if plan.stream == "close":
        camera = sample_close_camera(rng, shoulders, hips, wrists, held=plan.framing == "selfie")
    else:
        camera = sample_camera(rng, shoulders, hips, category=plan.category)
    strap = None
    if plan.strap:
        strap = (float(rng.choice([-1, 1]) * rng.uniform(1.1, 1.6)), float(rng.uniform(0.01, 0.025)))
    tone = np.clip(SKIN_TONES[plan.tone] * rng.uniform(0.93, 1.05) * (1 + rng.normal(size=3) * 0.02), 0, 1)
    return Scene(
        plan, rng, rest, bones, figure, camera, sample_light(rng), sample_hair(rng, plan.hair), tone,
        sample_bottom(rng, test=plan.test), Shoes(rng.uniform(0.05, 0.9, 3)), strap,
        float(rng.integers(1000)),
    )  # fmt: skip


def wear(studio: Studio, scene: Scene, top: Top) -> Worn:
    """Put a top on the scene's person."""
    mesh = mesh_of(studio.body, top)
    offset = top.offset + scene.bottom.offset
    cloth = drape(mesh, scene.rest, top, offset=offset, relax=top.relax)
    floor = scene.bottom.offset + 0.5 * top.offset
    shell = on_body(mesh, cloth, scene.rest, scene.bones, floor=floor)
    collar, inner = collar_of(studio.body, top), None
    collar_shell = None if collar is None else collar_on_body(collar, cloth, scene.bones)
    if top.inner is not None:
        under = dress(mesh, scene.rest, top.inner.offset, relax=2)
        inner = on_body(mesh, under, scene.rest, scene.bones, floor=0.003)
    return Worn(top, shell, collar, collar_shell, inner)


def set_view(studio: Studio, scene: Scene, camera: Camera) -> None:
    """Camera and light uniforms."""
    studio.gl.view(camera.matrix)
    light = scene.light
    studio.gl.set(
        flat_lay=False, eye=tuple(camera.eye), light=tuple(light.direction),
        light_colour=tuple(light.key), ambient=tuple(light.ambient), seed=scene.seed,
    )  # fmt: skip


def set_cut(studio: Studio, top: Top, *, label: float) -> None:
    """Uniforms of one garment's outline."""
    finish = top.finish
    studio.gl.set(
        label=label, wrinkles=top.wrinkles, cut=(top.sleeve, top.hem, top.neck_z, top.strap),
        neck=(top.neck_half, top.neck_front, top.neck_back, float(top.vee)),
        past_seam=9.0, opening=top.opening, ribs=top.ribs, stitch=finish.stitch, inner=finish.inner,
        creases=finish.creases,
        collar=(finish.tilt, base_out(top.collar, finish.spread)) if finish.tilt < PLAIN_TILT else (0.0, 0.0),
    )  # fmt: skip


class PersonLayer:
    """The person without a top: skin, hair, bottom, strap; placed once, drawn from any camera."""

    def __init__(self, studio: Studio, scene: Scene, clearance: float, *, bottom: bool = True) -> None:
        self._studio, self._scene = studio, scene
        body, meshes = studio.body, studio.body.meshes
        posed = skin(scene.rest, meshes["body"].weights, scene.bones)
        for name in ("body", "left_eye", "right_eye"):
            studio.drawables[name].place(posed)
        hair = meshes["hair"]
        shell = np.asarray(hair.matrix @ scene.rest)
        if not scene.plan.plain:
            shell = fuller(np.random.default_rng([int(scene.seed), scene.plan.index]), hair, shell)
        studio.drawables["hair"].place(skin(shell, hair.weights, scene.bones))
        tights = meshes["tights"]
        surface = skin(np.asarray(tights.matrix @ scene.rest), tights.weights, scene.bones)
        self._bottom = self._bottom_shell() if bottom else None
        self._locks: Drawable | None = None
        if scene.hair.kind == "locks":
            points, faces = chest_locks(scene.rng, body, scene.bones, surface, clearance + 0.015)
            self._locks = Drawable(studio.gl, _lock_attributes(points), faces, (HAIR,))
            self._locks.place(points)
        self._strap = None
        if scene.strap is not None:
            lifted = dress(tights, scene.rest, clearance + 0.012, relax=6)
            self._strap = on_body(tights, lifted, scene.rest, scene.bones, floor=clearance + 0.006)

    def _bottom_shell(self) -> Array:
        bottom, scene = self._scene.bottom, self._scene
        mesh = self._studio.body.meshes[bottom.mesh]
        cloth = dress(mesh, scene.rest, bottom.offset, relax=bottom.relax)
        return on_body(mesh, cloth, scene.rest, scene.bones, floor=bottom.offset * 0.7)

    def draw(self, canvas: Renderer, camera: Camera) -> Layer:
        """Render the layer."""
        studio, scene = self._studio, self._scene
        canvas.begin()
        set_view(studio, scene, camera)
        hair, plan, shoes = scene.hair, scene.plan, scene.shoes
        studio.gl.set(
            base=tuple(scene.tone), accent=tuple(shoes.colour), gloss=0.08, hair_colour=tuple(hair.colour),
            shoe_top=shoes.top, shoe=shoes.sewn, shoe_colours=shoes.colours,
            head=(*hair.line, 0.75 * plan.beard, float(plan.glasses)), eyes=studio.eye_place,
        )  # fmt: skip
        studio.drawables["body"].draw(SKIN)
        studio.gl.set(base=(0.22, 0.15, 0.09), label=float(PARSE.index("face")), gloss=0.5)
        for name in ("left_eye", "right_eye"):
            studio.drawables[name].draw(EYE)
        studio.gl.set(base=tuple(hair.colour), label=float(PARSE.index("hair")), gloss=0.2)
        if hair.shell is not None:
            studio.gl.set(hair_cut=hair.shell)
            studio.drawables["hair"].draw(HAIR)
        if self._locks is not None:
            studio.gl.set(hair_cut=(-9.0, -9.0))
            self._locks.draw(HAIR)
        if self._bottom is not None:
            self._draw_bottom(self._bottom)
        if self._strap is not None and scene.strap is not None:
            studio.drawables["tights"].place(self._strap)
            studio.gl.set(
                base=tuple(scene.shoes.colour * 0.6),
                accent=(*scene.strap, 0.0),
                label=float(PARSE.index("strap")),
            )
            studio.drawables["tights"].draw(STRAP)
        return canvas.layer()

    def _draw_bottom(self, shell: Array) -> None:
        studio, bottom = self._studio, self._scene.bottom
        studio.drawables[bottom.mesh].place(shell)
        studio.use_fabric(bottom.fabric)
        studio.gl.set(
            label=float(PARSE.index("bottom")), wrinkles=bottom.wrinkles,
            bottom_cut=(bottom.leg if bottom.mesh == "tights" else 9.0, bottom.waist),
        )  # fmt: skip
        studio.drawables[bottom.mesh].draw(BOTTOM)


def _lock_attributes(points: Array) -> Array:
    """Locks take their place as canonical place, centred on the head so that strands run along them."""
    out = np.zeros((len(points), 8), np.float32)
    out[:, X : Z + 1] = points
    out[:, LABEL] = PARSE.index("hair")
    return out


def draw_top(
    studio: Studio, worn: Worn, collar: Drawable | None, *, shell_place: Array, collar_place: Array | None
) -> None:
    """Place a worn top and draw it, cut as it is, over whatever it shows inside."""
    if worn.inner is not None and worn.top.inner is not None:
        studio.drawables["tights"].place(worn.inner)
        studio.use_fabric(worn.top.inner.fabric)
        set_cut(studio, worn.top.inner, label=float(PARSE.index("inner")))
        studio.drawables["tights"].draw(TOP)
    studio.use_fabric(worn.top.fabric)
    set_cut(studio, worn.top, label=float(PARSE.index("top")))
    studio.drawables["tights"].place(worn.shell, shell_place)
    studio.drawables["tights"].draw(TOP)
    if collar is not None and worn.collar_shell is not None:
        collar.place(worn.collar_shell, collar_place)
        collar.draw(COLLAR)


def collar_drawable(studio: Studio, collar: Collar | None) -> Drawable | None:
    return None if collar is None else Drawable(studio.gl, collar.attributes, collar.faces, (COLLAR,))
