# bash completion of tlswatch, which knows itself what a word may become; file names where it knows nothing.
_tlswatch() {
  mapfile -t COMPREPLY < <(tlswatch complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2> /dev/null)
  local i
  for i in "${!COMPREPLY[@]}"; do printf -v "COMPREPLY[i]" %q "${COMPREPLY[i]}"; done
}
complete -o default -F _tlswatch tlswatch
