#compdef optlab
# Completion of optlab for zsh: eval "$(optlab completion zsh)", or installed as _optlab in a folder of fpath.
# All of it is decided in Lua (lua/optlab/cli/completion); here are only zsh's ways of saying it.
_optlab() {
    local program=${(Q)words[1]} kind line none=1
    local -a answer plain shown folders
    program=${program/#\~/$HOME}
    answer=("${(@f)$($program completion --zsh "${(@Q)words[2,CURRENT]}" 2>/dev/null </dev/null)}")
    kind=$answer[1]
    for line in "${(@)answer[2,-1]}"; do
        if [[ $line == */ ]]; then
            folders+=("$line")
        elif [[ -n $line ]]; then
            plain+=("${line%%$'\t'*}")
            line=${line/$'\t'/  }
            shown+=("${line[1,COLUMNS-1]}")
        fi
    done
    if (( $#folders )); then compadd -S '' -a folders && none=0; fi
    if (( $#plain )); then
        local -a how=(-V optlab -l -d shown -a plain)
        [[ $kind == replace ]] && how=(-U $how)
        compadd $how && none=0
    fi
    case $kind in
        lua) _files -g '*.lua' && none=0 ;;
        files) _files && none=0 ;;
        folders) _files -/ && none=0 ;;
    esac
    return none
}
if [[ $funcstack[1] == _optlab ]]; then
    _optlab "$@"
else
    compdef _optlab optlab
fi
