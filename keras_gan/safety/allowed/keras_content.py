"""Lists the members, classes, functions and types that a `.keras` file may hold.

The names are those under which Keras writes its own classes; those of keras_gan and of
the running program are found among the classes that are registered with Keras. Left out
are classes that run code or read a path (`Lambda`, `TFSMLayer`, `TorchModuleWrapper`,
`JaxLayer`, `FlaxLayer`, `StringLookup`, `IntegerLookup`, `TextVectorization`),
operations that call functions (`Map`, `Scan`, `Switch`, ...) or make arrays of any size
(`Arange`, `Full`, ...), and classes that need data to be quantized.

Source: Keras 3.15
"""

from __future__ import annotations

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
MEMBERS = (METADATA, CONFIG, WEIGHTS)

OBJECT_KEYS = frozenset(
    ("module", "class_name", "config", "registered_name", "name", "build_config")
) | {"compile_config", "inbound_nodes", "shared_object_id"}
"""The keys of an object of a class."""

VALUES = {
    "__keras_tensor__": frozenset(("class_name", "config")),
    "__tensor__": frozenset(("class_name", "config")),
    "__numpy__": frozenset(("class_name", "config")),
    "__bytes__": frozenset(("class_name", "config")),
    "__ellipsis__": frozenset(("class_name", "config")),
    "__slice__": frozenset(("class_name", "config")),
    "__tuple__": frozenset(("class_name", "items")),
}
"""The keys of values that Keras writes as objects, by what stands for their class."""

DTYPES = frozenset(
    ("bool", "float16", "float32", "float64", "bfloat16", "int8", "int16", "int32")
) | {"int64", "uint8", "uint16", "uint32", "uint64", "complex64", "complex128"}
"""The types of such values."""

WEIGHT_DTYPES = frozenset(
    ("|b1", "|i1", "|u1", "|V2", "<i2", "<i4", "<i8", "<u2", "<u4", "<u8", "<f2")
) | {"<f4", "<f8", "<c8", "<c16"}
"""The types of arrays of weights as NumPy writes them; `|V2` is bfloat16."""

_LAYERS = """
Activation ActivityRegularization AdaptiveAveragePooling1D AdaptiveAveragePooling2D
AdaptiveAveragePooling3D AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D
Add AdditiveAttention AlphaDropout Attention AugMix AutoContrast Average
AveragePooling1D AveragePooling2D AveragePooling3D BatchNormalization Bidirectional
CategoryEncoding CenterCrop Concatenate ContrastLimitedAdaptiveHistogramEqualization
Conv1D Conv1DTranspose Conv2D Conv2DTranspose Conv3D Conv3DTranspose ConvLSTM1D
ConvLSTM2D ConvLSTM3D Cropping1D Cropping2D Cropping3D CutMix Dense DepthwiseConv1D
DepthwiseConv2D Discretization Dot Dropout ELU EinsumDense Embedding Equalization
Flatten GRU GRUCell GaussianDropout GaussianNoise GlobalAveragePooling1D
GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D
GlobalMaxPooling3D GroupNormalization GroupQueryAttention HashedCrossing Hashing
Identity InputLayer LSTM LSTMCell LayerNormalization LeakyReLU Masking
MaxNumBoundingBoxes MaxPooling1D MaxPooling2D MaxPooling3D Maximum MelSpectrogram
Minimum MixUp MultiHeadAttention Multiply Normalization PReLU Permute Pipeline
RMSNormalization RNN RandAugment RandomBrightness RandomColorDegeneration
RandomColorJitter RandomContrast RandomCrop RandomElasticTransform RandomErasing
RandomFlip RandomGaussianBlur RandomGrayscale RandomHue RandomInvert RandomPerspective
RandomPosterization RandomRotation RandomSaturation RandomSharpness RandomShear
RandomTranslation RandomZoom ReLU RepeatVector Rescaling Reshape Resizing
ReversibleEmbedding STFTSpectrogram SeparableConv1D SeparableConv2D SimpleRNN
SimpleRNNCell Softmax Solarization SpatialDropout1D SpatialDropout2D SpatialDropout3D
SpectralNormalization StackedRNNCells Subtract TimeDistributed UnitNormalization
UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D ZeroPadding3D
"""

