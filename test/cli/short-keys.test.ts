import { describe, expect, it } from 'vitest';
import { pullProject } from '../pull/project.ts';

// `explain billing`: the kind is left out where only one resource can be meant.

const FILES = {
  'assistants/billing.yaml':
    'kind: assistant\nspec: { name: Billing desk, model: openai/gpt-4o, instructions: Help., greeting: Hi. }\n',
  'assistants/desk.yaml':
    'kind: assistant\nspec: { name: Desk, model: openai/gpt-4o, instructions: Help. }\n',
  'assistants/tools/desk.yaml':
    'kind: tool\nspec: { type: hangup, display_name: Desk tool, hangup: { description: Ends the call. } }\n',
};

async function applied() {
  const project = await pullProject(FILES);
  expect(await project.cli('apply', '--yes')).toMatchObject({ code: 0 });
  return project;
}

describe('a key alone', () => {
  it('is taken by every command that takes an address', async () => {
    const project = await applied();
    for (const line of [
      'explain billing',
      'state show billing',
      'versions list billing',
      'promote billing',
      'pull billing',
      'pull --drift billing',
      'plan --target billing',
      'plan --target billing,desk --env live',
      'apply --revert-drift billing',
      'apply --take-over billing',
      'test history billing',
      'assistant show billing',
      'event list billing',
      'rollout status billing',
    ]) {
      const { code, err } = await project.cli(...line.split(' '));
      if (line.includes('desk')) {
        expect({ line, code, err }).toMatchObject({ code: 3, err: expect.stringContaining('can be') });
      } else if (line.startsWith('test ')) {
        expect(err).toContain('assistant/billing');
      } else expect({ line, code, err: /error/.test(err) }).toEqual({ line, code: 0, err: false });
    }
  });

  it('means the kind that the command is about, where several kinds have the key', async () => {
    const project = await applied();
    expect((await project.cli('versions', 'list', 'desk')).out).toContain('assistant/desk: ');
    const { code, err } = await project.cli('explain', 'desk');
    expect(code).toBe(3);
    expect(err).toContain('assistant/desk or tool/desk');
  });

  it('that nobody has is answered with the nearest address, not with a guess of the kind', async () => {
    const project = await applied();
    expect((await project.cli('explain', 'biling')).err).toContain('did you mean assistant/billing?');
    const { err } = await project.cli('state', 'show', 'refunds');
    expect(err).toContain('no document and no binding has the key refunds');
    expect(err).not.toContain('assistant/refunds');
    expect((await project.cli('pull', 'refunds')).code).toBe(3);
  });

  it('stands for a new address of the same kind in state mv', async () => {
    const project = await applied();
    expect((await project.cli('state', 'mv', 'billing', 'invoices')).out).toBe(
      'assistant/billing is now assistant/invoices.\n',
    );
  });

  it('names what only the state knows any more', async () => {
    const project = await applied();
    await project.write('assistants/billing.yaml', '# gone\n');
    expect((await project.cli('state', 'show', 'billing')).code).toBe(0);
    expect((await project.cli('state', 'rm', 'billing')).out).toContain(
      'assistant/billing is no longer bound',
    );
  });

  it('needs no document without an error', async () => {
    const project = await applied();
    await project.write('assistants/desk.yaml', 'kind: assistant\nspec: { nmae: x }\n');
    expect((await project.cli('state', 'show', 'billing')).code).toBe(0);
    expect((await project.cli('rollback', 'billing')).err).toContain('NO_EARLIER_MAIN');
  });
});

describe('a name', () => {
  it('is taken as well where one resource has it', async () => {
    const project = await applied();
    expect((await project.cli('explain', 'Billing desk', '/greeting')).out).toContain('assistant/billing');
    expect((await project.cli('assistant', 'show', 'Billing desk')).out).toContain('assistant/billing');
  });

  it('that two live assistants have is answered with their ids', async () => {
    const project = await applied();
    await project.dashboard('POST', '/ai/assistants', {
      name: 'Billing desk',
      model: 'openai/gpt-4o',
      instructions: 'x',
    });
    const { code, err } = await project.cli('assistant', 'show', 'Billing desk');
    expect(code).toBe(3);
    expect(err).toContain('NAME_AMBIGUOUS');
    expect(err.match(/assistant-[0-9a-f-]{36}/g)).toHaveLength(2);
  });

  it('of nobody is answered with those that there are', async () => {
    const project = await applied();
    const { code, err } = await project.cli('assistant', 'show', 'Billing  office');
    expect(code).toBe(3);
    expect(err).toContain('Billing desk, Desk');
  });
});
