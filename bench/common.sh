# What the comparisons with PyTorch share; read by `. bench/common.sh` from the root of the project.

PYTHON=/usr/bin/python3

# Says what is missing and leaves; installs nothing.
need() {
  if [ ! -x build/optlab ]; then
    echo "$0: no build/optlab; run: cmake --preset release && cmake --build --preset release" >&2
    exit 1
  fi
  if ! "$PYTHON" -c 'import torch' 2>/dev/null; then
    echo "$0: python3-torch is missing; run: apt-get install python3-torch" >&2
    exit 1
  fi
}

# "median smallest largest" of the numbers in a file, one a line.
spread() {
  sort -n "$1" | awk '{ v[NR] = $1 }
    END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2, v[1], v[NR] }'
}
