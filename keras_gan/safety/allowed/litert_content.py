"""Lists the tables, operators and types of numbers that a LiteRT file may hold.

Left out are operators of somebody's own (custom, and TensorFlow's, called flex), those
that call other graphs, keep a state, draw random numbers or read text, sparse tensors,
and weights outside of the flat buffer.

Source: schema.fbs of LiteRT 2.3
"""

from __future__ import annotations

import re
from typing import NamedTuple

from keras_gan.safety.flat_buffer import read_schema

TABLES = read_schema(
    """
Model: 0 version uint, 1 operator_codes OperatorCode*, 2 subgraphs SubGraph*,
    3 description text, 4 buffers Buffer*, 5 metadata_buffer int*, 6 metadata Metadata*,
    7 signature_defs Signature*
OperatorCode: 0 deprecated_builtin_code byte, 1 custom_code refused, 2 version int,
    3 builtin_code int
SubGraph: 0 tensors Tensor*, 1 inputs int*, 2 outputs int*, 3 operators Operator*,
    4 name text, 5 debug_metadata_index int
Tensor: 0 shape int*, 1 type byte, 2 buffer uint, 3 name text,
    4 quantization Quantization, 5 is_variable bool, 6 sparsity refused,
    7 shape_signature int*, 8 has_rank bool, 9 variant_tensors refused,
    10 external_buffer refused
Quantization: 0 min float*, 1 max float*, 2 scale float*, 3 zero_point long*,
    4 details_type refused, 5 details refused, 6 quantized_dimension int
Operator: 0 opcode_index uint, 1 inputs int*, 2 outputs int*,
    3 builtin_options_type ubyte, 4 builtin_options table, 5 custom_options refused,
    6 custom_options_format byte, 7 mutating_variable_inputs refused,
    8 intermediates refused, 11 builtin_options_2_type refused,
    12 builtin_options_2 refused, 13 debug_metadata_index int
Buffer: 0 data ubyte*, 1 offset refused, 2 size refused
Metadata: 0 name text, 1 buffer uint
Signature: 0 inputs TensorMap*, 1 outputs TensorMap*, 2 signature_key text,
    4 subgraph_index uint
TensorMap: 0 name text, 1 tensor_index uint
Add: 0 fused_activation_function byte, 1 pot_scale_int16 bool
ArgMax: 0 output_type byte
ArgMin: 0 output_type byte
BatchMatMul: 0 adj_x bool, 1 adj_y bool, 2 asymmetric_quantize_inputs bool
Cast: 0 in_data_type byte, 1 out_data_type byte
Concatenation: 0 axis int, 1 fused_activation_function byte
Conv2D: 0 padding byte, 1 stride_w int, 2 stride_h int, 3 fused_activation_function
    byte, 4 dilation_w_factor int, 5 dilation_h_factor int, 6 quantized_bias_type
    byte
Conv3D: 0 padding byte, 1 stride_d int, 2 stride_w int, 3 stride_h int, 4
    fused_activation_function byte, 5 dilation_d_factor int, 6 dilation_w_factor
    int, 7 dilation_h_factor int
Cumsum: 0 exclusive bool, 1 reverse bool
DepthToSpace: 0 block_size int
DepthwiseConv2D: 0 padding byte, 1 stride_w int, 2 stride_h int, 3 depth_multiplier
    int, 4 fused_activation_function byte, 5 dilation_w_factor int, 6
    dilation_h_factor int
Div: 0 fused_activation_function byte
FullyConnected: 0 fused_activation_function byte, 1 weights_format byte, 2
    keep_num_dims bool, 3 asymmetric_quantize_inputs bool, 4 quantized_bias_type
    byte
Gather: 0 axis int, 1 batch_dims int
Gelu: 0 approximate bool
L2Norm: 0 fused_activation_function byte
LeakyRelu: 0 alpha float
MirrorPad: 0 mode byte
Mul: 0 fused_activation_function byte
OneHot: 0 axis int
Pack: 0 values_count int, 1 axis int
Pool2D: 0 padding byte, 1 stride_w int, 2 stride_h int, 3 filter_width int, 4
    filter_height int, 5 fused_activation_function byte
Reducer: 0 keep_dims bool
Reshape: 0 new_shape int*
ResizeBilinear: 2 align_corners bool, 3 half_pixel_centers bool
ResizeNearestNeighbor: 0 align_corners bool, 1 half_pixel_centers bool
Shape: 0 out_type byte
Softmax: 0 beta float
SpaceToDepth: 0 block_size int
Split: 0 num_splits int
SplitV: 0 num_splits int
Squeeze: 0 squeeze_dims int*
StridedSlice: 0 begin_mask int, 1 end_mask int, 2 ellipsis_mask int, 3 new_axis_mask
    int, 4 shrink_axis_mask int, 5 offset bool
Sub: 0 fused_activation_function byte, 1 pot_scale_int16 bool
TransposeConv: 0 padding byte, 1 stride_w int, 2 stride_h int, 3
    fused_activation_function byte, 4 quantized_bias_type byte
Unpack: 0 num int, 1 axis int
ZerosLike:
Abs: AddN: BatchToSpaceND: BroadcastTo: Cos: Dequantize: Equal: Exp: ExpandDims:
Fill: FloorDiv: FloorMod: GatherNd: Greater: GreaterEqual: HardSwish: Less:
LessEqual: LogSoftmax: LogicalAnd: LogicalNot: LogicalOr: MaximumMinimum: Neg:
NotEqual: Pad: PadV2: Pow: Quantize: ReverseV2: Select: SelectV2: Sign: Slice:
SpaceToBatchND: Square: SquaredDifference: Tile: Transpose:
"""
)
"""The fields of each table: of the file, then of the options of operators."""


