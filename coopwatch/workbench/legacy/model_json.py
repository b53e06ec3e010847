"""The `model.json` of a Keras 1 or 2 model in, its layers in the order in which to build them out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, Field, ValidationError

from coopwatch.workbench.legacy.refusal import refused

MOST_BYTES = 20_000_000
MOST_LAYERS = 2_000
HDF5_SIGNATURE = b"\x89HDF\r\n\x1a\n"
INPUT_LAYER = "InputLayer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A layer as the file describes it."""

    name: str
    kind: str  # the layer's class
    options: Mapping[str, Any]  # as Keras 1 or 2 call them
    inputs: tuple[str, ...]  # names of the layers that it takes from


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """A network of one input and one output; each layer comes after those that it takes from."""

    name: str
    keras_version: str
    input_name: str
    input_shape: tuple[int, int, int]  # height, width, 3
    nodes: tuple[Node, ...]  # without the input itself; the output is `output_name`
    output_name: str


class _Layer(BaseModel):
    class_name: str
    config: dict[str, Any]
    name: str | None = None
    inbound_nodes: list[Any] = []


_Layers: TypeAlias = Annotated[list[_Layer], Field(min_length=1, max_length=MOST_LAYERS)]


class _Config(BaseModel):
    name: str = "model"
    layers: _Layers
    input_layers: list[Any] = []
    output_layers: list[Any] = []
    build_input_shape: list[int | None] | None = None


class _File(BaseModel):
    class_name: Literal["Sequential", "Model", "Functional"]
    config: _Config | _Layers
    keras_version: str = "1"  # Keras 1 did not always say
    backend: str = "tensorflow"


def read_architecture(path: Path) -> Architecture:
    """Read `model.json`, as `model.to_json()` of Keras 1 or 2 writes it.

    Raises:
        ModelError: no such file, no model, or one with several inputs or outputs, shared layers or models inside.
    """
    file = _parse(path, _read(path))
    if file.backend != "tensorflow":
        raise refused(path, f"a model of the backend {file.backend}", "one of TensorFlow", "save it with TensorFlow")
    config = file.config if isinstance(file.config, _Config) else _Config(layers=file.config)
    nodes = _chain(path, config) if file.class_name == "Sequential" else _graph(path, config)
    inputs = [node for node in nodes if node.kind == INPUT_LAYER]
    names = [node.name for node in nodes]
    outputs = (
        [names[-1]] if file.class_name == "Sequential" else [_named(path, place) for place in config.output_layers]
    )
    if (len(inputs), len(outputs)) != (1, 1) or outputs[0] not in names or len(set(names)) < len(names):
        received = f"{len(inputs)} inputs, {len(outputs)} outputs and {len(names)} layers of {len(set(names))} names"
        raise refused(path, received, "one input, one output and layers of different names", "save another model")
    return Architecture(
        name=config.name,
        keras_version=file.keras_version,
        input_name=inputs[0].name,
        input_shape=_picture_shape(path, inputs[0]),
        nodes=tuple(_in_order(path, nodes, inputs[0].name)),
        output_name=outputs[0],
    )


def _read(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= MOST_BYTES else b""
    except OSError as error:
        raise refused(path, str(error.strerror), "a readable model.json", "name another file") from error
    if size > MOST_BYTES:
        raise refused(path, f"{size:,} bytes", f"at most {MOST_BYTES:,}", "give the architecture alone")
    if data.startswith(HDF5_SIGNATURE):
        raise refused(path, "an HDF5 file", "JSON", "give MODEL_JSON first and WEIGHTS_H5 second")
    return data


def _parse(path: Path, data: bytes) -> _File:
    try:
        return _File.model_validate_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise refused(
            path, f"{where}: {first['msg']}", "what `model.to_json()` of Keras 1 or 2 writes", "save it again with that"
        ) from error


def _chain(path: Path, config: _Config) -> list[Node]:
    """The layers of a Sequential: each takes from the one before it; an input comes first."""
    layers = config.layers
    before = ""
    nodes: list[Node] = []
    if layers[0].class_name != INPUT_LAYER:
        shape = layers[0].config.get("batch_input_shape") or config.build_input_shape
        nodes.append(Node(name="input", kind=INPUT_LAYER, options={"batch_input_shape": shape}, inputs=()))
        before = "input"
    for number, layer in enumerate(layers):
        node = _node(path, layer, number, (before,) if before else ())
        nodes.append(node)
        before = node.name
    return nodes


def _graph(path: Path, config: _Config) -> list[Node]:
    return [_node(path, layer, number, _inbound(path, layer)) for number, layer in enumerate(config.layers)]


def _node(path: Path, layer: _Layer, number: int, inputs: tuple[str, ...]) -> Node:
    name = layer.name or layer.config.get("name") or f"{layer.class_name.lower()}_{number + 1}"
    if "layers" in layer.config or not isinstance(name, str):
        received = f"layer {name}: a model inside the model"
        raise refused(path, received, "plain layers", "save the model with its layers in one row")
    return Node(name=name, kind=layer.class_name, options=layer.config, inputs=inputs)


def _inbound(path: Path, layer: _Layer) -> tuple[str, ...]:
    """The names in `[[["conv_1", 0, 0, {}], ...]]`; a layer that is used twice has two such lists."""
    if len(layer.inbound_nodes) > 1:
        received = f"layer {layer.name}: used {len(layer.inbound_nodes)} times"
        raise refused(path, received, "each layer once", "save a model without shared layers")
    places = layer.inbound_nodes[0] if layer.inbound_nodes else []
    if not isinstance(places, list):
        raise refused(path, "layers as Keras 3 writes them", "a model of Keras 1 or 2", "use its model.keras instead")
    return tuple(_named(path, place) for place in places)


def _named(path: Path, place: object) -> str:
    if not (isinstance(place, list) and place and isinstance(place[0], str)):
        raise refused(path, f"a connection {place!r:.60}", '["layer", 0, 0]', "save it again with `model.to_json()`")
    return place[0]


def _picture_shape(path: Path, node: Node) -> tuple[int, int, int]:
    shape = node.options.get("batch_input_shape")
    match shape:
        case [_, int(height), int(width), 3] if 1 <= height <= 4096 and 1 <= width <= 4096:
            return height, width, 3
    raise refused(
        path,
        f"layer {node.name}: the input shape {shape!r:.60}",
        "[null, height, width, 3], at most 4096 wide and high, channels last",
        "save a model that takes RGB pictures",
    )


def _in_order(path: Path, nodes: list[Node], first: str) -> Iterator[Node]:
    """Each layer once all that it takes from are there."""
    done = {first}
    waiting = [node for node in nodes if node.name != first]
    while waiting:
        ready = [node for node in waiting if node.inputs and done.issuperset(node.inputs)]
        if not ready:
            names = ", ".join(node.name for node in waiting[:5])
            raise refused(path, f"layers without a way to the input: {names}", "a connected network", "save it again")
        yield from ready
        done.update(node.name for node in ready)
        waiting = [node for node in waiting if node.name not in done]
