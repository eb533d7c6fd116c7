"""Under a real strategy of TensorFlow, the twins of all replicas make one value."""

from cases import distributed_metrics
from harness.replicas import two_replicas


def test_what_replicas_counted_merges_to_the_value_of_one_shot():
    states = distributed_metrics.states_under(two_replicas())
    distributed_metrics.assert_equal_to_one_shot([states])
