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

/** Completion for zsh: `source <(assistantctl completion zsh)`, or the same text as `_assistantctl` in `$fpath`. */
export function zshCompletion(root: CommandInfo): string {
  const commands = allCommands(root);
  const paths = commands.filter(({ path }) => path.length > 0).map((info) => singleQuoted(commandPath(info)));
  return `#compdef assistantctl
_assistantctl() {
  local at="" next prev="\${words[CURRENT-1]}"
  local -a items
  integer i
  for ((i = 2; i < CURRENT; i++)); do
    case "\${words[i]}" in
      (${valueOptions(root).join('|')}) i=$((i + 1)); continue ;;
      (-*) continue ;;
    esac
    next="\${at:+$at }\${words[i]}"
    case "$next" in
      (${paths.join('|')}) at="$next" ;;
    esac
  done
  case "$at $prev" in
${commands.flatMap(optionCases).join('\n')}
  esac
  case "$at" in
${commands.map(commandCase).join('\n')}
  esac
}
if [ "\${funcstack[1]}" = "_assistantctl" ]; then
  _assistantctl "$@"
else
  compdef _assistantctl assistantctl
fi
`;
}

function optionCases(info: CommandInfo): readonly string[] {
  return info.options
    .filter(({ value }) => value !== undefined)
    .map((option) => {
      const names = optionWords(option).map((word) => singleQuoted(`${commandPath(info)} ${word}`));
      return `    (${names.join('|')}) ${complete(optionValues(option))}; return ;;`;
    });
}

/** \`word:description\` for \`_describe\`. */
function item(word: string, description: string): string {
  return singleQuoted(`${word.replaceAll(':', '\\:')}:${description}`);
}

function commandCase(info: CommandInfo): string {
  const flags = info.options.flatMap((option) =>
    optionWords(option).map((word) => item(word, option.description)),
  );
  const subcommands = info.subcommands.map(({ path, summary }) => item(path.at(-1) ?? '', summary));
  const other =
    subcommands.length > 0
      ? `items=(${subcommands.join(' ')}); _describe command items`
      : complete(argumentValues(info.arguments[0]));
  return `    (${singleQuoted(commandPath(info))}) if [[ "\${words[CURRENT]}" == -* ]]; then items=(${flags.join(' ')}); _describe -o option items; else ${other}; fi ;;`;
}

function complete(values: Values): string {
  switch (values.from) {
    case 'words':
      return `compadd -- ${values.words.map(singleQuoted).join(' ')}`;
    case 'environments':
    case 'addresses':
      return `compadd -- \${(f)"$(assistantctl completion ${values.from} 2>/dev/null)"}`;
    case 'files':
      return '_files';
    case 'folders':
      return '_files -/';
    case 'nothing':
      return ':';
    default:
      return values satisfies never;
  }
}