_METRICS = """
AUC Accuracy BinaryAccuracy BinaryCrossentropy BinaryIoU CategoricalAccuracy
CategoricalCrossentropy CategoricalHinge ConcordanceCorrelation CosineSimilarity F1Score
FBetaScore FalseNegatives FalsePositives Hinge IoU KLDivergence LogCoshError Mean
MeanAbsoluteError MeanAbsolutePercentageError MeanIoU MeanMetricWrapper MeanSquaredError
MeanSquaredLogarithmicError OneHotIoU OneHotMeanIoU PearsonCorrelation Poisson Precision
PrecisionAtRecall R2Score Recall RecallAtPrecision RootMeanSquaredError
SensitivityAtSpecificity SparseCategoricalAccuracy SparseCategoricalCrossentropy
SparseTopKCategoricalAccuracy SpecificityAtSensitivity SquaredHinge Sum
TopKCategoricalAccuracy TrueNegatives TruePositives
"""

_LOSSES = """
BinaryCrossentropy BinaryFocalCrossentropy CTC CategoricalCrossentropy
CategoricalFocalCrossentropy CategoricalGeneralizedCrossEntropy CategoricalHinge Circle
CosineSimilarity Dice Hinge Huber KLDivergence LogCosh MeanAbsoluteError
MeanAbsolutePercentageError MeanSquaredError MeanSquaredLogarithmicError Poisson
SparseCategoricalCrossentropy SquaredHinge Tversky
"""

_NUMPY_OPERATIONS = """
Abs Absolute Add All AllClose Amax Amin Angle Any Append Arccos Arccosh Arcsin Arcsinh
Arctan Arctan2 Arctanh Argmax Argmin Argpartition Argsort ArraySplit Average Bincount
BitwiseAnd BitwiseInvert BitwiseLeftShift BitwiseNot BitwiseOr BitwiseRightShift
BitwiseXor BroadcastTo Cbrt Ceil Clip Concatenate Conj Conjugate Copy Corrcoef Correlate
Cos Cosh CountNonzero Cross Cumprod Cumsum Deg2rad Diag Diagflat Diagonal Diff Digitize
Divide DivideNoNan Dot Dsplit Dstack Einsum EmptyLike Equal Exp Exp2 ExpandDims Expm1
Fabs Flip Fliplr Flipud Floor FloorDivide Fmax Fmin Fmod FullLike Gcd GetItem Greater
GreaterEqual Heaviside Histogram Hsplit Hstack Hypot I0 Imag Inner IsIn Isclose Isfinite
Isinf Isnan Isneginf Isposinf Isreal Kron Lcm Ldexp LeftShift Less LessEqual Log Log10
Log1p Log2 Logaddexp Logaddexp2 LogicalAnd LogicalNot LogicalOr LogicalXor Matmul Max
Maximum Mean Median Meshgrid Min Minimum Mod Moveaxis Multiply NanToNum Nanargmax
Nanargmin Nancumprod Nancumsum Nanmax Nanmean Nanmedian Nanmin Nanpercentile Nanprod
Nanquantile Nanstd Nansum Nanvar Ndim Negative Nextafter Nonzero NotEqual OnesLike Outer
Pad Percentile Power Prod Ptp Quantile Rad2deg Ravel Real Reciprocal Repeat Reshape
RightShift Roll Rot90 Round SearchSorted Select Sign Signbit Sin Sinc Sinh Size Slogdet
Sort Split Sqrt Square Squeeze Stack Std Subtract Sum Swapaxes Take TakeAlongAxis Tan
Tanh Tensordot Tile Trace Transpose Trapezoid Tril Triu TrueDivide Trunc Unique
UnravelIndex Vander Var Vdot View Vsplit Vstack Where ZerosLike
"""

_NETWORK_OPERATIONS = """
AdaptiveAveragePool AdaptiveMaxPool AveragePool BatchNorm BinaryCrossentropy CTCDecode
CTCLoss CategoricalCrossentropy Celu Conv ConvTranspose DepthToSpace DepthwiseConv
DotProductAttention Elu Fold Gelu Glu HardShrink HardSigmoid HardSilu HardTanh LayerNorm
LeakyRelu LogSigmoid LogSoftmax MaxPool Moments MultiHot Normalize OneHot PSNR Polar
RMSNorm Relu Relu6 Selu SeparableConv Sigmoid Silu SoftShrink Softmax Softplus Softsign
SpaceToDepth SparseCategoricalCrossentropy SparsePlus SparseSigmoid Sparsemax Squareplus
TanhShrink Threshold Unfold
"""

