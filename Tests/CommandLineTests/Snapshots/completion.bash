# bash completion for genbroker; made by 'genbroker --completions bash'.
_genbroker() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} path='' word
  local commands='' options='' values='' files=''
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path/$word" in
      /submit|/show|/wait|/export|/serve|/collection|/collection/add) path="$path/$word" ;;
      *) ;;
    esac
  done
  case "$path" in
    '') options='--store --socket --json -h --help' commands='submit show wait export serve collection help' ;;
    '/submit') options='-k --kind -p --priority -l --label --deadline --limit --reuse -w --wait -q --quiet --socket --json -h --help' commands='' files=files ;;
    '/show') options='--socket --json -h --help' commands='' ;;
    '/wait') options='-t --timeout -h --help' commands='' ;;
    '/export') options='-o --output -h --help' commands='' ;;
    '/serve') options='--store --socket --json -h --help' commands='' ;;
    '/collection') options='-h --help' commands='add help' ;;
    '/collection/add') options='-h --help' commands='' files=files ;;
  esac
  case "$path $previous" in
    ' --store') files=directories ;;
    ' --socket') files=files options='' ;;
    '/submit -k'|'/submit --kind') files=none ;;
    '/submit -p'|'/submit --priority') files=none ;;
    '/submit -l'|'/submit --label') files=none ;;
    '/submit --deadline') files=none ;;
    '/submit --limit') files=none ;;
    '/submit --reuse') values='unchanged exists none' ;;
    '/submit --socket') files=files options='' ;;
    '/show --socket') files=files options='' ;;
    '/wait -t'|'/wait --timeout') files=none ;;
    '/export -o'|'/export --output') files=directories ;;
    '/serve --store') files=directories ;;
    '/serve --socket') files=files options='' ;;
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
complete -o filenames -F _genbroker genbroker
