"""Lists the files of a SavedModel's folder, and the fields of its graph.

Left out are assets, resources other than variables, TensorFlow's constants of handles
and variants, and classes and savers that a program registers.

Source: saved_model.proto and what it imports, of TensorFlow 2.21
"""

from __future__ import annotations

import re

from keras_gan.safety.protocol_buffer import read_schema

GRAPH = "saved_model.pb"

FOLDERS = frozenset(("variables", "assets", "assets.extra"))
"""The folders inside the folder; `assets` must be empty."""

FILES = re.compile(
    r"saved_model\.pb|fingerprint\.pb|keras_metadata\.pb|manifest\.json"
    r"|assets\.extra/tf_serving_warmup_requests"
    r"|variables/variables\.(?:index|data-\d{5}-of-\d{5})"
)
"""Matches the path of each file that may be in the folder."""

MESSAGES = read_schema(
    """
SavedModel: 1 saved_model_schema_version int, 2 meta_graphs MetaGraph*
MetaGraph: 1 meta_info_def MetaInfo, 2 graph_def Graph, 3 saver_def Saver,
    4 collection_def any*, 5 signature_def SignatureEntry*,
    6 asset_file_def refused, 7 object_graph_def ObjectGraph
MetaInfo: 1 meta_graph_version any, 2 stripped_op_list any, 4 tags any*,
    5 tensorflow_version text, 6 tensorflow_git_version any,
    7 stripped_default_attrs int, 8 function_aliases any*
Graph: 1 node Node*, 2 library Library, 3 version int, 4 versions any, 5 debug_info any
Library: 1 function Function*, 3 registered_gradients any*
Function: 1 signature Signature, 3 node_def Node*, 4 ret any*, 5 attr AttributeEntry*,
    6 control_ret any*, 7 arg_attr any*, 8 resource_arg_unique_id any*
Signature: 1 name text, 2 input_arg any*, 3 output_arg any*, 4 attr any*, 5 summary any,
    6 description any, 8 deprecation any, 16 is_aggregate int, 17 is_stateful int,
    18 is_commutative int, 19 allows_uninitialized_input int, 20 control_output any*,
    21 is_distributed_communication int
Node: 1 name text, 2 op text, 3 input text*, 4 device any, 5 attr AttributeEntry*,
    6 experimental_debug_info any, 7 experimental_type any
AttributeEntry: 1 key any, 2 value Attribute
Attribute: 1 list Attributes, 2 s any, 3 i int, 4 f number, 5 b int, 6 type int,
    7 shape any, 8 tensor Tensor, 9 placeholder any, 10 func Call
Attributes: 2 s any*, 3 i numbers, 4 f numbers, 5 b numbers, 6 type numbers,
    7 shape any*, 8 tensor Tensor*, 9 func Call*
Call: 1 name text, 2 attr AttributeEntry*
Tensor: 1 dtype int, 2 tensor_shape Shape, 3 version_number int, 4 tensor_content any,
    5 float_val numbers, 6 double_val numbers, 7 int_val numbers, 8 string_val any*,
    9 scomplex_val numbers, 10 int64_val numbers, 11 bool_val numbers,
    12 dcomplex_val numbers, 13 half_val numbers, 14 resource_handle_val refused,
    15 variant_val refused, 16 uint32_val numbers,
    17 uint64_val numbers, 18 float8_val any
Shape: 2 dim Dimension*, 3 unknown_rank int
Dimension: 1 size int, 2 name any
Saver: 1 filename_tensor_name text, 2 save_tensor_name text, 3 restore_op_name text,
    4 max_to_keep int, 5 sharded int, 6 keep_checkpoint_every_n_hours number,
    7 version int
SignatureEntry: 1 key text, 2 value SignatureDef
SignatureDef: 1 inputs TensorEntry*, 2 outputs TensorEntry*, 3 method_name any,
    4 defaults any*
TensorEntry: 1 key any, 2 value TensorInfo
TensorInfo: 1 name text, 2 dtype int, 3 tensor_shape any
ObjectGraph: 1 nodes Object*, 2 concrete_functions FunctionEntry*
FunctionEntry: 1 key text, 2 value any
Object: 1 children any*, 3 slot_variables any*, 4 user_object any, 6 function Callable,
    7 variable Variable, 8 bare_concrete_function BareFunction, 9 constant any,
    5 asset refused, 10 resource refused, 11 saveable_objects any*,
    12 captured_tensor any, 13 registered_name refused,
    14 serialized_user_proto refused, 15 dependencies any*, 16 registered_saver refused
Callable: 1 concrete_functions text*, 2 function_spec any
BareFunction: 1 concrete_function_name text, 2 argument_keywords any*,
    3 allowed_positional_arguments int, 4 function_spec any
Variable: 1 dtype int, 2 shape Shape, 3 trainable int, 4 synchronization int,
    5 aggregation int, 6 name any, 7 device any
"""
)
