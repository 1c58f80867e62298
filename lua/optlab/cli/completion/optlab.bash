# Completion of optlab for bash: eval "$(optlab completion bash)", or installed where bash-completion looks.
# All of it is decided in Lua (lua/optlab/cli/completion); here are only bash's ways of saying it.
_optlab() {
    local program=${1/#\~/$HOME} line=${COMP_LINE:0:COMP_POINT} answer kind
    local IFS=$'\n'
    answer=($("$program" completion --bash "$line" "$2" 2>/dev/null </dev/null)) || return
    kind=${answer[0]}
    COMPREPLY=("${answer[@]:1}")
    case $kind in
        lua) COMPREPLY+=($(compgen -f -X '!*.lua' -- "$2") $(compgen -d -S / -- "$2")) ;;
        files) COMPREPLY+=($(compgen -f -- "$2")) && compopt -o filenames 2>/dev/null ;;
        folders) COMPREPLY+=($(compgen -d -S / -- "$2")) ;;
    esac
    compopt -o nosort 2>/dev/null
    # A folder, or an option that its value follows at once, is not followed by a space.
    if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[/=] ]]; then compopt -o nospace 2>/dev/null; fi
}
complete -F _optlab optlab
