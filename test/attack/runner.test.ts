import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { streamGuard } from '../../src/render/terminal/stream-guard.ts';
import { account, inDashboard, leadingTo, liveId, SPECS, testProject } from '../e2e/harness.ts';

/** Commands that GitHub's runner knows; source: the command extensions of actions/runner. */
const KNOWN =
  'set-env|set-output|save-state|add-path|add-mask|add-matcher|remove-matcher|debug|warning|error|notice|group|endgroup|echo|stop-commands|internal-set-repo-path|section';

/**
 * Lines that a runner would obey, read as the runners read them: a trimmed line that begins with `::`, and a known
 * `##[command` anywhere; Azure's `##vso[` anywhere; GitLab's section markers.
 */
function obeyed(output: string): readonly string[] {
  return output
    .split(/\r\n|[\n\r\u0085\u2028\u2029]/)
    .filter(
      (line) =>
        /^[\s\u0085]*::[a-z-]+/i.test(line) ||
        new RegExp(`##\\[(?:${KNOWN})`, 'i').test(line) ||
        /##(?:vso|teamcity)\[/i.test(line) ||
        /section_(?:start|end):\d+:/.test(line),
    );
}

const COMMANDS = [
  '::add-mask::secret',
  '      ::error file=x::gone',
  '\t::stop-commands::abc',
  '\u00a0::set-env name=a::b',
  'text ##[set-env name=a;]b',
  '##[group]x',
  '##vso[task.setvariable variable=a]b',
  '##teamcity[message]',
  'section_start:123:x',
];

describe('the guard of a stream', () => {
  it.each(COMMANDS)('leaves no command in %j, and what is read looks the same', (command) => {
    const guard = streamGuard(true);
    const shown = guard.text(`before\n${command}\nafter\n`);
    expect(obeyed(shown)).toEqual([]);
    expect(shown.replaceAll('\u2060', '')).toBe(`before\n${command}\nafter\n`);
    expect(obeyed(streamGuard(true).text(command))).toEqual([]);
  });

  it.each(COMMANDS)('spells %j in JSON otherwise, and it is the same value', (command) => {
    const value = { [`${command}\u009b\u202e`]: [`${command}\n${command}`] };
    const text = streamGuard(true).json(`${JSON.stringify(value, null, 2)}\n`);
    expect(obeyed(text)).toEqual([]);
    expect(text).not.toMatch(/[\u0080-\u009f\u202e]/);
    expect(JSON.parse(text)).toEqual(value);
  });

  it('is not misled by the pieces in which a text comes', () => {
    const piece = fc.constantFrom(
      ':',
      '::',
      '#',
      '##',
      '[',
      'group]',
      ' ',
      '\n',
      '\r',
      'x',
      'add-mask',
      'vso[',
      '\u2028',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 24 }), (pieces) => {
        const guard = streamGuard(true);
        expect(obeyed(pieces.map((text) => guard.text(text)).join(''))).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('changes nothing outside of pipelines but controls and marks that reorder', () => {
    const guard = streamGuard(false);
    const text = COMMANDS.join('\n');
    expect(guard.text(text)).toBe(text);
    expect(guard.text('a\u009b2Jb\u202ec')).toBe('a\\x9b2Jb\\u202ec');
  });
});

describe('a document, a file name or a live text with commands for the runner', () => {
  it('acts on no runner, in no command and no format', async () => {
    const server = await account();
    const evil = COMMANDS.join('\n');
    const block = evil
      .split('\n')
      .map((line) => `    ${line.replace('\u00a0', ' ')}`)
      .join('\n');
    const project = await testProject(
      { ...leadingTo(server), GITHUB_ACTIONS: 'true', CI: 'true' },
      {
        ...SPECS,
        'assistants/##[error]x.yaml': `kind: tool\nkey: evil\nspec:\n  type: webhook\n  display_name: "##[error]y"\n  webhook: { name: e, description: "::error::z", url: "https://acme.example/e", method: GET }\n`,
      },
    );
    await project.edit(
      'assistants/front-desk.yaml',
      '    You answer the phone.\n',
      `    You answer the phone.\n${block}\n`,
    );
    const outputs: string[] = [];
    const run = async (...args: readonly string[]): Promise<void> => {
      const ran = await project.run(...args, '--env', 'account');
      expect(ran.code).not.toBe(1);
      outputs.push(ran.stdout, ran.stderr);
    };
    for (const format of ['text', 'json', 'markdown', 'html']) await run('plan', '--format', format);
    await run('apply', '--verbose-bodies');
    await inDashboard(server, 'POST', `/ai/assistants/${await liveId(server, 'Front desk')}`, {
      instructions: evil,
      greeting: `${evil}\u009b\u202e`,
      promote_to_main: true,
    });
    await run('drift', '--verbose-bodies', '--refresh');
    await run('assistant', 'show', 'assistant/front-desk');
    await run('explain', 'assistant/front-desk', '/instructions');
    await run('state', 'show', 'assistant/front-desk');
    await run('graph');
    await project.write(
      'assistants/##[warning]w.yaml',
      'kind: tool\nspec: { type: "::error::a", "##[error]f": 1 }\n',
    );
    await run('validate');
    await run('validate', '--format', 'json');
    await run('plan');
    await run('plan', '--format', 'json');
    for (const output of outputs) {
      expect(obeyed(output)).toEqual([]);
      expect(output).not.toMatch(/[\u0080-\u009f\u202e]/);
    }
  });

  it('leaves the annotations of validate as they are', async () => {
    const project = await testProject(
      { GITHUB_ACTIONS: 'true' },
      { ...SPECS, 'assistants/bad.yaml': 'kind: tol\n' },
    );
    const { stdout } = await project.run('validate', '--format', 'github');
    expect(stdout).toMatch(/^::error file=assistants\/bad\.yaml,/m);
  });
});
