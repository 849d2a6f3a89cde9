import { Argument, type Command } from 'commander';

/** `florin completion bash|zsh`: a script made from the commands themselves, so that it cannot go stale. */
export function addCompletionCommand(program: Command): void {
  program
    .command('completion')
    .description('print a completion script: source <(florin completion bash)')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh']))
    .action((shell: 'bash' | 'zsh') => console.log(completionScript(program, shell)));
}

export function completionScript(program: Command, shell: 'bash' | 'zsh'): string {
  const caseOf = ([path, words]: [string, string[]]): string =>
    `      "${path}") candidates="${words.join(' ')}" ;;`;
  const cases = wordsByPath(program).map(caseOf);
  const valueCases = choicesByOption(program).map(caseOf);
  const body = `  local path="" word last="" candidates=""
  for word in "\${before[@]}"; do
    case "$word" in -*) ;; *) [ "$last" = --url ] || path="\${path:+$path }$word" ;; esac
    last="$word"
  done
  # What follows a known command, an id for example, does not change what can follow.
  while :; do
    case "$path $last" in
${valueCases.join('\n')}
    esac
    if [ -n "$candidates" ]; then break; fi
    case "$path" in
${cases.join('\n')}
    esac
    if [ -n "$candidates" ] || [ -z "$path" ]; then break; fi
    case "$path" in *" "*) path="\${path% *}" ;; *) path="" ;; esac
  done`;
  if (shell === 'bash') {
    return `_florin() {
  local before=("\${COMP_WORDS[@]:1:COMP_CWORD-1}")
${body}
  COMPREPLY=($(compgen -W "$candidates" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _florin florin`;
  }
  return `#compdef florin
_florin() {
  local -a before=("\${(@)words[2,CURRENT-1]}")
${body}
  compadd -- \${=candidates}
}
compdef _florin florin`;
}

/** What may follow each command: `''` stands for `florin` itself. */
function wordsByPath(command: Command, path = ''): [string, string[]][] {
  const options = command.options.flatMap(({ long, short }) => long ?? short ?? []);
  const words = [...command.commands.map((child) => child.name()), ...options, '--help'];
  const below = command.commands.flatMap((child) =>
    wordsByPath(child, path === '' ? child.name() : `${path} ${child.name()}`),
  );
  return [[path, words], ...below];
}

/** What an option takes where it takes only some values: `dlq list --status` stands for its path and name. */
function choicesByOption(command: Command, path = ''): [string, string[]][] {
  const own = command.options.flatMap(({ long, argChoices }): [string, string[]][] =>
    long && argChoices ? [[`${path} ${long}`, argChoices.filter((choice) => choice !== '')]] : [],
  );
  const below = command.commands.flatMap((child) =>
    choicesByOption(child, path === '' ? child.name() : `${path} ${child.name()}`),
  );
  return [...own, ...below];
}
