"""Small models, each with one of the things that are written anew, run before and after."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, numpy_helper
from onnx.helper import (
    make_graph,
    make_model,
    make_node,
    make_opsetid,
    make_tensor_value_info,
)

from pitchbar.clients.integer_products import with_integer_products

CHANCE = np.random.default_rng(7)


def _model(
    nodes: Sequence[Any], stored: dict[str, Any], given: str, shape: list[int], kind: int = 1
) -> bytes:
    graph = make_graph(
        nodes,
        "small",
        [make_tensor_value_info(given, kind, shape)],
        [make_tensor_value_info("out", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(value, name) for name, value in stored.items()],
    )
    made = make_model(graph, opset_imports=[make_opsetid("", 14)], ir_version=8)
    return bytes(made.SerializeToString())


def _run(model: bytes, given: str, value: Any) -> Any:
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    return session.run(None, {given: value})[0]


def _operators(model: bytes) -> Counter[str]:
    return Counter(node.op_type for node in onnx.load_from_string(model).graph.node)


def _floats_of(name: str) -> list[Any]:
    """As the packaged model has it: whole numbers made floats by a factor."""
    return [
        make_node("Cast", [f"{name}_whole"], [f"{name}_cast"], to=TensorProto.FLOAT),
        make_node("Mul", [f"{name}_cast", f"{name}_scale"], [name]),
    ]


def _whole(*shape: int) -> Any:
    return CHANCE.integers(-127, 128, size=shape).astype(np.int8)


def test_products_with_what_was_whole_are_of_whole_numbers() -> None:
    scale = CHANCE.uniform(0.001, 0.01, size=(1, 5)).astype(np.float32)
    other = CHANCE.uniform(0.001, 0.01, size=(1, 5)).astype(np.float32)
    stored = {"a_whole": _whole(8, 5), "a_scale": scale, "b_whole": _whole(8, 5), "b_scale": other}
    nodes = [
        *_floats_of("a"),
        *_floats_of("b"),
        make_node("MatMul", ["x", "a"], ["left"]),
        make_node("MatMul", ["x", "b"], ["right"]),
        make_node("Sub", ["left", "right"], ["out"]),
    ]
    before = _model(nodes, stored, "x", [3, 8])
    after = with_integer_products(before)
    operators = _operators(after)
    assert operators["MatMul"] == 0
    assert operators["MatMulInteger"] == 2
    # Both are given the same, which is rounded once.
    assert operators["DynamicQuantizeLinear"] == 1
    value = CHANCE.normal(size=(3, 8)).astype(np.float32)
    exact, near = _run(before, "x", value), _run(after, "x", value)
    assert np.abs(exact - near).max() < 0.03 * np.abs(exact).max()


def test_a_product_of_floats_is_left_as_it_is() -> None:
    stored = {"a": CHANCE.normal(size=(8, 5)).astype(np.float32)}
    before = _model([make_node("MatMul", ["x", "a"], ["out"])], stored, "x", [3, 8])
    after = with_integer_products(before)
    assert _operators(after) == _operators(before)
    value = CHANCE.normal(size=(3, 8)).astype(np.float32)
    assert np.array_equal(_run(before, "x", value), _run(after, "x", value))


def test_rows_of_a_table_are_made_floats_after_they_are_looked_up() -> None:
    scale = CHANCE.uniform(0.001, 0.01, size=(50, 1)).astype(np.float32)
    stored = {"table_whole": _whole(50, 4), "table_scale": scale}
    nodes = [*_floats_of("table"), make_node("Gather", ["table", "x"], ["out"], axis=0)]
    before = _model(nodes, stored, "x", [3], TensorProto.INT64)
    after = with_integer_products(before)
    assert _operators(after)["Gather"] == 2
    value = np.array([3, 49, 3])
    assert np.array_equal(_run(before, "x", value), _run(after, "x", value))
    # The floats of the whole table are made nowhere.
    cast = next(one for one in onnx.load_from_string(after).graph.node if one.op_type == "Cast")
    assert cast.input[0] != "table_whole"


def _gelu(last: str) -> bytes:
    stored = {
        "root": np.float32(np.sqrt(2)),
        "one": np.float32(1),
        "half": np.float32(0.5),
    }
    nodes = [
        make_node("Div", ["x", "root"], ["d"]),
        make_node("Erf", ["d"], ["e"]),
        make_node("Add", ["e", "one"], ["p"]),
        make_node("Mul", ["half", "p"], ["h"]),
        make_node("Mul", [last, "h"], ["out"]),
    ]
    return _model(nodes, stored, "x", [3, 8])


def test_gelu_is_one_operator() -> None:
    before = _gelu("x")
    after = with_integer_products(before)
    assert _operators(after) == {"Gelu": 1}
    value = CHANCE.normal(size=(3, 8)).astype(np.float32)
    assert np.allclose(_run(before, "x", value), _run(after, "x", value), atol=1e-6)


def test_what_only_looks_like_gelu_is_left() -> None:
    after = with_integer_products(_gelu("d"))
    assert _operators(after)["Gelu"] == 0


def _guarded(otherwise: str) -> bytes:
    nodes = [
        make_node("Add", ["x", "x"], ["y"]),
        make_node("IsNaN", ["y"], ["none"]),
        make_node("Where", ["none", "zero", otherwise], ["out"]),
    ]
    return _model(nodes, {"zero": np.float32(0)}, "x", [3])


def test_nothing_looks_for_what_is_no_number() -> None:
    after = with_integer_products(_guarded("y"))
    assert _operators(after) == {"Add": 1, "Identity": 1}
    value = np.array([1, -2, 3], dtype=np.float32)
    assert np.array_equal(_run(after, "x", value), 2 * value)
    assert _operators(with_integer_products(_guarded("x")))["Where"] == 1


def test_nothing_is_stored_that_nobody_takes() -> None:
    stored = {"table_whole": _whole(50, 4), "table_scale": np.ones((50, 1), np.float32)}
    stored["unused"] = np.zeros(100_000, np.float32)
    nodes = [*_floats_of("table"), make_node("Gather", ["table", "x"], ["out"], axis=0)]
    after = with_integer_products(_model(nodes, stored, "x", [3], TensorProto.INT64))
    kept = {one.name for one in onnx.load_from_string(after).graph.initializer}
    assert kept == {"table_whole", "table_scale"}
