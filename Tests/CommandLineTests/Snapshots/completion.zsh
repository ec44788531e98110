#compdef genbroker
# zsh completion for genbroker; made by 'genbroker --completions zsh'.

_genbroker() {
  local -a commands
  commands=(
    'submit:Submit files or a recipe as a job.'
    'show:Show one job.'
    'wait:Wait until jobs have ended.'
    'export:Write the files of a job to a directory.'
    'serve:Start the broker in the foreground.'
    'collection:Named groups of files.'
  )
  local context state line
  _arguments -C \
    '(--store)--store[Where jobs are kept.]:DIR:_files -/' \
    '(--socket)--socket[Where the broker listens.]:PATH:_files' \
    '(--json)--json[Print JSON, one value a line.]' \
    '--help[Show this help.]' \
    '1: :->command' '*:: :->arguments'
  case $state in
    command) _describe command commands ;;
    arguments)
      case $line[1] in
      submit) _genbroker_submit ;;
      show) _genbroker_show ;;
      wait) _genbroker_wait ;;
      export) _genbroker_export ;;
      serve) _genbroker_serve ;;
      collection) _genbroker_collection ;;
      esac ;;
  esac
}

_genbroker_submit() {
  _arguments -s \
    '(-k --kind)-k[The kind of generator.]:KIND: ' \
    '(-k --kind)--kind[The kind of generator.]:KIND: ' \
    '(-p --priority)-p[Higher goes first.]:N: ' \
    '(-p --priority)--priority[Higher goes first.]:N: ' \
    '*-l[A label of the job.]:KEY=VALUE: ' \
    '*--label[A label of the job.]:KEY=VALUE: ' \
    '(--deadline)--deadline[Fail a task after this long.]:TIME: ' \
    '(--limit)--limit[The largest input.]:SIZE: ' \
    '(--reuse)--reuse[What to take from earlier jobs.]:HOW:(unchanged exists none)' \
    '(-w --wait)-w[Wait until the job has ended.]' \
    '(-w --wait)--wait[Wait until the job has ended.]' \
    '(-q --quiet)-q[Print the job'\''s id only.]' \
    '(-q --quiet)--quiet[Print the job'\''s id only.]' \
    '(--socket)--socket[Where the broker listens.]:PATH:_files' \
    '(--json)--json[Print JSON, one value a line.]' \
    '(-h --help)-h[Show this help.]' \
    '(-h --help)--help[Show this help.]' \
    '*:FILE:_files'
}

_genbroker_show() {
  _arguments -s \
    '(--socket)--socket[Where the broker listens.]:PATH:_files' \
    '(--json)--json[Print JSON, one value a line.]' \
    '(-h --help)-h[Show this help.]' \
    '(-h --help)--help[Show this help.]' \
    ':JOB: '
}

_genbroker_wait() {
  _arguments -s \
    '(-t --timeout)-t[Give up after this long.]:TIME: ' \
    '(-t --timeout)--timeout[Give up after this long.]:TIME: ' \
    '(-h --help)-h[Show this help.]' \
    '(-h --help)--help[Show this help.]' \
    '*:JOB: '
}

_genbroker_export() {
  _arguments -s \
    '(-o --output)-o[Where to.]:DIR:_files -/' \
    '(-o --output)--output[Where to.]:DIR:_files -/' \
    '(-h --help)-h[Show this help.]' \
    '(-h --help)--help[Show this help.]' \
    ':JOB: ' \
    '::GLOB: '
}

_genbroker_serve() {
  _arguments -s \
    '(--store)--store[Where jobs are kept.]:DIR:_files -/' \
    '(--socket)--socket[Where the broker listens.]:PATH:_files' \
    '(--json)--json[Print JSON, one value a line.]' \
    '(-h --help)-h[Show this help.]' \
    '(-h --help)--help[Show this help.]'
}

_genbroker_collection() {
  local -a commands
  commands=(
    'add:Add files to a collection.'
  )
  local context state line
  _arguments -C \
    '--help[Show this help.]' \
    '1: :->command' '*:: :->arguments'
  case $state in
    command) _describe command commands ;;
    arguments)
      case $line[1] in
      add) _genbroker_collection_add ;;
      esac ;;
  esac
}

_genbroker_collection_add() {
  _arguments -s \
    '(-h --help)-h[Show this help.]' \
    '(-h --help)--help[Show this help.]' \
    ':NAME: ' \
    '*:FILE:_files'
}

if [[ $funcstack[1] == _genbroker ]]; then
  _genbroker "$@"
else
  compdef _genbroker genbroker
fi
