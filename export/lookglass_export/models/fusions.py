"""The choice of where person, garment and words join; see docs/adr/0023."""

from lookglass_export.models.cross import CrossEncoder, CrossGeometry
from lookglass_export.models.early import EarlyEncoder, EarlyGeometry
from lookglass_export.models.garment import GarmentEncoder
from lookglass_export.models.geometry import Geometry
from lookglass_export.models.late import LateEncoder, LateGeometry

DEFAULT = "cross"
FUSIONS: dict[str, tuple[type[GarmentEncoder], type[Geometry]]] = {
    "early": (EarlyEncoder, EarlyGeometry),
    "late": (LateEncoder, LateGeometry),
    "cross": (CrossEncoder, CrossGeometry),
}
"""Name -> what runs once per garment, and what runs per frame."""
