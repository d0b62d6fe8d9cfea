import { cell, code, table } from './markdown.mjs';

/** docs/reference/commands.md from the command line as data (src/model/command-info.ts). */
export function commandsPage(root) {
  const all = flatten(root).filter(({ path }) => path.length > 0);
  const runnable = all.filter(({ subcommands }) => subcommands.length === 0);
  const overview = runnable.map((info) => [
    `[${code(info.path.join(' '))}](#${anchor(info)})`,
    cell(info.summary),
  ]);
  const global = root.options.filter(({ global: shared }) => shared);
  const parts = [
    '# Commands',
    '<!-- Written by `npm run docs` from the command table. Do not edit. -->',
    'Every command of `assistantctl`, with its arguments and options. What the exit codes mean stands in [exit-codes.md](../exit-codes.md).',
    table(['command', 'does'], overview),
    '## Options of every command',
    'They may stand before or after the name of the command.',
    options(global),
    ...runnable.map(section),
  ];
  return `${parts.join('\n\n')}\n`;
}

function flatten(info) {
  return [info, ...info.subcommands.flatMap(flatten)];
}

function anchor({ path }) {
  return path.join('-');
}

function section(info) {
  const own = info.options.filter(({ global: shared }) => !shared);
  const words = info.arguments.map(({ name, required, variadic }) => {
    const dots = variadic ? '...' : '';
    return required ? `<${name}${dots}>` : `[${name}${dots}]`;
  });
  const usage = ['assistantctl', ...info.path, ...words, ...(own.length > 0 ? ['[options]'] : [])].join(' ');
  const described = info.arguments.filter(
    ({ description, choices }) => description !== '' || choices.length > 0,
  );
  return [
    `## ${info.path.join(' ')}`,
    `${sentence(info.summary)}`,
    `Usage: ${code(usage)}`,
    ...(described.length > 0
      ? [
          table(
            ['argument', 'means'],
            described.map((argument) => [code(argument.name), meaning(argument)]),
          ),
        ]
      : []),
    ...(own.length > 0 ? [options(own)] : []),
  ].join('\n\n');
}

function sentence(text) {
  return cell(`${text.charAt(0).toUpperCase()}${text.slice(1)}.`).replace(/\.\.$/, '.');
}

function meaning({ description, choices, defaultValue }) {
  const named = choices.length > 0 ? ` One of ${choices.map(code).join(', ')}.` : '';
  const assumed = defaultValue === undefined ? '' : ` Default ${code(defaultValue)}.`;
  const text = description === '' ? '' : sentence(description);
  return `${text}${named}${assumed}`.trim();
}

function options(list) {
  return table(
    ['option', 'means'],
    list.map((option) => [code(option.flags), meaning(option)]),
  );
}
