# bash completion for genworker; made by 'genworker --completions bash'.
_genworker() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} path='' word
  local commands='' options='' values='' files=''
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path/$word" in
      *) ;;
    esac
  done
  case "$path" in
    '') options='-k --kind -c --concurrency --plugin --socket --name --models --env --once -q --quiet -v --verbose -h --help' commands='' ;;
  esac
  case "$path $previous" in
    ' -k'|' --kind') files=none ;;
    ' -c'|' --concurrency') files=none ;;
    ' --plugin') files=files options='' ;;
    ' --socket') files=files options='' ;;
    ' --name') files=none ;;
    ' --models') files=files options='' ;;
    ' --env') files=none ;;
    *) ;;
  esac
  if [[ $files == directories ]]; then
    mapfile -t COMPREPLY < <(compgen -d -- "$current")
  elif [[ -n $values ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$values" -- "$current")
  elif [[ $files == none ]]; then
    COMPREPLY=()
  elif [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
  elif [[ $files == files ]]; then
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$current")
  fi
}
complete -o filenames -F _genworker genworker
