# Completion of ksweep in bash.  It asks the program what may stand somewhere, so that it is never out of date.

# The commands that an overview lists: _ksweep_commands PROGRAM [GROUP]
_ksweep_commands() { "$@" --help 2>/dev/null | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'; }

# The options that a help page explains.
_ksweep_options() { "$@" --help 2>/dev/null | sed -n 's/^  \(-[^-]*\)\{0,1\}\(--[a-z-]*\).*/\2/p'; }

# The full names of all keys of a sweep file, as section.key.
_ksweep_keys() {
  "$1" plan --keys 2>/dev/null |
    awk '/^\[/ { section = substr($1, 2, length($1) - 2) } section && /^  [a-z_0-9]+ / { print section "." $1 }'
}

_ksweep() {
  local program=$1 word=$2 previous=$3 command=("$1" "${COMP_WORDS[1]}") choices=
  if [ "${COMP_WORDS[1]}" = data ] && [ "$COMP_CWORD" -gt 2 ]; then command+=("${COMP_WORDS[2]}"); fi
  if [ "$COMP_CWORD" = 1 ]; then
    choices="$(_ksweep_commands "$program") --help --version"
  elif [ "${COMP_WORDS[1]}" = data ] && [ "$COMP_CWORD" = 2 ]; then
    choices=$(_ksweep_commands "$program" data)
  elif [ "$previous" = --set ]; then
    choices=$(_ksweep_keys "$program" | sed 's/$/=/')
    compopt -o nospace 2>/dev/null
  elif [ "$previous" = --keys ]; then
    choices=$(_ksweep_keys "$program")
  elif [[ $word == -* ]]; then
    choices=$(_ksweep_options "${command[@]}")
  fi
  mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$word")
}

complete -o default -F _ksweep ksweep
