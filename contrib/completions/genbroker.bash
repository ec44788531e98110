# bash completion for genbroker; made by 'genbroker --completions bash'.
_genbroker() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} path='' word
  local commands='' options='' values='' files=''
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path/$word" in
      /submit|/run|/list|/show|/explain|/estimate|/watch|/wait|/events|/logs|/errors|/cancel|/pause|/resume|/retry|/regenerate|/recipe|/recipe/check|/recipe/show|/recipe/run|/usage|/calls|/limits|/files|/cat|/history|/diff|/rollback|/put|/outdated|/export|/serve|/hook|/status|/workers|/check|/backup|/prune|/drain|/doctor) path="$path/$word" ;;
      *) ;;
    esac
  done
  case "$path" in
    '') options='--socket --store --socket-group --workers --hooks --models --lease-timeout --grace --drain -q --quiet -h --help' commands='submit run list show explain estimate watch wait events logs errors cancel pause resume retry regenerate recipe usage calls limits files cat history diff rollback put outdated export serve hook status workers check backup prune drain doctor help' ;;
    '/submit') options='-k --kind -i --input -p --project --title -l --label --priority --option --max-attempts --max-crashes --timeout -m --model --fallback --budget-usd --max-calls --max-tokens --max-credits --models --reuse -f --force --stdin-name --idempotency-key -w --wait --hold --dry-run --json --socket -h --help' commands='' files=files ;;
    '/run') options='-k --kind -i --input -p --project --title -l --label --priority --option --max-attempts --max-crashes --timeout -m --model --fallback --budget-usd --max-calls --max-tokens --max-credits --models --reuse -f --force --stdin-name -o --output -w --workers --delete --plugin --store -h --help' commands='' files=files ;;
    '/list') options='-s --state -k --kind -l --label -n --limit --json --socket -h --help' commands='' ;;
    '/show') options='--tasks --json --socket -h --help' commands='' ;;
    '/explain') options='--json --socket -h --help' commands='' ;;
    '/estimate') options='--json --models --socket -h --help' commands='' ;;
    '/watch') options='--socket -h --help' commands='' ;;
    '/wait') options='--timeout --socket -h --help' commands='' ;;
    '/events') options='-f --follow --since --json --socket -h --help' commands='' ;;
    '/logs') options='-f --follow --json --socket -h --help' commands='' ;;
    '/errors') options='-n --limit --json --socket -h --help' commands='' ;;
    '/cancel') options='--reason --json --socket -h --help' commands='' ;;
    '/pause') options='--reason --json --socket -h --help' commands='' ;;
    '/resume') options='--budget-usd --max-calls --max-tokens --max-credits --json --socket -h --help' commands='' ;;
    '/retry') options='--task --json --socket -h --help' commands='' ;;
    '/regenerate') options='--phase --task --outdated --only --json --socket -h --help' commands='' ;;
    '/recipe') options='-h --help' commands='check show run help' ;;
    '/recipe/check') options='--json -h --help' commands='' files=files ;;
    '/recipe/show') options='-i --input --output --tasks --json -h --help' commands='' files=files ;;
    '/recipe/run') options='-i --input -p --project --title -l --label --priority --option --max-attempts --max-crashes --timeout -m --model --fallback --budget-usd --max-calls --max-tokens --max-credits --models --reuse -f --force --idempotency-key -w --wait --hold --dry-run --json --socket -h --help' commands='' files=files ;;
    '/usage') options='--by --since --json --socket -h --help' commands='' ;;
    '/calls') options='-s --state -n --limit --show --json --socket -h --help' commands='' ;;
    '/limits') options='--scope --set --clear --unpark --json --socket -h --help' commands='' ;;
    '/files') options='--prefix --own --all-versions --json --socket -h --help' commands='' ;;
    '/cat') options='--file-version --socket -h --help' commands='' ;;
    '/history') options='--json --socket -h --help' commands='' ;;
    '/diff') options='--from --to --socket -h --help' commands='' ;;
    '/rollback') options='--to --phase --task --why --json --socket -h --help' commands='' ;;
    '/put') options='--why --media-type --json --socket -h --help' commands='' files=files ;;
    '/outdated') options='--json --socket -h --help' commands='' ;;
    '/export') options='-o --output -f --follow --partial --own --delete --socket -h --help' commands='' ;;
    '/serve') options='--socket --store --socket-group --workers --hooks --models --lease-timeout --grace --drain -q --quiet -h --help' commands='' ;;
    '/hook') options='--on -k --kind -l --label -p --project --post --header --body --command --shell --timeout --attempts --give-up-after --config --name --state --since --check --test --undelivered --again --json -q --quiet --socket -h --help' commands='' ;;
    '/status') options='--json --socket -h --help' commands='' ;;
    '/workers') options='--json --socket -h --help' commands='' ;;
    '/check') options='--json --socket -h --help' commands='' ;;
    '/backup') options='--json --socket -h --help' commands='' ;;
    '/prune') options='--older-than --keep --max-size --dry-run --json --socket -h --help' commands='' ;;
    '/drain') options='--timeout --wait --worker --socket -h --help' commands='' ;;
    '/doctor') options='--json --store -m --model --providers --models --socket -h --help' commands='' ;;
  esac
  case "$path $previous" in
    ' --socket') files=files options='' ;;
    ' --store') files=files options='' ;;
    ' --socket-group') files=none ;;
    ' --workers') files=none ;;
    ' --hooks') files=files options='' ;;
    ' --models') files=files options='' ;;
    ' --lease-timeout') files=none ;;
    ' --grace') files=none ;;
    ' --drain') files=none ;;
    '/submit -k'|'/submit --kind') files=none ;;
    '/submit -i'|'/submit --input') files=none ;;
    '/submit -p'|'/submit --project') files=none ;;
    '/submit --title') files=none ;;
    '/submit -l'|'/submit --label') files=none ;;
    '/submit --priority') files=none ;;
    '/submit --option') files=none ;;
    '/submit --max-attempts') files=none ;;
    '/submit --max-crashes') files=none ;;
    '/submit --timeout') files=none ;;
    '/submit -m'|'/submit --model') files=none ;;
    '/submit --fallback') files=none ;;
    '/submit --budget-usd') files=none ;;
    '/submit --max-calls') files=none ;;
    '/submit --max-tokens') files=none ;;
    '/submit --max-credits') files=none ;;
    '/submit --models') files=files options='' ;;
    '/submit --reuse') values='unchanged exists none' ;;
    '/submit --stdin-name') files=none ;;
    '/submit --idempotency-key') files=none ;;
    '/submit --socket') files=files options='' ;;
    '/run -k'|'/run --kind') files=none ;;
    '/run -i'|'/run --input') files=none ;;
    '/run -p'|'/run --project') files=none ;;
    '/run --title') files=none ;;
    '/run -l'|'/run --label') files=none ;;
    '/run --priority') files=none ;;
    '/run --option') files=none ;;
    '/run --max-attempts') files=none ;;
    '/run --max-crashes') files=none ;;
    '/run --timeout') files=none ;;
    '/run -m'|'/run --model') files=none ;;
    '/run --fallback') files=none ;;
    '/run --budget-usd') files=none ;;
    '/run --max-calls') files=none ;;
    '/run --max-tokens') files=none ;;
    '/run --max-credits') files=none ;;
    '/run --models') files=files options='' ;;
    '/run --reuse') values='unchanged exists none' ;;
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
    '/estimate --models') files=files options='' ;;
    '/estimate --socket') files=files options='' ;;
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
    '/resume --budget-usd') files=none ;;
    '/resume --max-calls') files=none ;;
    '/resume --max-tokens') files=none ;;
    '/resume --max-credits') files=none ;;
    '/resume --socket') files=files options='' ;;
    '/retry --task') files=none ;;
    '/retry --socket') files=files options='' ;;
    '/regenerate --phase') files=none ;;
    '/regenerate --task') files=none ;;
    '/regenerate --socket') files=files options='' ;;
    '/recipe/show -i'|'/recipe/show --input') files=none ;;
    '/recipe/show --output') files=none ;;
    '/recipe/run -i'|'/recipe/run --input') files=none ;;
    '/recipe/run -p'|'/recipe/run --project') files=none ;;
    '/recipe/run --title') files=none ;;
    '/recipe/run -l'|'/recipe/run --label') files=none ;;
    '/recipe/run --priority') files=none ;;
    '/recipe/run --option') files=none ;;
    '/recipe/run --max-attempts') files=none ;;
    '/recipe/run --max-crashes') files=none ;;
    '/recipe/run --timeout') files=none ;;
    '/recipe/run -m'|'/recipe/run --model') files=none ;;
    '/recipe/run --fallback') files=none ;;
    '/recipe/run --budget-usd') files=none ;;
    '/recipe/run --max-calls') files=none ;;
    '/recipe/run --max-tokens') files=none ;;
    '/recipe/run --max-credits') files=none ;;
    '/recipe/run --models') files=files options='' ;;
    '/recipe/run --reuse') values='unchanged exists none' ;;
    '/recipe/run --idempotency-key') files=none ;;
    '/recipe/run --socket') files=files options='' ;;
    '/usage --by') values='job model owner day' ;;
    '/usage --since') files=none ;;
    '/usage --socket') files=files options='' ;;
    '/calls -s'|'/calls --state') values='reserved settled rejected failed unsent unknown wasted' ;;
    '/calls -n'|'/calls --limit') files=none ;;
    '/calls --show') files=none ;;
    '/calls --socket') files=files options='' ;;
    '/limits --scope') files=none ;;
    '/limits --set') files=none ;;
    '/limits --clear') values='concurrent requests-per-minute tokens-per-minute usd-per-day calls-per-day tokens-per-day credits-per-day' ;;
    '/limits --unpark') files=none ;;
    '/limits --socket') files=files options='' ;;
    '/files --prefix') files=none ;;
    '/files --socket') files=files options='' ;;
    '/cat --file-version') files=none ;;
    '/cat --socket') files=files options='' ;;
    '/history --socket') files=files options='' ;;
    '/diff --from') files=none ;;
    '/diff --to') files=none ;;
    '/diff --socket') files=files options='' ;;
    '/rollback --to') files=none ;;
    '/rollback --phase') files=none ;;
    '/rollback --task') files=none ;;
    '/rollback --why') files=none ;;
    '/rollback --socket') files=files options='' ;;
    '/put --why') files=none ;;
    '/put --media-type') files=none ;;
    '/put --socket') files=files options='' ;;
    '/outdated --socket') files=files options='' ;;
    '/export -o'|'/export --output') files=directories ;;
    '/export --socket') files=files options='' ;;
    '/serve --socket') files=files options='' ;;
    '/serve --store') files=files options='' ;;
    '/serve --socket-group') files=none ;;
    '/serve --workers') files=none ;;
    '/serve --hooks') files=files options='' ;;
    '/serve --models') files=files options='' ;;
    '/serve --lease-timeout') files=none ;;
    '/serve --grace') files=none ;;
    '/serve --drain') files=none ;;
    '/hook --on') values='succeeded failed cancelled ended' ;;
    '/hook -k'|'/hook --kind') files=none ;;
    '/hook -l'|'/hook --label') files=none ;;
    '/hook -p'|'/hook --project') files=none ;;
    '/hook --post') files=none ;;
    '/hook --header') files=none ;;
    '/hook --body') files=files options='' ;;
    '/hook --command') files=none ;;
    '/hook --shell') files=none ;;
    '/hook --timeout') files=none ;;
    '/hook --attempts') files=none ;;
    '/hook --give-up-after') files=none ;;
    '/hook --config') files=files options='' ;;
    '/hook --name') files=none ;;
    '/hook --state') files=directories ;;
    '/hook --since') files=none ;;
    '/hook --test') files=none ;;
    '/hook --socket') files=files options='' ;;
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
    '/doctor -m'|'/doctor --model') files=none ;;
    '/doctor --models') files=files options='' ;;
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
