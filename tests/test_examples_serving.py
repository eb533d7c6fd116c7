"""The configuration of servers is what the servers' own messages read."""

import re
from pathlib import Path

import pytest
import yaml
from google.protobuf import (
    descriptor_pb2,
    descriptor_pool,
    message_factory,
    text_format,
)

FOLDER = Path(__file__).parent.parent / "examples" / "serving"
COMPOSE = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))
DEPLOYMENT, SERVICE = yaml.safe_load_all(
    (FOLDER / "kubernetes.yaml").read_text(encoding="utf-8")
)
CONTAINER = DEPLOYMENT["spec"]["template"]["spec"]["containers"][0]

# session_bundle_config.proto and monitoring_config.proto of TF Serving; its package
# for Python does not hold them.
FIELDS = descriptor_pb2.FieldDescriptorProto
WRAPPED = ".google.protobuf.Int64Value"
MESSAGES = {
    "BatchingParameters": {
        "max_batch_size": (1, WRAPPED),
        "batch_timeout_micros": (2, WRAPPED),
        "max_enqueued_batches": (3, WRAPPED),
        "num_batch_threads": (4, WRAPPED),
    },
    "PrometheusConfig": {
        "enable": (1, FIELDS.TYPE_BOOL),
        "path": (2, FIELDS.TYPE_STRING),
    },
    "MonitoringConfig": {
        "prometheus_config": (1, ".tensorflow.serving.PrometheusConfig")
    },
}


def message(name):
    """An empty message of the published definitions above."""
    file = descriptor_pb2.FileDescriptorProto(
        name="serving_config.proto",
        package="tensorflow.serving",
        syntax="proto3",
        dependency=["google/protobuf/wrappers.proto"],
    )
    for type_name, fields in MESSAGES.items():
        definition = file.message_type.add(name=type_name)
        for field, (number, kind) in fields.items():
            is_message = isinstance(kind, str)
            definition.field.add(
                name=field,
                number=number,
                label=FIELDS.LABEL_OPTIONAL,
                type=FIELDS.TYPE_MESSAGE if is_message else kind,
                type_name=kind if is_message else None,
            )
    from google.protobuf import wrappers_pb2

    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(wrappers_pb2.DESCRIPTOR.serialized_pb)
    pool.Add(file)
    found = pool.FindMessageTypeByName(f"tensorflow.serving.{name}")
    return message_factory.GetMessageClass(found)()


def parse(name, into):
    return text_format.Parse((FOLDER / name).read_text(encoding="utf-8"), into)


def test_models_config_serves_the_newest_version_of_digits():
    from tensorflow_serving.config import model_server_config_pb2

    config = parse("models.config", model_server_config_pb2.ModelServerConfig())
    (model,) = config.model_config_list.config
    assert (model.name, model.base_path) == ("digits", "/models/digits")
    assert model.model_version_policy.latest.num_versions == 1


def test_the_policy_in_the_comment_of_models_config_is_one():
    from tensorflow_serving.config import model_server_config_pb2

    text = (FOLDER / "models.config").read_text(encoding="utf-8")
    lines = "\n".join(re.findall(r"#   (\S.*)$", text, re.MULTILINE))
    model = text_format.Parse(lines, model_server_config_pb2.ModelConfig())
    assert list(model.model_version_policy.specific.versions) == [1, 2]
    assert dict(model.version_labels) == {"stable": 1}


def test_batches_are_as_large_as_those_of_the_client():
    import inspect

    from keras_gan.export import ServingClient

    batching = parse("batching.config", message("BatchingParameters"))
    default = inspect.signature(ServingClient).parameters["batch_size"].default
    assert batching.max_batch_size.value == default == 64
    assert batching.batch_timeout_micros.value == 1000
    assert (
        min(batching.max_enqueued_batches.value, batching.num_batch_threads.value) > 0
    )


def test_monitoring_config_opens_the_page_that_prometheus_is_told():
    monitoring = parse("monitoring.config", message("MonitoringConfig"))
    assert monitoring.prometheus_config.enable
    annotations = DEPLOYMENT["spec"]["template"]["metadata"]["annotations"]
    assert annotations["prometheus.io/path"] == monitoring.prometheus_config.path


@pytest.mark.parametrize(
    "arguments", [COMPOSE["services"]["serving"]["command"], CONTAINER["args"]]
)
def test_the_server_is_told_of_every_file(arguments):
    files = {a.rpartition("/")[2] for a in arguments if "=/etc/serving/" in a}
    assert files == {path.name for path in FOLDER.glob("*.config")}
    assert "--enable_batching" in arguments


def test_compose_mounts_what_the_server_reads():
    volumes = COMPOSE["services"]["serving"]["volumes"]
    assert {v.split(":")[1] for v in volumes} == {"/models", "/etc/serving"}
    assert (FOLDER / volumes[1].split(":")[0]).resolve() == FOLDER


def test_kubernetes_mounts_and_selects_what_there_is():
    pod = DEPLOYMENT["spec"]["template"]["spec"]
    assert {v["name"] for v in pod["volumes"]} == {
        mount["name"] for mount in CONTAINER["volumeMounts"]
    }
    labels = DEPLOYMENT["spec"]["template"]["metadata"]["labels"]
    assert DEPLOYMENT["spec"]["selector"]["matchLabels"] == labels
    assert SERVICE["spec"]["selector"] == labels
    ports = {port["name"]: port["containerPort"] for port in CONTAINER["ports"]}
    assert ports == {"grpc": 8500, "rest": 8501}
    assert {p["targetPort"] for p in SERVICE["spec"]["ports"]} == set(ports)
    assert CONTAINER["image"] == COMPOSE["services"]["serving"]["image"]
