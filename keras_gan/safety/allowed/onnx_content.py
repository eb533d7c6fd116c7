"""Lists the fields, operators and types of numbers that an ONNX file may hold.

Left out are the training of a model, devices, weights in other files for all but the
initializers of the main graph (`Weights` here), text among the tensors, and of ONNX
Runtime's operators those that run programs, read files or text, or search for words.

Source: onnx.proto of ONNX 1.23; docs/ContribOperators.md of ONNX Runtime
"""

from __future__ import annotations

from keras_gan.safety.protocol_buffer import read_schema

_GRAPH = """1 node Node*, 2 name text, 10 doc_string any, 11 input Value*,
    12 output Value*, 13 value_info Value*, 14 quantization_annotation any*,
    15 sparse_initializer Sparse*, 16 metadata_props any*"""
_TENSOR = """1 dims int*, 2 data_type int, 4 float_data numbers, 5 int32_data numbers,
    6 string_data any*, 7 int64_data numbers, 8 name text, 9 raw_data any,
    10 double_data numbers, 11 uint64_data numbers, 12 doc_string any,
    14 data_location int, 16 metadata_props any*"""

MESSAGES = read_schema(
    f"""
Model: 1 ir_version int, 2 producer_name text, 3 producer_version text, 4 domain any,
    5 model_version int, 6 doc_string any, 7 graph MainGraph, 8 opset_import Opset*,
    14 metadata_props Property*, 20 training_info refused, 25 functions Function*,
    26 configuration refused
Opset: 1 domain text, 2 version int
Property: 1 key text, 2 value text
MainGraph: {_GRAPH}, 5 initializer Weights*
Graph: {_GRAPH}, 5 initializer Tensor*
Weights: {_TENSOR}, 13 external_data Property*
Tensor: {_TENSOR}, 3 segment refused, 13 external_data refused
Sparse: 1 values Tensor, 2 indices Tensor, 3 dims int*
Node: 1 input text*, 2 output text*, 3 name text, 4 op_type text,
    5 attribute Attribute*,
    6 doc_string any, 7 domain text, 8 overload text, 9 metadata_props any*
Attribute: 1 name text, 2 f number, 3 i int, 4 s any, 5 t Tensor, 6 g Graph,
    7 floats numbers, 8 ints numbers, 9 strings any*, 10 tensors Tensor*,
    11 graphs Graph*, 13 doc_string any, 14 tp Type, 15 type_protos Type*, 20 type int,
    21 ref_attr_name text, 22 sparse_tensor Sparse, 23 sparse_tensors Sparse*
Function: 1 name text, 4 input text*, 5 output text*, 6 attribute text*, 7 node Node*,
    8 doc_string any, 9 opset_import Opset*, 10 domain text,
    11 attribute_proto Attribute*, 12 value_info Value*, 13 overload text,
    14 metadata_props any*
Value: 1 name text, 2 type Type, 3 doc_string any, 4 metadata_props any*
Type: 1 tensor_type TensorType, 4 sequence_type Elements, 6 denotation any,
    8 sparse_tensor_type TensorType, 9 optional_type Elements
Elements: 1 elem_type Type
TensorType: 1 elem_type int, 2 shape Shape
Shape: 1 dim Dimension*
Dimension: 1 dim_value int, 2 dim_param text, 3 denotation any
"""
)

EXTERNAL_KEYS = frozenset(("location", "offset", "length", "checksum"))

BITS = {
    **{1: 32, 2: 8, 3: 8, 4: 16, 5: 16, 6: 32, 7: 64, 9: 8, 10: 16, 11: 64, 12: 32},
    **{13: 64, 14: 64, 15: 128, 16: 16, 17: 8, 18: 8, 19: 8, 20: 8, 21: 4, 22: 4},
    **{23: 4, 24: 8, 25: 2, 26: 2},
}
"""The bits of one number, by the `data_type` of a tensor; text (8) is left out."""

