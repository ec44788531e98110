# fish completion for genworker; made by 'genworker --completions fish'.
complete -c genworker -f
complete -c genworker -s k -l kind -x -d 'The kind of generator.'
complete -c genworker -s c -l concurrency -x -d 'How many tasks at a time, each in a plugin process of its own.'
complete -c genworker -l plugin -r -F -d 'The plugin\'s executable.'
complete -c genworker -l socket -r -F -d 'Where the broker listens.'
complete -c genworker -l name -x -d 'What \'genbroker workers\' shows; KIND-PID when not given.'
complete -c genworker -l models -r -F -d 'The configuration of models; ~/.config/genbroker/models.json when not given.'
complete -c genworker -l env -x -d 'A variable of the environment that the plugin may see.'
complete -c genworker -l once -d 'End after one task, however long it takes to come; exit code 3 when there is no broker.'
complete -c genworker -s q -l quiet -d 'Say only what went wrong.'
complete -c genworker -s v -l verbose -d 'Say what happens to each task.'
complete -c genworker -s h -l help -d 'Show this help.'