_CLASSES = {
    "keras": "DTypePolicy FloatDTypePolicy Model Sequential",
    "keras.constraints": "MaxNorm MinMaxNorm NonNeg UnitNorm",
    "keras.dtype_policies": "DTypePolicy DTypePolicyMap FloatDTypePolicy "
    "QuantizedDTypePolicy QuantizedFloat8DTypePolicy",
    "keras.initializers": "Constant GlorotNormal GlorotUniform HeNormal HeUniform "
    "Identity IdentityInitializer LecunNormal LecunUniform Ones Orthogonal "
    "OrthogonalInitializer RandomNormal RandomUniform STFT STFTInitializer "
    "TruncatedNormal VarianceScaling Zeros",
    "keras.layers": _LAYERS,
    "keras.losses": _LOSSES,
    "keras.metrics": _METRICS,
    "keras.models": "Model Sequential",
    "keras.optimizers": "Adadelta Adafactor Adagrad Adam AdamW Adamax Ftrl Lamb Lion "
    "LossScaleOptimizer MultiOptimizer Muon Nadam RMSprop SGD ScheduleFreeAdamW",
    "keras.optimizers.schedules": "CosineDecay CosineDecayRestarts ExponentialDecay "
    "InverseTimeDecay PiecewiseConstantDecay PolynomialDecay",
    "keras.quantizers": "AbsMaxQuantizer",
    "keras.random": "SeedGenerator",
    "keras.regularizers": "L1 L1L2 L2 OrthogonalRegularizer",
    "keras.src.models.functional": "Functional",
    "keras.src.models.sequential": "Sequential",
    "keras.src.ops.core": "Cast SaturateCast Slice SliceUpdate StopGradient Unstack",
    "keras.src.ops.einops": "Rearrange",
    "keras.src.ops.image": "AffineTransform CropImages ElasticTransform ExtractPatches "
    "GaussianBlur HSVToRGB MapCoordinates PadImages PerspectiveTransform "
    "RGBToGrayscale RGBToHSV Resize SSIM ScaleAndTranslate SobelEdges",
    "keras.src.ops.linalg": "Cholesky CholeskyInverse Det Eig Eigh Inv Lstsq LuFactor "
    "MatrixRank Norm Pinv Qr SVD Solve SolveTriangular",
    "keras.src.ops.math": "CDist Erf Erfc Erfinv ExtractSequences FFT FFT2 IFFT2 IRFFT "
    "ISTFT InTopK Logdet Logsumexp RFFT Rsqrt STFT SegmentMax SegmentMin SegmentProd "
    "SegmentSum TopK ViewAsComplex ViewAsReal",
    "keras.src.ops.nn": _NETWORK_OPERATIONS,
    "keras.src.ops.numpy": _NUMPY_OPERATIONS,
}
CLASSES = {module: frozenset(names.split()) for module, names in _CLASSES.items()}
"""The classes of Keras by their modules; none of the names is a function."""

_ACTIVATIONS = """
celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh
leaky_relu linear log_sigmoid log_softmax mish relu relu6 selu sigmoid silu soft_shrink
softmax softplus softsign sparse_plus sparse_sigmoid sparsemax squareplus swish tanh
tanh_shrink threshold
"""

_LOSS_FUNCTIONS = """
binary_crossentropy binary_focal_crossentropy categorical_crossentropy
categorical_focal_crossentropy categorical_generalized_cross_entropy categorical_hinge
circle cosine_similarity ctc dice hinge huber kl_divergence log_cosh mean_absolute_error
mean_absolute_percentage_error mean_squared_error mean_squared_logarithmic_error poisson
sparse_categorical_crossentropy squared_hinge tversky
"""

_METRIC_FUNCTIONS = """
binary_accuracy binary_crossentropy binary_focal_crossentropy categorical_accuracy
categorical_crossentropy categorical_focal_crossentropy categorical_hinge
concordance_correlation hinge huber kl_divergence log_cosh mean_absolute_error
mean_absolute_percentage_error mean_squared_error mean_squared_logarithmic_error
pearson_correlation poisson sparse_categorical_accuracy sparse_categorical_crossentropy
sparse_top_k_categorical_accuracy squared_hinge top_k_categorical_accuracy
"""

FUNCTIONS = {
    "builtins": frozenset((_ACTIVATIONS + _LOSS_FUNCTIONS + _METRIC_FUNCTIONS).split()),
    "keras.activations": frozenset(_ACTIVATIONS.split()),
    "keras.losses": frozenset(_LOSS_FUNCTIONS.split()),
    "keras.metrics": frozenset(_METRIC_FUNCTIONS.split()),
}
"""The functions of Keras by their modules."""

REASONS = {
    "Lambda": "runs Python code that the file holds",
    "__lambda__": "runs Python code that the file holds",
    "TFSMLayer": "loads a SavedModel from a path",
    "TorchModuleWrapper": "unpickles Python objects",
    "JaxLayer": "runs a program that the file holds",
    "FlaxLayer": "runs a program that the file holds",
    "StringLookup": "may read its vocabulary from a path",
    "IntegerLookup": "may read its vocabulary from a path",
    "TextVectorization": "may read its vocabulary from a path",
    "__typespec__": "makes a TensorFlow type by its name",
}
"""The reasons why classes that people know are left out."""