class Operator(NamedTuple):
    """An operator that may be in a file.

    Attributes:
        name: Its name.
        inputs: The smallest and the largest number of its inputs.
        outputs: The same of its outputs.
        options: The table of its options; "None" if it has none.
        options_type: The number of that table in the union of all of them.
    """

    name: str
    inputs: tuple[int, int]
    outputs: tuple[int, int]
    options: str
    options_type: int


# Name, number, inputs, outputs, options and their type; as one text, for 100 lines.
_OPERATORS = """
ABS 101 1 1 Abs 78, ADD 0 2 1 Add 11, ADD_N 106 1+ 1 AddN 82, ARG_MAX 56 2 1 ArgMax
40, ARG_MIN 79 2 1 ArgMin 57, AVERAGE_POOL_2D 1 1 1 Pool2D 5, BATCH_MATMUL 126 2 1
BatchMatMul 101, BATCH_TO_SPACE_ND 37 3 1 BatchToSpaceND 24, BROADCAST_TO 130 2 1
BroadcastTo 104, CAST 53 1 1 Cast 37, CEIL 104 1 1 None 0, CONCATENATION 2 1+ 1
Concatenation 10, CONV_2D 3 2-3 1 Conv2D 1, CONV_3D 132 2-3 1 Conv3D 106, COS 108 1
1 Cos 84, CUMSUM 128 2 1 Cumsum 102, DEPTH_TO_SPACE 5 1 1 DepthToSpace 94,
DEPTHWISE_CONV_2D 4 2-3 1 DepthwiseConv2D 2, DEQUANTIZE 6 1 1 Dequantize 38, DIV 42
2 1 Div 29, ELU 111 1 1 None 0, EQUAL 71 2 1 Equal 53, EXP 47 1 1 Exp 33,
EXPAND_DIMS 70 2 1 ExpandDims 52, FILL 94 2 1 Fill 68, FLOOR 8 1 1 None 0, FLOOR_DIV
90 2 1 FloorDiv 65, FLOOR_MOD 95 2 1 FloorMod 72, FULLY_CONNECTED 9 2-3 1
FullyConnected 8, GATHER 36 2 1 Gather 23, GATHER_ND 107 2 1 GatherNd 83, GELU 150 1
1 Gelu 116, GREATER 61 2 1 Greater 44, GREATER_EQUAL 62 2 1 GreaterEqual 45,
HARD_SWISH 117 1 1 HardSwish 91, L2_NORMALIZATION 11 1 1 L2Norm 12, LEAKY_RELU 98 1
1 LeakyRelu 75, LESS 58 2 1 Less 41, LESS_EQUAL 63 2 1 LessEqual 46, LOG 73 1 1 None
0, LOG_SOFTMAX 50 1 1 LogSoftmax 36, LOGICAL_AND 86 2 1 LogicalAnd 62, LOGICAL_NOT
87 1 1 LogicalNot 63, LOGICAL_OR 84 2 1 LogicalOr 60, LOGISTIC 14 1 1 None 0,
MAX_POOL_2D 17 1 1 Pool2D 5, MAXIMUM 55 2 1 MaximumMinimum 39, MEAN 40 2 1 Reducer
27, MINIMUM 57 2 1 MaximumMinimum 39, MIRROR_PAD 100 2 1 MirrorPad 77, MUL 18 2 1
Mul 21, NEG 59 1 1 Neg 42, NOT_EQUAL 72 2 1 NotEqual 54, ONE_HOT 85 4 1 OneHot 61,
PACK 83 1+ 1 Pack 59, PAD 34 2 1 Pad 22, PADV2 60 3 1 PadV2 43, POW 78 2 1 Pow 56,
PRELU 54 2 1 None 0, QUANTIZE 114 1 1 Quantize 89, REDUCE_ALL 140 2 1 Reducer 27,
REDUCE_ANY 91 2 1 Reducer 27, REDUCE_MAX 82 2 1 Reducer 27, REDUCE_MIN 89 2 1
Reducer 27, REDUCE_PROD 81 2 1 Reducer 27, RELU 19 1 1 None 0, RELU6 21 1 1 None 0,
RELU_0_TO_1 152 1 1 None 0, RELU_N1_TO_1 20 1 1 None 0, RESHAPE 22 2 1 Reshape 17,
RESIZE_BILINEAR 23 2 1 ResizeBilinear 15, RESIZE_NEAREST_NEIGHBOR 97 2 1
ResizeNearestNeighbor 74, REVERSE_V2 105 2 1 ReverseV2 81, ROUND 116 1 1 None 0,
RSQRT 76 1 1 None 0, SELECT 64 3 1 Select 47, SELECT_V2 123 3 1 SelectV2 98, SHAPE
77 1 1 Shape 55, SIGN 158 1 1 Sign 123, SIN 66 1 1 None 0, SLICE 65 3 1 Slice 48,
SOFTMAX 25 1 1 Softmax 9, SPACE_TO_BATCH_ND 38 3 1 SpaceToBatchND 25, SPACE_TO_DEPTH
26 1 1 SpaceToDepth 19, SPLIT 49 2 1+ Split 35, SPLIT_V 102 3 1+ SplitV 79, SQRT 75
1 1 None 0, SQUARE 92 1 1 Square 66, SQUARED_DIFFERENCE 99 2 1 SquaredDifference 76,
SQUEEZE 43 1 1 Squeeze 30, STRIDED_SLICE 45 4 1 StridedSlice 32, SUB 41 2 1 Sub 28,
SUM 74 2 1 Reducer 27, TANH 28 1 1 None 0, TILE 69 2 1 Tile 51, TRANSPOSE 39 2 1
Transpose 26, TRANSPOSE_CONV 67 3-4 1 TransposeConv 49, UNPACK 88 1 1+ Unpack 64,
ZEROS_LIKE 93 1 1 ZerosLike 67
"""

