"""Open a bundle's folder and refuse what a bundle must not hold.

Every file is read once, hashed and scanned, and those very bytes go to the engine, so a file that changes
in between changes nothing. A model loaded from bytes has no folder to reach out of.
"""

import hashlib
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from lookglass.bundle.manifest import MAX_MANIFEST_BYTES, GraphSpec, Manifest, TensorSpec, parse_manifest
from lookglass.bundle.onnx_scan import ModelFacts, Signature, scan
from lookglass.errors import BundleError

DEFAULT_BUNDLE = Path(__file__).parents[1] / "bundles" / "default"
MANIFEST_FILE = "bundle.json"
MAX_GRAPH_BYTES = 256 << 20
MAX_BUNDLE_BYTES = 512 << 20
STANDARD_DOMAINS = ("", "ai.onnx")
OWN_DOMAIN = "lookglass"
# Links are not followed, and opening a named pipe does not wait for its writer.
_OPEN_FLAGS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
# Pickles of protocol 2 to 5, and the zip that torch.save writes around one.
_PICKLES = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05", b"PK\x03\x04")


class Bundle:
    """A checked bundle.

    Attributes:
        folder: where it lies.
        manifest: what it holds.

    Example:
        >>> Bundle.load(DEFAULT_BUNDLE).manifest.fusion
        'cross'
    """

    def __init__(self, folder: Path, manifest: Manifest, models: Mapping[str, bytes]) -> None:
        self.folder = folder
        self.manifest = manifest
        self._models = models

    @classmethod
    def load(cls, folder: str | Path | None = None) -> "Bundle":
        """Read and check a bundle; the one that ships with Lookglass if no folder is given.

        Raises:
            BundleError: something is missing, unlisted, altered, too large, or not allowed in a bundle.
        """
        folder = Path(folder) if folder is not None else DEFAULT_BUNDLE
        if not (folder / MANIFEST_FILE).is_file():
            raise BundleError(f"there is no bundle in {folder}: it has no {MANIFEST_FILE}")
        try:
            manifest = parse_manifest(_read(folder / MANIFEST_FILE, MAX_MANIFEST_BYTES))
            _refuse_unlisted(folder, manifest)
            models = {name: _checked_model(folder, spec) for name, spec in manifest.graphs.items()}
        except BundleError as error:
            raise BundleError(f"the bundle {folder} is refused: {error}") from error
        return cls(folder, manifest, models)

    def model(self, graph: str) -> bytes:
        """The checked ONNX bytes of a graph."""
        return self._models[graph]

    @property
    def size_bytes(self) -> int:
        """Size of all graphs together."""
        return sum(len(model) for model in self._models.values())


def _refuse_unlisted(folder: Path, manifest: Manifest) -> None:
    listed = {MANIFEST_FILE} | {spec.file for spec in manifest.graphs.values()}
    unlisted = sorted(entry.name for entry in folder.iterdir() if entry.name not in listed)
    if unlisted:
        raise BundleError(f"{unlisted[0]} lies in the folder but not in {MANIFEST_FILE}")
    total = sum((folder / name).lstat().st_size for name in listed if (folder / name).exists())
    if total > MAX_BUNDLE_BYTES:
        raise BundleError(f"it is larger than {MAX_BUNDLE_BYTES >> 20} MB")


def _checked_model(folder: Path, spec: GraphSpec) -> bytes:
    model = _read(folder / spec.file, MAX_GRAPH_BYTES)
    if hashlib.sha256(model).hexdigest() != spec.sha256:
        raise BundleError(f"{spec.file} was altered or damaged: its sha256 is not the one in {MANIFEST_FILE}")
    try:
        if model.startswith(_PICKLES):
            raise BundleError("it is a pickle, which can run code when it is loaded")
        _check_facts(scan(model), spec)
    except BundleError as error:
        raise BundleError(f"{spec.file}: {error}") from error
    return model


def _check_facts(facts: ModelFacts, spec: GraphSpec) -> None:
    if facts.external_data:
        raise BundleError("it keeps data outside its own file")
    for domain, name in sorted(facts.functions):
        if domain != OWN_DOMAIN:
            raise BundleError(f"it redefines {domain or 'ai.onnx'}::{name}")
    for domain, name in sorted(facts.operators):
        if domain not in STANDARD_DOMAINS and (domain, name) not in facts.functions:
            raise BundleError(f"operator {domain}::{name} is neither ONNX's own nor defined in the file")
    for domain, name in sorted(facts.body_operators):
        if domain not in STANDARD_DOMAINS:
            raise BundleError(
                f"a function's body uses {domain}::{name}; only ONNX's own operators may stand there"
            )
    _check_signatures("input", facts.inputs, spec.inputs)
    _check_signatures("output", facts.outputs, spec.outputs)


def _check_signatures(kind: str, found: Mapping[str, Signature], declared: Mapping[str, TensorSpec]) -> None:
    for name in sorted(found.keys() | declared.keys()):
        if name not in found or name not in declared:
            where = MANIFEST_FILE if name in declared else "the graph"
            raise BundleError(f"{kind} {name!r} is only in {where}")
        shape, dtype = found[name]
        if None in shape:
            raise BundleError(f"{kind} {name!r} has no fixed shape")
        if (shape, dtype) != (declared[name].shape, declared[name].dtype):
            raise BundleError(f"{kind} {name!r} is {dtype}{list(shape)}, not as {MANIFEST_FILE} declares it")


def _read(path: Path, limit: int) -> bytes:
    """Read a regular file that is no link; opened without following, so no race can swap one in."""
    try:
        descriptor = os.open(path, os.O_RDONLY | _OPEN_FLAGS)
    except OSError as error:
        reason = (
            "is a link; bundles hold plain files"
            if path.is_symlink()
            else f"cannot be read ({error.strerror})"
        )
        raise BundleError(f"{path.name} {reason}") from error
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise BundleError(f"{path.name} is not a plain file")
        if status.st_size > limit:
            raise BundleError(f"{path.name} is larger than {limit >> 20} MB")
        return file.read(limit + 1)
