"""The files for Kubernetes are valid by its official schemas, in strict reading."""

import copy
from pathlib import Path

import pytest
import yaml

kubernetes_validate = pytest.importorskip(
    "kubernetes_validate", reason="needs: pip install kubernetes-validate"
)

EXAMPLES = Path(__file__).parent.parent / "examples"
FILES = sorted(
    path
    for path in EXAMPLES.rglob("*.yaml")
    if "\nkind: " in path.read_text(encoding="utf-8")
)
# The oldest one that knows a Job's `successPolicy` as stable is 1.33.
VERSIONS = ["1.33.0", kubernetes_validate.latest_version()]
pytestmark = pytest.mark.foreign


def objects_of(path):
    return list(yaml.safe_load_all(path.read_text(encoding="utf-8")))


def test_both_kinds_of_files_are_looked_at():
    kinds = {each["kind"] for path in FILES for each in objects_of(path)}
    assert {"Job", "Service", "Deployment"} <= kinds


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name)
def test_the_official_schemas_accept_the_file(path, version):
    for each in objects_of(path):
        kubernetes_validate.validate(each, version, strict=True)


def test_the_schemas_refuse_a_field_that_there_is_not():
    (job,) = (
        each
        for each in objects_of(EXAMPLES / "kubernetes" / "job.yaml")
        if each["kind"] == "Job"
    )
    wrong = copy.deepcopy(job)
    wrong["spec"]["completion"] = wrong["spec"].pop("completions")
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSIONS[-1], strict=True)