MOST_TENSORS = 1000
"""The most inputs or outputs of an operator that takes any number of them."""


def _count(text: str) -> tuple[int, int]:
    first, _, last = text.rstrip("+").partition("-")
    return int(first), MOST_TENSORS if text.endswith("+") else int(last or first)


OPERATORS = {
    int(number): Operator(name, _count(inputs), _count(outputs), options, int(kind))
    for name, number, inputs, outputs, options, kind in map(
        str.split, re.split(r",\s+", _OPERATORS.strip())
    )
}
"""The operators by their numbers."""

BOOL, INT32, INT64 = 6, 2, 4
"""The types of truth values and of places."""

TYPED_BY = {
    "SPLIT": 1,
    "TRANSPOSE_CONV": 2,
    "SELECT": 1,
    "SELECT_V2": 1,
    "ONE_HOT": 2,
    "FILL": 1,
}
"""The place of the input whose type the outputs have, where it is not the first."""

_COMPARISONS = ("EQUAL", "GREATER", "GREATER_EQUAL", "LESS", "LESS_EQUAL", "NOT_EQUAL")
TYPES = {
    **dict.fromkeys(_COMPARISONS, frozenset((BOOL,))),
    **dict.fromkeys(("ARG_MAX", "ARG_MIN", "SHAPE"), frozenset((INT32, INT64))),
    "CAST": frozenset((0, 1, 2, 3, 4, 6, 7, 9, 15, 16)),
    "QUANTIZE": frozenset((3, 7, 9)),
    "DEQUANTIZE": frozenset((0,)),
}
"""The types of the outputs, where they are not that of an input."""

BITS = {0: 32, 1: 16, 2: 32, 3: 8, 4: 64, 6: 8, 7: 16, 9: 8, 15: 32, 16: 16}
"""The bits of one number by the type of the tensor."""
