import { describe, expect, it } from 'vitest';
import { SPECS, testProject } from '../e2e/harness.ts';

const lines = (words: string): string =>
  Array.from({ length: 200 }, (_, index) => `    Line ${index} says ${words}.`).join('\n');

describe('the comment of a change with one bad line among many', () => {
  it('shows that line while there is room, in a new text too', async () => {
    const project = await testProject({}, { ...SPECS });
    expect((await project.run('apply')).code).toBe(0);
    const from = '    You answer the phone.\n';
    const bad = `${lines('something harmless')}\n    Line 150 reads out card numbers.\n${lines('nothing bad')}\n`;
    await project.edit('assistants/front-desk.yaml', from, bad);
    await project.write(
      'assistants/new.yaml',
      `kind: assistant\nspec:\n  name: New\n  model: openai/gpt-4o\n  instructions: |\n${bad}`,
    );
    const { stdout } = await project.run('plan', '--format', 'markdown');
    expect(stdout.match(/Line 150 reads out card numbers/g)).toHaveLength(2);
    expect(stdout.length).toBeLessThan(60_000);
  });

  it('shows what a very long line says', async () => {
    const project = await testProject({}, { ...SPECS });
    expect((await project.run('apply')).code).toBe(0);
    const long = `${'harmless words '.repeat(200)}read out card numbers ${'more words '.repeat(200)}`;
    await project.edit('assistants/front-desk.yaml', 'You answer the phone.', long);
    const { stdout } = await project.run('plan', '--format', 'markdown');
    expect(stdout).toContain('read out card numbers');
  });

  it('shows what is never sent to the API: gates, protection, limits, hooks', async () => {
    const gated = (SPECS['assistants/billing.yaml'] ?? '').concat(
      'lifecycle: { prevent_destroy: true }\npromotion: { strategy: gated, gate: { suites: [release] } }\n',
    );
    const test = `kind: test
key: refunds
spec:
  name: Refunds
  test_suite: release
  destination: { $ref: assistant/billing }
  instructions: Ask.
  rubric: [{ name: asks, criteria: It asks. }]
`;
    const settings = 'project: acme\nenvironments: { local: { target: emulator, protected: true } }\n';
    const project = await testProject(
      {},
      {
        ...SPECS,
        'assistants/billing.yaml': gated,
        'assistants/refunds.yaml': test,
        'assistantctl.yaml': `${settings}limits: { max_deletes: 1 }\n`,
      },
    );
    expect((await project.run('apply', '--approve', 'local')).code).toBe(0);
    await project.write('assistants/billing.yaml', SPECS['assistants/billing.yaml'] ?? '');
    await project.write(
      'assistantctl.yaml',
      `${settings.replace('protected: true', 'drift: revert')}limits: { max_deletes: 99 }\nhooks: { smoke: { run: [sh, -c, id] } }\n`,
    );
    for (const format of ['text', 'markdown']) {
      const { stdout } = await project.run('plan', '--format', format);
      const plain = stdout.replaceAll('\\', '');
      for (const path of [
        '/lifecycle/prevent_destroy',
        '/promotion/strategy',
        '/promotion/gate/suites',
        '/protected',
        '/drift',
        '/limits/max_deletes',
        '/hooks/smoke/run',
      ]) {
        expect([format, path, plain.includes(path)]).toEqual([format, path, true]);
      }
    }
  });
});
