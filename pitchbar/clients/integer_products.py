"""Has a model whose weights are whole numbers of 8 bits multiply by them as they are.

As it comes, the packaged model makes floats of them when it is loaded: four times the memory, and
about twice the time for each text. Here what a layer is given is rounded to 8 bits, too, by its own
range.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

# Whole numbers, and the factors that make floats of them.
_Scaled = tuple[str, str]
# Of operators that onnxruntime has beside those of the standard.
_MICROSOFT = "com.microsoft"


def with_integer_products(model: bytes) -> bytes:
    """The same ONNX model, where a product with whole numbers that were made floats before, by a
    factor for each column, is one of whole numbers, and made floats afterwards; and where rows of
    a table are made floats after they were looked up, not all of them before. GELU is one operator
    instead of five, and nothing looks for what only a text without words would give.
    """
    import onnx
    from onnx.helper import make_node, make_opsetid

    loaded = onnx.load_from_string(model)
    graph = loaded.graph
    scaled = _scaled(graph)
    by_output = {name: node for node in graph.node for name in node.output}
    rounded: set[str] = set()
    made: list[Any] = []
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1] in scaled:
            made += _product(node, scaled[node.input[1]], rounded)
        elif node.op_type == "Gather" and node.input[0] in scaled:
            made += _looked_up(node, scaled[node.input[0]])
        elif given := _is_gelu_of(node, by_output):
            made.append(make_node("Gelu", [given], node.output, domain=_MICROSOFT))
        elif given := _is_guard_of(node, by_output):
            made.append(make_node("Identity", [given], node.output))
        else:
            made.append(node)
    used = _used(made, [one.name for one in graph.output])
    names = {name for node in used for name in node.input}
    stored = [one for one in graph.initializer if one.name in names]
    del graph.node[:]
    del graph.initializer[:]
    graph.node.extend(used)
    graph.initializer.extend(stored)
    loaded.opset_import.append(make_opsetid(_MICROSOFT, 1))
    return bytes(loaded.SerializeToString())


def _scaled(graph: Any) -> dict[str, _Scaled]:
    """By the name of the floats that are made of them."""
    from onnx import TensorProto

    stored = {one.name: one for one in graph.initializer}
    whole = {name for name, one in stored.items() if one.data_type == TensorProto.INT8}
    floats = {
        node.output[0]: node.input[0]
        for node in graph.node
        if node.op_type == "Cast" and node.input[0] in whole
    }
    return {
        node.output[0]: (floats[node.input[0]], node.input[1])
        for node in graph.node
        if node.op_type == "Mul" and node.input[0] in floats and node.input[1] in stored
    }


def _product(node: Any, weights: _Scaled, rounded: set[str]) -> Iterator[Any]:
    """`rounded` knows what was rounded already: several layers may be given the same."""
    from onnx import TensorProto
    from onnx.helper import make_node

    given, name = node.input[0], node.output[0]
    own = f"{given}_rounded"
    if given not in rounded:
        rounded.add(given)
        yield make_node("DynamicQuantizeLinear", [given], [own, f"{own}_scale", f"{own}_zero"])
    yield make_node("MatMulInteger", [own, weights[0], f"{own}_zero"], [f"{name}_whole"])
    yield make_node("Cast", [f"{name}_whole"], [f"{name}_float"], to=TensorProto.FLOAT)
    yield make_node("Mul", [f"{own}_scale", weights[1]], [f"{name}_scale"])
    yield make_node("Mul", [f"{name}_float", f"{name}_scale"], [name])


def _looked_up(node: Any, table: _Scaled) -> Iterator[Any]:
    """Each row has a factor of its own."""
    from onnx import TensorProto
    from onnx.helper import make_node

    name, index = node.output[0], node.input[1]
    yield make_node("Gather", [table[0], index], [f"{name}_whole"], axis=0)
    yield make_node("Cast", [f"{name}_whole"], [f"{name}_float"], to=TensorProto.FLOAT)
    yield make_node("Gather", [table[1], index], [f"{name}_scale"], axis=0)
    yield make_node("Mul", [f"{name}_float", f"{name}_scale"], [name])


def _is_gelu_of(node: Any, by_output: Mapping[str, Any]) -> str:
    """The name of x where it is x times (a half times (1 + erf(x / √2))); else nothing."""
    if node.op_type != "Mul" or len(node.input) != 2:
        return ""
    given, name = node.input
    for kind, place in (("Mul", 1), ("Add", 0), ("Erf", 0), ("Div", 0)):
        found = by_output.get(name)
        if found is None or found.op_type != kind:
            return ""
        name = found.input[place]
    return str(given) if name == given else ""


def _is_guard_of(node: Any, by_output: Mapping[str, Any]) -> str:
    """The name of x where it is x but for what is no number; else nothing."""
    if node.op_type != "Where":
        return ""
    asked = by_output.get(node.input[0])
    guards = asked is not None and asked.op_type == "IsNaN" and asked.input[0] == node.input[2]
    return str(node.input[2]) if guards else ""


def _used(nodes: Sequence[Any], outputs: Sequence[str]) -> list[Any]:
    """Without those whose output nobody takes; they stand in the order of their calculation."""
    wanted, kept = set(outputs), []
    for node in reversed(nodes):
        if wanted.intersection(node.output):
            wanted.update(node.input)
            kept.append(node)
    return kept[::-1]
