import { describe, expect, it } from 'vitest';
import { commandReference, run } from '../../src/cli/program.ts';
import { locate } from '../../src/cli/words/answer.ts';
import { closest } from '../../src/model/closest.ts';
import { allCommands } from '../../src/model/command-info.ts';
import { HELP } from '../../src/render/words/help.ts';
import { OTHERWISE } from '../../src/render/words/other-answers.ts';
import { SAME_AS } from '../../src/render/words/other-commands.ts';
import { OTHER_OPTIONS } from '../../src/render/words/other-options.ts';
import { fakeRuntime } from './runtime.ts';

// What users of other tools type first. Each gets the line that does the same here, never a guess by spelling.

const root = await commandReference();

async function cli(line: string) {
  const runtime = fakeRuntime();
  const code = await run(line.split(' '), runtime);
  return { code, out: runtime.out(), err: runtime.err() };
}

/** Problems of a command line that an answer tells people to type. */
function flaws(line: string): readonly string[] {
  const words = line.split(/\s+/).filter((word) => word !== '');
  const { command, rest } = locate(root, words);
  if (words[0] !== undefined && !words[0].startsWith('-') && command === root) return [`no command ${line}`];
  const unknown = rest
    .filter((word) => word.startsWith('--'))
    .filter((word) => !command.options.some(({ long }) => long === word.split('=')[0]));
  const room = command.arguments.some(({ variadic }) => variadic) ? 99 : command.arguments.length;
  const given = rest.filter((word, index) => !word.startsWith('-') && !rest[index - 1]?.startsWith('--'));
  return [
    ...unknown.map((word) => `${line}: no option ${word}`),
    ...(given.length > room ? [`${line}: too many words`] : []),
    ...(command.subcommands.length > 0 && command !== root ? [`${line}: not a whole command`] : []),
  ];
}

describe('a form of the result that a command has not', () => {
  it.each(['state unlock --format json', 'state import a b --json', 'state rm a -o json'])(
    '%s is no question about the plan',
    async (line) => {
      const { code, err } = await cli(line);
      expect([code, err]).toEqual([3, expect.stringContaining('prints text alone')]);
      expect(err).not.toContain('assistantctl plan');
    },
  );
});

