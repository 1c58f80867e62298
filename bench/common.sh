# What the comparisons with PyTorch share; read by `. bench/common.sh` from the root of the project.

PYTHON=/usr/bin/python3

# OpenBLAS may not know the processor; optlab then chooses the kernels, and PyTorch gets the same.
if [ -x build/optlab ] && [ -z "${OPENBLAS_CORETYPE-}" ]; then
  core=$(build/optlab -e 'print(require("optlab.core").runs.versions().openblas:match "(%S+) MAX_THREADS" or "")')
  [ -z "$core" ] || export OPENBLAS_CORETYPE="$core"
fi

# need [cc]: says what is missing, a line each, and leaves; installs nothing.
need() {
  lacking=
  miss() { echo "$0: $1" >&2; lacking=yes; }
  if [ ! -x build/optlab ] || ! grep -q '^CMAKE_BUILD_TYPE:STRING=Release' build/CMakeCache.txt; then
    miss "no release build in build/; run: cmake --preset release && cmake --build --preset release"
  fi
  "$PYTHON" -c 'import torch' 2>/dev/null || miss "python3-torch is missing; run: apt-get install python3-torch"
  for tool in "$@"; do
    command -v "$tool" >/dev/null || miss "$tool is missing; run: apt-get install gcc"
  done
  [ -z "$lacking" ] || exit 1
}

# options NAME [rounds] [--out DIR]: sets rounds, out and measured, an empty file of measurements in out.
options() {
  rounds=5 out=out/$1
  shift
  while [ $# -gt 0 ]; do
    case $1,$# in
      --out,1) set -- --help ;;
      --out,*) out=$2; shift 2 ;;
      *[!0-9]*,*) echo "usage: $0 [rounds] [--out DIR]" >&2; exit 2 ;;
      *) rounds=$1; shift ;;
    esac
  done
  measured=$out/measured.txt
  mkdir -p "$out"
  : > "$measured"
}

# "median smallest largest" of the numbers in a file, one a line.
spread() {
  sort -n "$1" | awk '{ v[NR] = $1 }
    END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2, v[1], v[NR] }'
}

# Floating-point operations of LeNet's training step, an image. A product of an m x k by a k x n matrix takes 2 m k n;
# forward takes one a layer, backward two, and one for the first layer, whose input needs no gradient.
lenet_flop() {
  conv1=$((2 * 6 * 25 * 28 * 28)) conv2=$((2 * 16 * 6 * 25 * 10 * 10)) linear=$((2 * (400 * 120 + 120 * 84 + 84 * 10)))
  echo $((2 * conv1 + 3 * conv2 + 3 * linear))
}
