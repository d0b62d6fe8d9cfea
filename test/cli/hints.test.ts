import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commandReference } from '../../src/cli/program.ts';
import { locate } from '../../src/cli/words/answer.ts';
import { allCommands, type CommandInfo } from '../../src/model/command-info.ts';
import { blocksOf, PAGES, ROOT, readPage } from '../docs/markdown.ts';

// Every command line that a message or a page tells people to type is one that the program takes.

const root = await commandReference();
const commands = allCommands(root);
const options = new Set(commands.flatMap((command) => command.options.map(({ long }) => long ?? '')));

interface Text {
  readonly where: string;
  readonly text: string;
}

/** What stands for a value that is put in at run time. */
const VALUE = 'VALUE';

/** The lines of a source file without its comments, with VALUE for what is put in. */
function linesOf(file: string): readonly Text[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines
    .map((line, index) => ({ where: `${file.slice(ROOT.length)}:${index + 1}`, text: filled(line) }))
    .filter(({ text }) => !/^\s*(\/\*|\*|\/\/)/.test(text))
    .map(({ where, text }) => ({ where, text: text.replaceAll('\\n', ' ') }));
}

/** A line with VALUE in the place of each `${…}`, whatever stands in its braces. */
function filled(line: string): string {
  let text = line;
  for (;;) {
    const next = text.replaceAll(/\$\{[^{}]*\}/g, VALUE);
    if (next === text) return text;
    text = next;
  }
}

/** A pattern that looks for old pipelines, and two examples of what is refused. */
const NOT_OURS = /plan\[\^|^push$|--no-such-/;

/** Sentences in which assistantctl is the subject, and no command line follows. */
const PROSE =
  /^(wrote|words|that|runs|run|of|in|are|is|alone|here|probe|has|needs|finds?|leaves|neither|on|the|for|and|or|with|by|itself|from|can|could|does|to|as|cannot|may|was|made|VALUE)$/;

/** What is wrong with the words behind `assistantctl`, as far as they can be told from the sentence around them. */
function flawsOf(phrase: string): readonly string[] {
  const words = phrase.split(/\s+/).filter((word) => word !== '');
  const first = words[0] ?? '';
  if (
    words.length === 0 ||
    NOT_OURS.test(phrase) ||
    (PROSE.test(first) && !root.subcommands.some(({ path }) => path[0] === first))
  ) {
    return [];
  }
  const { command } = locate(root, words);
  if (first.startsWith('--')) return options.has(first.split('=')[0] ?? '') ? [] : [`no option ${first}`];
  // Words of a completion script, or of a committer.
  if (/^-\w$|=/.test(first)) return [];
  const next = words[command.path.length] ?? '';
  if (command.subcommands.length > 0 && /^VALUE$|^…$|^--help$/.test(next)) return [];
  if (command === root) return [`no command ${first}`];
  const unknown = words
    .filter((word) => /^--[a-z]/.test(word) && word !== '--help')
    .map((word) => word.split('=')[0] ?? '')
    .filter((word) => !knows(command, word));
  return [
    ...(command.subcommands.length > 0 ? [`${command.path.join(' ')} is not a whole command`] : []),
    ...unknown.map((word) => `${command.path.join(' ')} has no option ${word}`),
  ];
}

function knows(command: CommandInfo, long: string): boolean {
  return [...command.options, ...root.options].some((option) => option.long === long);
}

/** The command lines in a text: from the name of the program to where the sentence goes on. */
function phrasesIn(text: string): readonly string[] {
  return [...text.matchAll(/\bassistantctl ([^;,"'`()\n|&<>#]+?)(?=$|[;,"'`()\n|&<>#]|\.(?:\s|$)|: )/g)].map(
    ([, phrase = '']) => phrase.split(/ -- | (?:and|then|or) /)[0] ?? '',
  );
}

const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.includes('generated'))
  .flatMap((file) => linesOf(join(ROOT, 'src', file)));

it('every command line in a message of the program is one that it takes', () => {
  const phrases = sources.flatMap(({ where, text }) => phrasesIn(text).map((phrase) => ({ where, phrase })));
  expect(phrases.length).toBeGreaterThan(150);
  const wrong = phrases.flatMap(({ where, phrase }) =>
    flawsOf(phrase).map((flaw) => `${where}: assistantctl ${phrase}: ${flaw}`),
  );
  expect(wrong).toEqual([]);
});

/** Folders and files whose double dashes are those of Git, of Node and of style sheets. */
const OTHER_DASHES = /words\/|style|talk-page|state\/git|pipelines\/|completion\/|\bgit\b/;

it('every option that a sentence of the program names exists', () => {
  const wrong = sources
    .filter(({ where, text }) => !OTHER_DASHES.test(where) && !/\b(git|npm|npx|curl|run)\b/.test(text))
    .flatMap(({ where, text }) =>
      [...text.matchAll(/(?<=[a-z] )--[a-z][a-z-]+/g)]
        .map(([option]) => option)
        .filter((option) => !options.has(option) && option !== '--help')
        .map((option) => `${where}: ${option}`),
    );
  expect(wrong).toEqual([]);
});

it('every command line on a page for users is one that the program takes', () => {
  const pages = PAGES.filter((page) => !page.startsWith('docs/reference') && page !== 'CHANGELOG.md');
  const texts = pages.flatMap((page): readonly Text[] => [
    ...blocksOf(page)
      .filter(({ language }) => ['sh', 'console', 'text', '', 'yaml', 'groovy'].includes(language))
      .map(({ line, text }) => ({ where: `${page}:${line}`, text: text.replaceAll('\\\n', ' ') })),
    ...[...readPage(page).matchAll(/`([^`\n]+)`/g)]
      .map(([, span = '']) => span)
      .filter((span) => span.startsWith('assistantctl '))
      .map((span) => ({ where: page, text: span })),
  ]);
  const wrong = texts.flatMap(({ where, text }) =>
    phrasesIn(text).flatMap((phrase) =>
      flawsOf(phrase).map((flaw) => `${where}: assistantctl ${phrase}: ${flaw}`),
    ),
  );
  expect(wrong).toEqual([]);
});

it('every option that a page names beside a command is one of that command', () => {
  const names = new Set(root.subcommands.map(({ path }) => path[0] ?? ''));
  const pages = PAGES.filter((page) => page.startsWith('docs/') || page === 'README.md').filter(
    (page) => !page.startsWith('docs/reference') && page !== 'docs/coming-from.md',
  );
  const wrong = pages.flatMap((page) =>
    [...readPage(page).matchAll(/`([a-z]+ [^`\n]*--[^`\n]+)`/g)]
      .map(([, span = '']) => span)
      .filter((span) => names.has(span.split(' ', 1)[0] ?? ''))
      .flatMap((span) =>
        flawsOf(span.split(' -- ')[0]?.replaceAll(/[[\]|]/g, ' ') ?? '').map(
          (flaw) => `${page}: ${span}: ${flaw}`,
        ),
      ),
  );
  expect(wrong).toEqual([]);
});