describe('answers name commands that exist', () => {
  it.each(Object.entries(SAME_AS))('%s: assistantctl %s', (_word, line) => {
    expect(flaws(line)).toEqual([]);
  });

  it.each([...Object.entries(OTHERWISE), ...Object.entries(OTHER_OPTIONS)])('%s', (_word, answer) => {
    const text = typeof answer === 'string' ? answer : `assistantctl ${answer.command} ${answer.sentence}`;
    const lines = [...text.matchAll(/assistantctl ((?:[a-z-]+ ?)+(?:--?[a-z-]+)?)/g)];
    for (const [, line = ''] of lines) {
      const words = line.split(' ').filter((word) => !['does', 'that', 'shows', 'reads'].includes(word));
      expect(
        words[0] === 'undefined' ||
          words[0]?.startsWith('--') === true ||
          locate(root, words).command !== root,
        line,
      ).toBe(true);
    }
  });

  it.each(Object.entries(OTHER_OPTIONS).filter(([, { option }]) => option !== undefined))(
    'option %s',
    (_name, { option = '' }) => {
      const long = option.split(' ')[0];
      expect(allCommands(root).some(({ options }) => options.some((known) => known.long === long))).toBe(
        true,
      );
    },
  );

  it.each(Object.entries(HELP).flatMap(([, { examples }]) => examples))('%s', (line) => {
    // What stands behind -- are words of another command.
    expect(flaws((line.split(' -- ')[0] ?? '').replace(/"[^"]*"/g, 'TEXT'))).toEqual([]);
  });
});

describe('no answer hides a command of ours', () => {
  it.each([...Object.keys(SAME_AS), ...Object.keys(OTHERWISE)])('%s', async (words) => {
    const { command, rest } = locate(root, words.split(' '));
    expect(rest.length, `${command.path.join(' ')} is ours`).toBeGreaterThan(0);
    const { code, out, err } = await cli(words);
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).not.toMatch(/did you mean/i);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect(err).toMatch(/assistantctl |in the portal/);
  });
});

it.each([
  ['push', 'assistantctl apply'],
  ['diff', 'assistantctl plan'],
  ['up', 'assistantctl apply'],
  ['lint', 'assistantctl validate'],
  ['refresh', 'assistantctl drift'],
  ['login', 'TELNYX_API_KEY'],
  ['destroy', 'assistantctl apply --prune'],
  ['get assistants', 'assistantctl assistant list'],
  ['agents push --env staging', 'assistantctl apply'],
  ['--env local push', 'assistantctl apply'],
  ['workspace select production', '--env NAME'],
  ['import assistant/billing assistant-123', 'assistantctl state import assistant/billing assistant-123'],
  ['apply --auto-approve', 'assistantctl apply --yes'],
  ['apply -auto-approve', 'assistantctl apply --yes'],
  ['apply --dry-run', 'assistantctl plan'],
  ['apply --dry-run=server', 'assistantctl plan'],
  ['plan -o json', 'assistantctl plan --format json'],
  ['plan -ojson', 'assistantctl plan --format json'],
  ['plan -o=json', 'assistantctl plan --format json'],
  ['plan --output=json', 'assistantctl plan --format json'],
  ['plan --json', 'assistantctl plan --format json'],
  ['plan --environment production', 'assistantctl plan --env production'],
  ['plan -e production', 'assistantctl plan --env production'],
  ['plan -target=tool/book-visit', 'assistantctl plan --target tool/book-visit'],
  ['plan -out=p.json', 'assistantctl plan --out p.json'],
  ['apply -out p.json', 'assistantctl plan --out p.json'],
  ['plan -var name=x', 'variables'],
  ['plan --var-file=x.tfvars', 'variables'],
  ['apply -f billing.yaml', 'assistantctl apply --target'],
  ['plan production', 'assistantctl plan --env production'],
  ['plan assistant/billing', 'assistantctl plan --target assistant/billing'],
  ['drift production', 'assistantctl drift --env production'],
  ['apply assistant/billing', 'assistantctl apply --target assistant/billing'],
  ['apply production', 'assistantctl apply --env production'],
  ['show assistant/billing', 'assistantctl state show assistant/billing'],
  ['show', 'assistantctl plan --out FILE'],
  ['plan -refresh=false', 'assistantctl plan --offline'],
  ['import agents.json', 'assistantctl import --from'],
  ['assistant chat billing hello', 'assistantctl assistant chat ASSISTANT --message TEXT'],
  ['apply -replace=assistant/billing', 'nothing is made anew'],
  ['apply --prune=true', 'assistantctl apply --prune'],
  ['plan --prune=false', 'leave it out'],
  ['apply --watch', 'assistantctl controller'],
  ['apply --force', '--approve'],
  ['init -migrate-state', 'assistantctl state migrate --to git'],
  ['state push', 'assistantctl state migrate --to git'],
  ['plan apply', 'assistantctl apply is a command of its own'],
  ['drift detect', 'assistantctl drift does that'],
  ['controller start', 'assistantctl controller does that'],
  ['whoami', 'assistantctl status'],
  ['diagnose', 'assistantctl doctor'],
  ['watch', 'assistantctl controller'],
  ['push:dev', 'assistantctl apply --env dev'],
  ['octodns-sync --doit', 'assistantctl apply'],
  // Who asks to look only is never sent to the command that writes.
  ['push --dry-run', 'assistantctl plan'],
  ['agents push --env dev --dry-run', 'assistantctl plan'],
  ['push:prod --dry-run', 'assistantctl plan --env prod'],
  ['push --dry-run=false', 'assistantctl apply'],
  // The value of an option in front is no command.
  ['--events plan push', 'assistantctl apply'],
  ['--events=- push', 'assistantctl apply'],
  ['cancel', 'assistantctl state unlock'],
  ['numbers list', 'in the portal'],
  ['app sync billing', 'assistantctl apply'],
  ['pull --all', 'leave it out'],
  ['plan -generate-config-out=x.yaml', 'assistantctl pull --adopt'],
  ['preview', 'assistantctl plan'],
  ['state', 'list, show'],
])('%s is answered with %s', async (line, answer) => {
  const { code, out, err } = await cli(line);
  expect({ code, out }).toEqual({ code: 3, out: '' });
  expect(err).toContain(answer);
  expect(err).not.toMatch(/did you mean/i);
});

it.each([
  ['plan --format yaml', '--format is text, json, markdown or html, not "yaml"'],
  ['plan --format jsno', 'did you mean json?'],
  ['plan --take mine', '--take is git or live, not "mine"'],
  ['schema assistants', 'did you mean assistant?'],
  ['completion powershell', 'the shell is bash, zsh or fish, not "powershell"'],
  ['init --ci circle', '--ci is github or gitlab, not "circle"'],
])('%s is answered with what there is', async (line, answer) => {
  const { code, out, err } = await cli(line);
  expect({ code, out }).toEqual({ code: 3, out: '' });
  expect(err).toContain(answer);
  expect(err).not.toContain('is invalid');
});

it('a value that cannot be copied into a shell is not repeated', async () => {
  const { err } = await cli('plan -out=$(reboot)');
  expect(err).toContain('--out FILE');
  expect(err).not.toContain('reboot)\n');
});

describe('a slip of the keyboard', () => {
  const names = root.subcommands.map(({ path }) => path[0] ?? '');

  it.each([
    ['plna', 'plan'],
    ['aply', 'apply'],
    ['valdiate', 'validate'],
    ['promte', 'promote'],
    ['rollbak', 'rollback'],
  ])('%s means %s', (word, name) => expect(closest(word, names)).toBe(name));

  it.each(['push', 'lint', 'get', 'check', 'agents', 'diff', 'make', 'run', 'x'])('%s means none', (word) => {
    expect(closest(word, names)).toBeUndefined();
  });
});

describe('help', () => {
  it('lists the commands in groups and says where to begin', async () => {
    const { out } = await cli('--help');
    expect(out).toContain('Review and apply:');
    expect(out).not.toContain('\nCommands:');
    expect(out).toContain('init --empty');
  });

  it.each(['state mv', 'preview up', 'plan'])('help %s shows that command', async (name) => {
    const { code, out } = await cli(`help ${name}`);
    expect(code).toBe(0);
    expect(out).toContain(`Usage: assistantctl ${name}`);
  });

  it.each(Object.keys(HELP))('%s --help has its page and examples', async (name) => {
    const { out } = await cli(`${name} --help`);
    expect(out).toContain(`/docs/${HELP[name]?.page}`);
    for (const [line] of HELP[name]?.examples ?? []) expect(out).toContain(`$ assistantctl ${line}`);
  });

  it.each(allCommands(root).filter(({ arguments: taken }) => taken.length > 0))(
    'every argument of $path is described',
    ({ arguments: taken }) => {
      expect(taken.filter(({ description }) => description === '').map(({ name }) => name)).toEqual([]);
    },
  );
});
