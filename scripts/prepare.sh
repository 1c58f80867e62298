# prepare.sh - what scripts/run and scripts/test share; read by them with `.`, from the project's root.
#
#   install_packages GROUP      installs what scripts/packages lists and is missing (apt systems): the lines above the first
#                               [...] and those under [GROUP]; elsewhere (elsewhere.sh) names it and stops
#   build PRESET DIR [TARGET..] configures DIR once and builds it; prints how far it is when that takes longer
#   with_progress STATE CMD...  runs CMD; every five seconds it prints what the command STATE prints

say() { printf '%s\n' "$*" >&2; }

ticker= # the process that prints; it ends with us at the latest, and its sleep does not hold our standard error open
stop_progress() {
  [ -n "$ticker" ] || return 0
  kill "$ticker" 2>/dev/null
  wait "$ticker" 2>/dev/null
  ticker=
}

with_progress() {
  state=$1
  shift
  began=$(date +%s)
  while sleep 5 >/dev/null 2>&1 && kill -0 $$ 2>/dev/null; do
    say "  $(($(date +%s) - began)) s: $($state)"
  done &
  ticker=$!
  "$@"
  set -- $?
  stop_progress
  return "$1"
}

# The last line of the log, fit for a terminal of 80 columns.
last_line() { tail -n 1 "$log" | cut -c 1-70; }

# The names in scripts/packages that belong to a group.
wanted_packages() {
  awk -v group="[$1]" '/^\[/ { below = $1 } /^[a-z]/ && (!below || below == group) { print $1 }' scripts/packages
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
    . scripts/elsewhere.sh
    name_missing "$1"
    return
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
  if ! with_progress last_line fetch_packages $missing; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    say "apt-get failed. Please install these by hand:  $missing"
    exit 1
  fi
  rm -f "$log"
}

fetch_packages() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q update >"$log" 2>&1 &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends "$@" >>"$log" 2>&1
}

configure_and_build() {
  preset=$1 folder=$2
  shift 2
  { [ -f "$folder/build.ninja" ] || cmake --preset "$preset"; } >"$log" 2>&1 &&
    cmake --build "$folder" ${1+--target "$@"} >>"$log" 2>&1
}

build() {
  log=$(mktemp)
  if with_progress last_line configure_and_build "$@"; then
    rm -f "$log"
    return 0
  fi
  cat "$log" >&2
  rm -f "$log"
  say "The build in $2 failed."
  exit 1
}
