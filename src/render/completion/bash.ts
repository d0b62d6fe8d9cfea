import { allCommands, type CommandInfo } from '../../model/command-info.ts';
import {
  argumentValues,
  commandPath,
  optionValues,
  optionWords,
  singleQuoted,
  type Values,
  valueOptions,
} from './words.ts';

/** Completion for bash, 3.2 or newer: `source <(assistantctl completion bash)`. */
export function bashCompletion(root: CommandInfo): string {
  const commands = allCommands(root);
  const paths = commands.filter(({ path }) => path.length > 0).map((info) => singleQuoted(commandPath(info)));
  return `# bash completion for assistantctl
_assistantctl_words() {
  COMPREPLY=($(compgen -W "$1" -- "$2"))
}
_assistantctl() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" path="" next i
  COMPREPLY=()
  if [ "$cur" = "=" ]; then cur=""
  elif [ "$prev" = "=" ]; then prev="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i]}" in
      ${valueOptions(root).join('|')}) i=$((i + 1)); continue ;;
      -*|=) continue ;;
    esac
    next="\${path:+$path }\${COMP_WORDS[i]}"
    case "$next" in
      ${paths.join('|')}) path="$next" ;;
    esac
  done
  case "$path $prev" in
${commands.flatMap(optionCases).join('\n')}
  esac
  case "$path" in
${commands.map(commandCase).join('\n')}
  esac
}
complete -F _assistantctl assistantctl
`;
}

function optionCases(info: CommandInfo): readonly string[] {
  return info.options
    .filter(({ value }) => value !== undefined)
    .map((option) => {
      const names = optionWords(option).map((word) => singleQuoted(`${commandPath(info)} ${word}`));
      return `    ${names.join('|')}) ${complete(optionValues(option))}; return ;;`;
    });
}

function commandCase(info: CommandInfo): string {
  const flags = info.options.flatMap(optionWords);
  const subcommands = info.subcommands.map(({ path }) => path.at(-1) ?? '');
  const values = argumentValues(info.arguments[0]);
  const words = [...subcommands, ...(info.path.length === 0 ? ['help'] : [])];
  const other = words.length > 0 ? complete({ from: 'words', words }) : complete(values);
  const dashes = complete({ from: 'words', words: flags });
  return `    ${singleQuoted(commandPath(info))}) case "$cur" in -*) ${dashes} ;; *) ${other} ;; esac ;;`;
}

function complete(values: Values): string {
  switch (values.from) {
    case 'words':
      return `_assistantctl_words ${singleQuoted(values.words.join(' '))} "$cur"`;
    case 'environments':
    case 'addresses':
      return `_assistantctl_words "$(assistantctl completion ${values.from} 2>/dev/null)" "$cur"`;
    case 'files':
      return 'COMPREPLY=($(compgen -f -- "$cur"))';
    case 'folders':
      return 'COMPREPLY=($(compgen -d -- "$cur"))';
    case 'nothing':
      return ':';
    default:
      return values satisfies never;
  }
}
