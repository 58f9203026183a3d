"""TensorRT-RTX takes every graph of the default bundle, in float16; building an engine needs no GPU."""

from pathlib import Path

import onnx
import pytest
from half_graph import half_graph

import lookglass

trt = pytest.importorskip(
    "tensorrt_rtx", reason="TensorRT-RTX is not installed: pip install tensorrt-rtx-cu13"
)

GRAPHS = sorted((Path(lookglass.__file__).parent / "bundles/default").glob("*.onnx"))
ARCHITECTURES = ("SM86", "SM89", "SM120")


class Log(trt.ILogger):
    """Keeps what went wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.errors: list[str] = []

    def log(self, severity: "trt.ILogger.Severity", message: str) -> None:
        if severity <= trt.ILogger.ERROR:
            self.errors.append(message)


@pytest.fixture(scope="module", params=GRAPHS, ids=lambda path: path.stem)
def model(request: pytest.FixtureRequest) -> bytes:
    return half_graph(onnx.load(request.param)).SerializeToString()


class Parsed:
    """A model in TensorRT's hands; everything it refers to is kept alive with it."""

    def __init__(self, model: bytes) -> None:
        self.log = Log()
        self.builder = trt.Builder(self.log)
        self.network = self.builder.create_network(1 << int(trt.NetworkDefinitionCreationFlag.STRONGLY_TYPED))
        self.parser = trt.OnnxParser(self.network, self.log)
        self.ok = self.parser.parse(model)
        self.faults = [self.parser.get_error(i).desc() for i in range(self.parser.num_errors)]


def test_builds_one_engine_for_all_architectures(model: bytes) -> None:
    parsed = Parsed(model)
    assert parsed.ok, parsed.faults
    config = parsed.builder.create_builder_config()
    config.num_compute_capabilities = len(ARCHITECTURES)
    for i, architecture in enumerate(ARCHITECTURES):
        assert config.set_compute_capability(getattr(trt.ComputeCapability, architecture), i)
    assert parsed.builder.build_serialized_network(parsed.network, config) is not None, parsed.log.errors


def test_the_arithmetic_is_float16(model: bytes) -> None:
    network = Parsed(model).network
    layers = [network.get_layer(i) for i in range(network.num_layers)]
    heavy = (trt.LayerType.CONVOLUTION, trt.LayerType.MATRIX_MULTIPLY)
    assert {layer.get_output(0).dtype for layer in layers if layer.type in heavy} <= {trt.float16}


def test_the_operator_without_its_body_is_refused() -> None:
    """A node that TensorRT does not know fails: without this the other tests would show nothing."""
    model = onnx.load(next(path for path in GRAPHS if path.stem == "tryon"))
    del model.functions[:]
    parsed = Parsed(model.SerializeToString())
    assert not parsed.ok
    assert "CrossAttention" in " ".join(parsed.faults + parsed.log.errors)
