# bash completion for genbroker; made by 'genbroker --completions bash'.
_genbroker() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} path='' word
  local commands='' options='' values='' files=''
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path/$word" in
      /submit|/run|/list|/show|/explain|/watch|/wait|/events|/logs|/errors|/cancel|/pause|/resume|/retry|/files|/cat|/export|/serve|/status|/workers|/check|/backup|/prune|/drain|/doctor) path="$path/$word" ;;
      *) ;;
    esac
  done
  case "$path" in
    '') options='--socket --store --socket-group --workers --lease-timeout --grace --drain -q --quiet -h --help' commands='submit run list show explain watch wait events logs errors cancel pause resume retry files cat export serve status workers check backup prune drain doctor help' ;;
    '/submit') options='-k --kind -p --project --title -l --label --priority --option --max-attempts --max-crashes --timeout --stdin-name --idempotency-key -w --wait --json --socket -h --help' commands='' files=files ;;
    '/run') options='-k --kind -p --project --title -l --label --priority --option --max-attempts --max-crashes --timeout --stdin-name -o --output -w --workers --delete --plugin --store -h --help' commands='' files=files ;;
    '/list') options='-s --state -k --kind -l --label -n --limit --json --socket -h --help' commands='' ;;
    '/show') options='--tasks --json --socket -h --help' commands='' ;;
    '/explain') options='--json --socket -h --help' commands='' ;;
    '/watch') options='--socket -h --help' commands='' ;;
    '/wait') options='--timeout --socket -h --help' commands='' ;;
    '/events') options='-f --follow --since --json --socket -h --help' commands='' ;;
    '/logs') options='-f --follow --json --socket -h --help' commands='' ;;
    '/errors') options='-n --limit --json --socket -h --help' commands='' ;;
    '/cancel') options='--reason --json --socket -h --help' commands='' ;;
    '/pause') options='--reason --json --socket -h --help' commands='' ;;
    '/resume') options='--json --socket -h --help' commands='' ;;
    '/retry') options='--task --json --socket -h --help' commands='' ;;
    '/files') options='--prefix --own --all-versions --json --socket -h --help' commands='' ;;
    '/cat') options='--file-version --socket -h --help' commands='' ;;
    '/export') options='-o --output -f --follow --partial --own --delete --socket -h --help' commands='' ;;
    '/serve') options='--socket --store --socket-group --workers --lease-timeout --grace --drain -q --quiet -h --help' commands='' ;;
    '/status') options='--json --socket -h --help' commands='' ;;
    '/workers') options='--json --socket -h --help' commands='' ;;
    '/check') options='--json --socket -h --help' commands='' ;;
    '/backup') options='--json --socket -h --help' commands='' ;;
    '/prune') options='--older-than --keep --max-size --dry-run --json --socket -h --help' commands='' ;;
    '/drain') options='--timeout --wait --worker --socket -h --help' commands='' ;;
    '/doctor') options='--json --store --socket -h --help' commands='' ;;
  esac
  case "$path $previous" in
    ' --socket') files=files options='' ;;
    ' --store') files=files options='' ;;
    ' --socket-group') files=none ;;
    ' --workers') files=none ;;
    ' --lease-timeout') files=none ;;
    ' --grace') files=none ;;
    ' --drain') files=none ;;
    '/submit -k'|'/submit --kind') files=none ;;
    '/submit -p'|'/submit --project') files=none ;;
    '/submit --title') files=none ;;
    '/submit -l'|'/submit --label') files=none ;;
    '/submit --priority') files=none ;;
    '/submit --option') files=none ;;
    '/submit --max-attempts') files=none ;;
    '/submit --max-crashes') files=none ;;
    '/submit --timeout') files=none ;;
    '/submit --stdin-name') files=none ;;
    '/submit --idempotency-key') files=none ;;
    '/submit --socket') files=files options='' ;;
    '/run -k'|'/run --kind') files=none ;;
    '/run -p'|'/run --project') files=none ;;
    '/run --title') files=none ;;
    '/run -l'|'/run --label') files=none ;;
    '/run --priority') files=none ;;
    '/run --option') files=none ;;
    '/run --max-attempts') files=none ;;
    '/run --max-crashes') files=none ;;
    '/run --timeout') files=none ;;
    '/run --stdin-name') files=none ;;
    '/run -o'|'/run --output') files=directories ;;
    '/run -w'|'/run --workers') files=none ;;
    '/run --plugin') files=files options='' ;;
    '/run --store') files=directories ;;
    '/list -s'|'/list --state') values='pending running paused succeeded failed cancelled' ;;
    '/list -k'|'/list --kind') files=none ;;
    '/list -l'|'/list --label') files=none ;;
    '/list -n'|'/list --limit') files=none ;;
    '/list --socket') files=files options='' ;;
    '/show --socket') files=files options='' ;;
    '/explain --socket') files=files options='' ;;
    '/watch --socket') files=files options='' ;;
    '/wait --timeout') files=none ;;
    '/wait --socket') files=files options='' ;;
    '/events --since') files=none ;;
    '/events --socket') files=files options='' ;;
    '/logs --socket') files=files options='' ;;
    '/errors -n'|'/errors --limit') files=none ;;
    '/errors --socket') files=files options='' ;;
    '/cancel --reason') files=none ;;
    '/cancel --socket') files=files options='' ;;
    '/pause --reason') files=none ;;
    '/pause --socket') files=files options='' ;;
    '/resume --socket') files=files options='' ;;
    '/retry --task') files=none ;;
    '/retry --socket') files=files options='' ;;
    '/files --prefix') files=none ;;
    '/files --socket') files=files options='' ;;
    '/cat --file-version') files=none ;;
    '/cat --socket') files=files options='' ;;
    '/export -o'|'/export --output') files=directories ;;
    '/export --socket') files=files options='' ;;
    '/serve --socket') files=files options='' ;;
    '/serve --store') files=files options='' ;;
    '/serve --socket-group') files=none ;;
    '/serve --workers') files=none ;;
    '/serve --lease-timeout') files=none ;;
    '/serve --grace') files=none ;;
    '/serve --drain') files=none ;;
    '/status --socket') files=files options='' ;;
    '/workers --socket') files=files options='' ;;
    '/check --socket') files=files options='' ;;
    '/backup --socket') files=files options='' ;;
    '/prune --older-than') files=none ;;
    '/prune --keep') files=none ;;
    '/prune --max-size') files=none ;;
    '/prune --socket') files=files options='' ;;
    '/drain --timeout') files=none ;;
    '/drain --worker') files=none ;;
    '/drain --socket') files=files options='' ;;
    '/doctor --store') files=files options='' ;;
    '/doctor --socket') files=files options='' ;;
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