_ONNX = """
Abs Acos Acosh Add AffineGrid And ArgMax ArgMin Asin Asinh Atan Atanh Attention
AveragePool BatchNormalization Bernoulli BitCast BitShift BitwiseAnd BitwiseNot
BitwiseOr BitwiseXor BlackmanWindow Cast CastLike Ceil Celu CenterCropPad Clip Col2Im
Compress Concat ConcatFromSequence Constant ConstantOfShape Conv ConvInteger
ConvTranspose Cos Cosh CumProd CumSum DFT DeformConv DepthToSpace DequantizeLinear Det
Div Dropout DynamicQuantizeLinear Einsum Elu Equal Erf Exp Expand EyeLike Flatten Floor
GRU Gather GatherElements GatherND Gelu Gemm GlobalAveragePool GlobalLpPool
GlobalMaxPool Greater GreaterOrEqual GridSample GroupNormalization HammingWindow
HannWindow HardSigmoid HardSwish Hardmax Identity If InstanceNormalization IsInf IsNaN
LRN LSTM LayerNormalization LeakyRelu Less LessOrEqual Log LogSoftmax Loop
LpNormalization LpPool MatMul MatMulInteger Max MaxPool MaxRoiPool MaxUnpool Mean
MeanVarianceNormalization MelWeightMatrix Min Mish Mod Mul Multinomial Neg
NegativeLogLikelihoodLoss NonMaxSuppression NonZero Not OneHot Optional
OptionalGetElement OptionalHasElement Or PRelu Pad Pow QLinearConv QLinearMatMul
QuantizeLinear RMSNormalization RNN RandomNormal RandomNormalLike RandomUniform
RandomUniformLike Range Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp
ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu Reshape Resize
ReverseSequence RoiAlign RotaryEmbedding Round STFT Scan Scatter ScatterElements
ScatterND Selu SequenceAt SequenceConstruct SequenceEmpty SequenceErase SequenceInsert
SequenceLength SequenceMap Shape Shrink Sigmoid Sign SimplifiedLayerNormalization Sin
Sinh Size Slice Softmax SoftmaxCrossEntropyLoss Softplus Softsign SpaceToDepth Split
SplitToSequence Sqrt Squeeze Sub Sum SwiGLU Swish Tan Tanh TensorScatter
ThresholdedRelu Tile TopK Transpose Trilu Unique Unsqueeze Upsample Where Xor
"""

_CLASSICAL = """
ArrayFeatureExtractor Binarizer FeatureVectorizer Imputer LinearClassifier
LinearRegressor Normalizer OneHotEncoder SVMClassifier SVMRegressor Scaler TreeEnsemble
TreeEnsembleClassifier TreeEnsembleRegressor
"""

_MICROSOFT = """
Attention BiasAdd BiasGelu BiasSoftmax BiasSplitGelu ComplexMul ComplexMulConj
CropAndResize DequantizeLinear DynamicQuantizeMatMul ExpandDims FastGelu FusedConv
FusedGemm FusedMatMul FusedMatMulActivation Gelu GemmFastGelu GridSample GroupNorm
Inverse Irfft MatMulInteger16 MatMulIntegerToFloat MatMulNBits MaxpoolWithMask
MultiHeadAttention NhwcConv NhwcFusedConv NhwcMaxPool Pad QAttention QGemm QLinearAdd
QLinearAveragePool QLinearConcat QLinearConv QLinearGlobalAveragePool QLinearLeakyRelu
QLinearMul QLinearReduceMean QLinearSigmoid QLinearSoftmax QLinearWhere QuantizeLinear
QuickGelu Rfft SkipGroupNorm SkipLayerNormalization SkipSimplifiedLayerNormalization
TransposeMatMul Trilu UnfoldTensor
"""

OPERATORS = {
    "": frozenset(_ONNX.split()),
    "ai.onnx": frozenset(_ONNX.split()),
    "ai.onnx.ml": frozenset(_CLASSICAL.split()),
    "com.microsoft": frozenset(_MICROSOFT.split()),
}
"""The operators by their domain."""
