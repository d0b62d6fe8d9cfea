import { describe, expect, it } from 'vitest';
import { type DocumentInput, documentOf } from '../../src/forge/document.ts';
import { buildPlan } from '../render/builders.ts';
import { CONFLICT_PLAN, RICH_PLAN } from '../render/sample-plans.ts';

const INPUT: DocumentInput = {
  text: undefined,
  topic: undefined,
  environment: 'production',
  project: 'acme',
  exitCode: undefined,
  commit: '1234567890abcdef',
  run: 'https://ci.example/run/1',
};
const EMPTY = buildPlan({}, { unchanged: 3 });
const read = (more: Partial<DocumentInput>) => documentOf({ ...INPUT, ...more });
const body = (more: Partial<DocumentInput>): string => read(more).render(60_000);

describe('what is posted', () => {
  it('a plan, from its file or from JSON', () => {
    expect(body({ plan: RICH_PLAN })).toBe(body({ text: JSON.stringify(RICH_PLAN) }));
    expect(body({ plan: RICH_PLAN })).toMatch(
      /\ncommit `1234567890ab` · \[run\]\(https:\/\/ci\.example\/run\/1\)\n$/,
    );
  });

  it('Markdown with the facts of the plan it was made from', () => {
    const document = read({
      text: '<!-- assistantctl:plan env=x project=y digest=z -->\n### Text',
      plan: RICH_PLAN,
    });
    expect(document.marker).toMatchObject({
      environment: RICH_PLAN.environment,
      digest: RICH_PLAN.plan_digest,
    });
    expect(document.render(60_000)).toContain('\n### Text\n');
    expect(document.render(60_000)).not.toContain('env=x');
  });

  it('never the plan of an earlier run in the place of a failure', () => {
    for (const exitCode of [1, 3, 4, 6, 7, 8]) {
      const document = read({ text: ' \n', plan: RICH_PLAN, exitCode });
      expect(document.marker.digest).toBe('none');
      expect(document.render(60_000)).toContain(`failed (exit code ${exitCode})`);
    }
    expect(body({ plan: RICH_PLAN, exitCode: 3 })).toContain('failed (exit code 3)');
    // A conflict is saved and shown.
    expect(body({ plan: CONFLICT_PLAN, exitCode: 6 })).toMatch(/onflict/);
    expect(body({ plan: RICH_PLAN, exitCode: 2 })).not.toContain('exit code');
  });

  it('a digest only where the plan met the account', () => {
    const offline = { ...RICH_PLAN, options: { ...RICH_PLAN.options, offline: true as const } };
    expect(read({ plan: offline }).marker.digest).toBe('none');
  });

  it('one line when clean, and clean only when there is nothing to say', () => {
    expect(read({ plan: EMPTY }).clean).toBe(true);
    expect(read({ plan: RICH_PLAN }).clean).toBe(false);
    expect(read({ plan: EMPTY, exitCode: 8 }).clean).toBe(false);
    expect(read({ text: '### Text' }).clean).toBeUndefined();
    const warning = { severity: 'warning', code: 'TYPE_WRONG', message: 'x' } as const;
    const warned = { ...EMPTY, diagnostics: [warning] };
    expect(read({ plan: warned }).clean).toBe(false);
    expect(read({ plan: warned, topic: 'drift' }).clean).toBe(true);
    expect(read({ plan: EMPTY }).renderLine().trim().split('\n')).toHaveLength(2);
  });

  it('in the length that was asked for', () => {
    const text = `### Long\n${'line\n'.repeat(5_000)}`;
    for (const length of [500, 2_000, 10_000]) {
      expect(read({ text }).render(length).length).toBeLessThanOrEqual(length);
      expect(read({ plan: RICH_PLAN, text }).render(length).length).toBeLessThanOrEqual(length);
    }
  });

  it('without a link that could end itself', () => {
    expect(body({ plan: EMPTY, run: 'https://x/) [a](javascript:alert(1)' })).not.toContain('javascript');
  });

  it('what validate found', () => {
    const found = { diagnostics: [{ severity: 'error', code: 'A_CODE', message: 'why' }] };
    const text = JSON.stringify({
      ...found,
      error: { kind: 'spec', code: 'SPEC_INVALID', message: 'errors' },
    });
    expect(body({ text, topic: 'validate', exitCode: 3 })).toContain('`A_CODE`');
  });

  it('no other JSON', () => {
    expect(() => read({ text: '{"a":1}' })).toThrow('neither a plan nor a failure');
  });
});
