#!/bin/sh
# Trains the dialogue model again: dialogs/models/zh-12123.tar.gz and the hash of what it was made from.
set -eu
cd "$(dirname "$0")/.."
export RASA_TELEMETRY_ENABLED=false SQLALCHEMY_SILENCE_UBER_WARNING=1 TF_CPP_MIN_LOG_LEVEL=2 CUDA_VISIBLE_DEVICES= PYTHONWARNINGS=ignore \
  TF_INTRA_OP_PARALLELISM_THREADS=1 TF_INTER_OP_PARALLELISM_THREADS=1 OMP_NUM_THREADS=1 MPLBACKEND=Agg
# Rasa reads its data from one place: rules and NLU are laid together in a scratch folder.
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
mkdir "$work/data"; cp -r dialogs/rules "$work/data/rules"; cp -r nlu_data/intents "$work/data/nlu"
.venv-rasa/bin/python -m rasa train --config dialogs/config.yml --domain dialogs/domain --data "$work/data" \
  --out "$work/out" --fixed-model-name zh-12123
mkdir -p dialogs/models
cp "$work/out/zh-12123.tar.gz" dialogs/models/zh-12123.tar.gz
python3 dialogs/fingerprint.py > dialogs/models/zh-12123.sha256
echo "dialogs/models/zh-12123.tar.gz"
