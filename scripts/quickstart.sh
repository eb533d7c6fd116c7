#!/usr/bin/env bash
# Installs the package, trains on the bundled MNIST digits, draws samples, exports the
# generator and proves that the exports equal the generator.
#
#   bash scripts/quickstart.sh [RUN]   RUN is the folder of the run (runs/quickstart)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/environment.sh
case "${1:-}" in
-h | --help) print_usage scripts/quickstart.sh && exit ;;
-*) echo "Unknown: $1; see bash scripts/quickstart.sh --help" >&2 && exit 2 ;;
esac
ensure_environment ""

run=${1:-runs/quickstart}
number=2
while [ -e "$run" ]; do
    run=${1:-runs/quickstart}-$number
    number=$((number + 1))
done

keras_gan() { .venv/bin/keras-gan "$@"; }

keras_gan train digits --out "$run"
echo
echo "This script goes on with samples, exports and their proofs:"
keras_gan sample "$run" --n 64 --seed 1 --out "$run/samples.png"
keras_gan export saved-model "$run" "$run/saved_model"
keras_gan export onnx "$run" "$run/generator.onnx"
keras_gan verify "$run/saved_model"
keras_gan verify "$run/generator.onnx"

cat <<EOF

Done. Look at
  $run/samples.png       64 digits that nobody wrote
  $run/report.html       the training: curves, samples by epoch, the recipe
  $run/saved_model       for TensorFlow Serving
  $run/generator.onnx    for ONNX Runtime
EOF
