# Shared by the scripts beside it: `source scripts/lib.sh` from any working directory.
# shellcheck shell=bash disable=SC2034

repository="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
jobs="$(nproc)"

say() { printf '%s\n' "$*" >&2; }
die() {
  say "error: $*"
  exit 1
}

# What building needs.
build_packages=(
  g++ cmake ninja-build pkg-config ccache
  libtorch-dev libopencv-dev libopencv-contrib-dev libopenblas0-openmp
  libyaml-cpp-dev libfmt-dev nlohmann-json3-dev libcli11-dev libzip-dev libssl-dev libsvm-dev
  libpugixml-dev libfreexl-dev libxlsxwriter-dev libboost-dev libhwy-dev
  libdlib-dev libdlib-data libblas-dev liblapack-dev opencv-data
  libgtest-dev libgmock-dev libbenchmark-dev
)
# What tests and the linter need on top: reference implementations, what reads reports (a browser, SVG, LaTeX), clang.
test_packages=(
  git python3 python3-torch python3-sklearn python3-jsonschema python3-yaml python3-skimage python3-xlwt chromium librsvg2-bin
  texlive-latex-base texlive-latex-recommended
  clang-14 clang-format-14 clang-tidy-14 libclang-rt-14-dev libstdc++-11-dev
)

# What scripts/bench measures against; the programs themselves need no Python.
bench_packages=(python3 python3-torch python3-opencv python3-sklearn python3-numpy)

# MEXBENCH_DATA as the caller means it, from the caller's working directory: to be called before any cd. Tests run in other folders.
absolute_data_folder() {
  [[ -n "${MEXBENCH_DATA:-}" ]] || return 0
  local folder
  folder="$(cd -- "$MEXBENCH_DATA" 2>/dev/null && pwd)" || die "MEXBENCH_DATA is '$MEXBENCH_DATA', which is no folder"
  export MEXBENCH_DATA="$folder"
}

# Configures build/<preset>. The same options from every script, so that they share one build.
configure() {
  local preset="$1"
  shift
  cmake -S "$repository" --preset "$preset" "$@" >&2
}
