#!/bin/sh
# Makes Rasa's environment (Python 3.10) in the folder given; does nothing when it is up to date.
# usage: make.sh DEST      needs uv on the PATH
set -eu
here=$(cd "$(dirname "$0")" && pwd)
dest=${1:?usage: make.sh DEST}
stamp="$dest/.locked"
if [ -f "$stamp" ] && cmp -s "$stamp" "$here/requirements.txt" && [ -x "$dest/bin/rasa" ]; then exit 0; fi

find_python() {
  # A pyenv shim that points nowhere makes uv stop, so its versions are looked at directly.
  for candidate in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.10.*/bin/python3.10 "$(command -v python3.10 2>/dev/null || true)"; do
    if [ -n "$candidate" ] && [ -x "$candidate" ] && "$candidate" -c 'import sys; raise SystemExit(sys.version_info[:2] != (3, 10))' 2>/dev/null; then
      echo "$candidate"; return 0
    fi
  done
  UV_PYTHON_PREFERENCE=managed uv python find --no-project 3.10 2>/dev/null && return 0
  echo "No Python 3.10 on this machine: letting uv install one" >&2
  UV_PYTHON_PREFERENCE=managed uv python install 3.10 >&2 && UV_PYTHON_PREFERENCE=managed uv python find --no-project 3.10 2>/dev/null && return 0
  return 1
}

if ! python=$(find_python); then
  cat >&2 <<'MESSAGE'
Rasa 3.6 needs Python 3.10, and none was found or could be installed. Ways out:
  - pyenv install 3.10            (then run this again)
  - apt-get install python3.10 python3.10-venv   (Ubuntu 22.04, or a repository that has it)
  - run Rasa elsewhere, for example in the container python:3.10-slim, and set IVR_RASA_URL
MESSAGE
  exit 1
fi
echo "Rasa's environment with $("$python" --version): about 165 packages, 2.5 GB"
uv venv --quiet --allow-existing --python "$python" "$dest"
uv pip sync --python "$dest/bin/python" --require-hashes "$here/requirements.txt" 2>&1 | grep -E '^(Resolved|Prepared|Installed|error|  )' || true
[ -x "$dest/bin/rasa" ] || { echo "Rasa could not be installed into $dest; see the messages above" >&2; exit 1; }
cp "$here/requirements.txt" "$stamp"
