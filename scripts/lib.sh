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
  libyaml-cpp-dev libfmt-dev nlohmann-json3-dev libcli11-dev libzip-dev libssl-dev
  libgtest-dev libgmock-dev libbenchmark-dev
)
# What tests and the linter need on top: reference implementations, a browser for the reports, clang.
test_packages=(
  git python3 python3-torch python3-sklearn python3-jsonschema python3-yaml chromium
  clang-14 clang-format-14 clang-tidy-14 libclang-rt-14-dev libstdc++-11-dev
)

# Configures build/<preset>. The same options from every script, so that they share one build.
configure() {
  local preset="$1"
  shift
  cmake -S "$repository" --preset "$preset" "$@" >&2
}
