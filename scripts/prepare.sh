# prepare.sh - what scripts/run and scripts/test share; read by them with `.`, from the project's root.
#
#   install_packages run|test   installs what scripts/packages lists and is missing (apt systems), or names it and stops
#   build PRESET DIR            configures DIR once and builds it; prints only when something goes wrong

say() { printf '%s\n' "$*" >&2; }

# The names in scripts/packages: those above [test], or all of them.
wanted_packages() {
  awk -v all="$1" '/^\[test\]/ { if (all != "test") exit; next } /^[a-z]/ { print $1 }' scripts/packages
}

missing_packages() {
  for package in $(wanted_packages "$1"); do
    case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) in
      *' installed') ;;
      *) printf '%s ' "$package" ;;
    esac
  done
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

install_packages() {
  if ! command -v apt-get >/dev/null 2>&1 || ! command -v dpkg-query >/dev/null 2>&1; then
    have_tools "$1" && return 0
    say "This is no Debian or Ubuntu: please install what these packages hold, then run this again:"
    say "  $(wanted_packages "$1" | tr '\n' ' ')"
    exit 1
  fi
  missing=$(missing_packages "$1")
  [ -z "$missing" ] && return 0
  say "Installing: $missing"
  if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null 2>&1; then
    say "This needs root. Please run:  apt-get install $missing"
    exit 1
  fi
  log=$(mktemp)
  # shellcheck disable=SC2086
  if ! { as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq update &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $missing; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    say "apt-get failed. Please install these by hand:  $missing"
    exit 1
  fi
  rm -f "$log"
}

# Elsewhere: whether everything seems to be there already.
have_tools() {
  for tool in cc cmake ninja pkg-config gnuplot; do command -v $tool >/dev/null 2>&1 || return 1; done
  pkg-config --exists lua5.4 openblas libedit zlib libzip libcurl libcrypto || return 1
  [ "$1" = run ] && return 0
  for tool in busted luacheck clang-format; do command -v $tool >/dev/null 2>&1 || return 1; done
}

build() {
  log=$(mktemp)
  if { [ -f "$2/build.ninja" ] || cmake --preset "$1"; } >"$log" 2>&1 && cmake --build "$2" >>"$log" 2>&1; then
    rm -f "$log"
    return 0
  fi
  cat "$log" >&2
  rm -f "$log"
  say "The build in $2 failed."
  exit 1
}
