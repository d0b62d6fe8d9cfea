import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Pages for users, relative to the repository. */
export const PAGES: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file.replaceAll('\\', '/')}`),
];

export interface Block {
  readonly page: string;
  /** 1-based line of the opening fence. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
}

export function readPage(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

/** The fenced code blocks of a page, in order. */
export function blocksOf(page: string): readonly Block[] {
  const blocks: Block[] = [];
  let open: { line: number; language: string; lines: string[] } | undefined;
  for (const [index, line] of readPage(page).split('\n').entries()) {
    const fence = /^```(.*)$/.exec(line);
    if (fence === null) open?.lines.push(line);
    else if (open === undefined) open = { line: index + 1, language: fence[1] ?? '', lines: [] };
    else {
      blocks.push({ page, line: open.line, language: open.language, text: open.lines.join('\n') });
      open = undefined;
    }
  }
  if (open !== undefined) throw new Error(`${page}:${open.line}: a code block is not closed`);
  return blocks;
}

export interface Command {
  readonly where: string;
  readonly line: string;
  /** From a comment `# exit N`; 0 without one. */
  readonly exit: number;
  /** Lines of output that the page shows; a line `…` stands for any number of lines left out. */
  readonly shown: readonly string[];
}

/** The `$ …` lines of a page's `console` blocks. */
export function commandsOf(page: string): readonly Command[] {
  return blocksOf(page)
    .filter((block) => block.language === 'console')
    .flatMap((block) => {
      const commands: { where: string; line: string; exit: number; shown: string[] }[] = [];
      for (const [index, text] of block.text.split('\n').entries()) {
        if (text.startsWith('$ ')) {
          const exit = Number(/# exit (\d+)/.exec(text)?.[1] ?? 0);
          commands.push({ where: `${page}:${block.line + 1 + index}`, line: text.slice(2), exit, shown: [] });
        } else commands.at(-1)?.shown.push(text);
      }
      return commands;
    });
}

/** GitHub's anchor of each heading. */
export function anchorsOf(page: string): ReadonlySet<string> {
  const headings = readPage(page).matchAll(/^#+ (.*)$/gm);
  return new Set(
    [...headings].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  );
}

export interface Link {
  readonly where: string;
  readonly path: string;
  readonly anchor: string | undefined;
}

/** Links of a page into the repository. */
export function linksOf(page: string): readonly Link[] {
  return readPage(page)
    .split('\n')
    .flatMap((line, index) =>
      [...line.matchAll(/\]\(([^)\s]+)\)/g)]
        .map(([, target = '']) => target)
        .filter((target) => !/^[a-z]+:/.test(target))
        .map((target) => {
          const [path = '', anchor] = target.split('#');
          return { where: `${page}:${index + 1}`, path, anchor };
        }),
    );
}
