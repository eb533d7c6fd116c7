"""The profile of a step accounts for all of its time, once."""

import pytest
import step_profile
import tensorflow as tf
import traces
from traces import Operation, Span

PRODUCT = Operation("dense/MatMul", "MatMul", "[2,3]")
UPDATE = Operation("adam/ResourceApplyAdam", "ResourceApplyAdam", "")
BATCH = Operation("GatherV2", "GatherV2", "")
FORWARD = "convolutions: forward"
INPUT = "convolutions: input gradient"
KERNEL = "convolutions: kernel gradient"


def test_threads_share_the_time_that_both_compute_in():
    spans = [
        Span(0.0, 4.0, PRODUCT, False),
        Span(2.0, 6.0, UPDATE, False),
        Span(7.0, 8.0, PRODUCT, False),
    ]
    costs = traces.walls(spans)
    assert costs == {PRODUCT: 2.0 + 1.0 + 1.0, UPDATE: 1.0 + 2.0, None: 1.0}


def test_data_count_where_a_step_waits_for_them():
    spans = [Span(0.0, 2.0, PRODUCT, False), Span(1.0, 5.0, BATCH, True)]
    assert traces.walls(spans) == {PRODUCT: 2.0, BATCH: 3.0}


@pytest.mark.parametrize(
    ("node", "kind", "group"),
    [
        ("generator/dense/Relu", "FusedMatMul", "matrix products"),
        ("d/spectral_normalization/MatVec/MatMul", "MatMul", "normalization"),
        ("d/spectral_normalization/conv2d/BiasAdd", "FusedConv2D", FORWARD),
        ("generator/conv_transpose", "Conv2DBackpropInput", FORWARD),
        ("gradient_tape/g/conv_transpose/Conv2D", "Conv2D", INPUT),
        ("gradient_tape/d/conv2d/Conv2DBackpropInput", "Conv2DBackpropInput", INPUT),
        ("gradient_tape/d/conv2d/Conv2D", "Conv2DBackpropFilterWithBias", KERNEL),
        ("g/batch_normalization/Square", "Square", "normalization"),
        ("gradient_tape/d/maxout/Equal", "Equal", "activations, resampling"),
        ("adam/Pow", "Pow", "updates"),
        ("d/dropout/GreaterEqual", "GreaterEqual", "random numbers"),
        ("stack", "Pack", "the rest"),
    ],
)
def test_every_operation_has_a_group(node, kind, group):
    assert step_profile.group_of(Operation(node, kind, "")) == group


def test_a_recorded_step_is_read(tmp_path):
    @tf.function
    def product(matrix):
        return tf.matmul(matrix, matrix, name="square")

    matrix = tf.ones((64, 64))
    product(matrix)
    options = tf.profiler.experimental.ProfilerOptions(host_tracer_level=3)
    with tf.profiler.experimental.Profile(str(tmp_path), options=options):
        for _ in range(3):
            product(matrix)
    spans = traces.spans_of(tmp_path)
    found = [span for span in spans if span.operation.node == "square"]
    assert [span.operation.kind for span in found] == ["MatMul"] * 3
    ends = max(span.end for span in spans), min(span.start for span in spans)
    assert sum(traces.walls(spans).values()) == pytest.approx(ends[0] - ends[1])
