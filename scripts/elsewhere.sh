# elsewhere.sh - systems other than Debian and Ubuntu: names what is missing; read by prepare.sh with `.`.
#
#   name_missing run|test   if anything in scripts/systems is not there, names it and the packages that hold it, and stops

# The first name of Lua 5.4 that pkg-config knows.
lua_library() {
  while read -r name; do
    pkg-config --exists "$name >= 5.4" "$name < 5.5" 2>/dev/null && echo "$name" && return
  done <scripts/lua-names
  return 1
}

# The first program that is Lua 5.4.
lua_program() {
  while read -r name; do
    [ "$("$name" -e 'print(_VERSION)' 2>/dev/null </dev/null)" = 'Lua 5.4' ] && echo "$name" && return
  done <scripts/lua-names
  return 1
}

is_there() {
  case $1 in
    program:*) command -v "${1#*:}" >/dev/null 2>&1 ;;
    library:*) pkg-config --exists "${1#*:}" 2>/dev/null ;;
    lua) lua_library >/dev/null && lua_program >/dev/null ;;
    module:*) program=$(lua_program) && "$program" -e "require '${1#*:}'" >/dev/null 2>&1 </dev/null ;;
  esac
}

# The column of scripts/systems that is this system's, and the command that installs packages there.
this_system() {
  column= command=
  if [ "$(uname)" = Darwin ]; then
    column=5 command='brew install'
    return
  fi
  # shellcheck disable=SC1090
  kind=$(. "${OS_RELEASE:-/etc/os-release}" 2>/dev/null && echo "${ID-} ${ID_LIKE-}")
  case " $kind " in
    *' fedora '*) column=2 command='dnf install' ;;
    *' arch '*) column=3 command='pacman -S' ;;
    *' alpine '*) column=4 command='apk add' ;;
  esac
}

name_missing() {
  missing= packages= rocks=
  this_system
  while read -r what names; do
    case $what in
      '[test]') [ "$1" = test ] || break ;;
      '' | '#'*) ;;
      *)
        is_there "$what" && continue
        missing="$missing ${what#*:}"
        package=$(echo "$what $names" | awk -v column="${column:-1}" '{ gsub(",", " ", $column); print $column }')
        case $package in
          luarocks:*) rocks="$rocks ${package#*:}" ;;
          *) packages="$packages $package" ;;
        esac
        ;;
    esac
  done <scripts/systems
  [ -z "$missing" ] && return
  say "Missing here:$missing"
  say "This is neither Debian nor Ubuntu: please install these, then run this again."
  [ -z "$column" ] || [ -z "$packages" ] || say "  $command$packages"
  [ -z "$column" ] || [ -z "$rocks" ] || for rock in $rocks; do say "  luarocks --lua-version 5.4 install $rock"; done
  [ "$column" != 5 ] || say "  (Homebrew keeps lua@5.4, openblas and others aside: set PKG_CONFIG_PATH as brew info says.)"
  exit 1
}
