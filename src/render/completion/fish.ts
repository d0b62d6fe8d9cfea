import { allCommands, type CommandInfo } from '../../model/command-info.ts';
import { argumentValues, commandPath, optionValues, type Values, valueOptions } from './words.ts';

/** Completion for fish: `assistantctl completion fish | source`. */
export function fishCompletion(root: CommandInfo): string {
  const commands = allCommands(root);
  const paths = commands.filter(({ path }) => path.length > 0).map((info) => quoted(commandPath(info)));
  return `# fish completion for assistantctl
function __assistantctl_at
    set -l at ''
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip -eq 1
            set skip 0
            continue
        end
        switch $word
            case ${valueOptions(root).join(' ')}
                set skip 1
            case '-*'
            case '*'
                set -l next (string trim -- "$at $word")
                if contains -- $next ${paths.join(' ')}
                    set at $next
                end
        end
    end
    test "$at" = "$argv[1]"
end
complete -c assistantctl -f
${commands.flatMap(lines).join('\n')}
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', ' ')}'`;
}

function lines(info: CommandInfo): readonly string[] {
  const at = `complete -c assistantctl -n ${quoted(`__assistantctl_at ${quoted(commandPath(info))}`)}`;
  const own = complete(argumentValues(info.arguments[0]));
  return [
    ...info.subcommands.map(
      ({ path, summary }) => `${at} -a ${quoted(path.at(-1) ?? '')} -d ${quoted(summary)}`,
    ),
    ...(info.subcommands.length === 0 && own !== '' ? [`${at} ${own}`] : []),
    ...info.options.map((option) => {
      const long = option.long === undefined ? '' : ` -l ${option.long.slice(2)}`;
      const short = option.short === undefined ? '' : ` -s ${option.short.slice(1)}`;
      const value = option.value === undefined ? '' : ` -r ${complete(optionValues(option))}`.trimEnd();
      return `${at}${long}${short}${value} -d ${quoted(option.description)}`;
    }),
  ];
}

function complete(values: Values): string {
  switch (values.from) {
    case 'words':
      return `-f -a ${quoted(values.words.join(' '))}`;
    case 'environments':
    case 'addresses':
      return `-f -a '(assistantctl completion ${values.from} 2>/dev/null)'`;
    case 'files':
      return '-F';
    case 'folders':
      return "-f -a '(__fish_complete_directories)'";
    case 'nothing':
      return '';
    default:
      return values satisfies never;
  }
}
