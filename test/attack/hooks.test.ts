import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { account } from '../release/checkout.ts';

const SPEC = (instructions: string, analysis: string) => `kind: assistant
key: front-desk
spec: { name: Front desk, model: openai/gpt-4o, instructions: ${instructions} }
promotion:
  strategy: canary
  canary:
    steps: [{ weight: 10, hold: 1ms }, { weight: 50, hold: 1ms }, { weight: 60, hold: 1ms }]
    ${analysis}
`;

const ANALYSIS = 'analysis: { hook: smoke }';
const HOOKS = `hooks:
  smoke: { run: [${process.execPath}, checks/smoke.mjs], env: [SMOKE_TOKEN] }
  other: { run: [${process.execPath}, -e, "0"] }
`;
const SAFE = "import './part.mjs';\n";

async function opened() {
  const world = await account();
  const main = await world.checkout(SPEC('Old words.', ANALYSIS), HOOKS);
  const put = async (file: string, text: string): Promise<void> => {
    await mkdir(join(main.folder, 'checks'), { recursive: true });
    await writeFile(join(main.folder, file), text);
  };
  await put('checks/smoke.mjs', SAFE);
  await put('checks/part.mjs', '');
  for (const words of ['Old words.', 'New words.']) {
    await main.write(SPEC(words, ANALYSIS));
    const { code, err } = await main.cli('apply');
    expect([code, err]).toEqual([0, err]);
  }
  const tick = async () => {
    const { code, out } = await main.cli('rollout', 'tick', '--format', 'json');
    return { code, reason: String(JSON.parse(out).rollouts?.[0]?.reason ?? '') };
  };
  return { main, put, tick };
}

const EVIL = (folder: string): string =>
  `import { writeFileSync } from 'node:fs';\nwriteFileSync(${JSON.stringify(join(folder, 'ran.txt'))}, 'x');\n`;

describe('a hook that is not the one that was applied last', () => {
  it('runs as it was applied, and pauses the rollout when it is another', async () => {
    const { main, put, tick } = await opened();
    const project = await readFile(join(main.folder, 'assistantctl.yaml'), 'utf8');
    const ran = (): boolean => existsSync(join(main.folder, 'ran.txt'));
    expect((await tick()).code).toBe(0);
    const attacks: readonly (readonly [string, () => Promise<void>, () => Promise<void>])[] = [
      ['its file', () => put('checks/smoke.mjs', EVIL(main.folder)), () => put('checks/smoke.mjs', SAFE)],
      [
        'a file that it loads',
        () => put('checks/part.mjs', EVIL(main.folder)),
        () => put('checks/part.mjs', ''),
      ],
      [
        'its entry',
        () => put('assistantctl.yaml', project.replace('checks/smoke.mjs]', `-e, "process.exit(0)"]`)),
        () => put('assistantctl.yaml', project),
      ],
      [
        'its variables',
        () => put('assistantctl.yaml', project.replace('[SMOKE_TOKEN]', '[SMOKE_TOKEN, OTHER_TOKEN]')),
        () => put('assistantctl.yaml', project),
      ],
      [
        'the hook that the document names',
        () => main.write(SPEC('New words.', 'analysis: { hook: other }')),
        () => main.write(SPEC('New words.', ANALYSIS)),
      ],
      [
        'a document that names none any more',
        () => main.write(SPEC('New words.', 'deadline: 1h')),
        () => main.write(SPEC('New words.', ANALYSIS)),
      ],
    ];
    for (const [what, attack, undo] of attacks) {
      await attack();
      const { code, reason } = await tick();
      expect([what, code]).toEqual([what, 10]);
      expect(reason).toContain('applied last');
      expect(ran()).toBe(false);
      await undo();
    }
    expect((await tick()).code).toBe(0);
  });

  it('is no command of a document, and gets no API key', async () => {
    const world = await account();
    const old = await world.checkout(SPEC('Words.', 'analysis: { command: [sh, -c, id] }'));
    const refused = await old.cli('validate');
    expect(refused.code).toBe(3);
    expect(refused.out).toContain('analysis: { hook: smoke }');
    const unknown = await world.checkout(SPEC('Words.', 'analysis: { hook: smok }'), HOOKS);
    const misspelt = await unknown.cli('validate');
    expect(misspelt.code).toBe(3);
    expect(misspelt.out).toMatch(/HOOK_UNKNOWN[\s\S]*smoke/);
    for (const name of ['TELNYX_API_KEY', 'TELNYX_KEY_OF_MAIN', 'ASSISTANTCTL_NOTIFY_SECRET']) {
      const greedy = await world.checkout(SPEC('Words.', ANALYSIS), HOOKS.replace('SMOKE_TOKEN', name));
      const found = await greedy.cli('validate');
      expect([name, found.code]).toEqual([name, 3]);
      expect(found.out).toContain('HOOK_SECRET');
    }
  });
});
