import { describe, expect, it } from 'vitest';
import { pullProject } from './project.ts';

// Dashboards and scripts on Windows leave \r\n in prompts. To a reader and to a model they are the same as \n.

const LONG = ['# Who you are', '', 'You are Ann.', '', '- be kind', '- be brief', '- ask once', ''].join(
  '\r\n',
);

async function account() {
  const project = await pullProject();
  for (const [name, instructions] of [
    ['Long', LONG],
    ['Short', 'one\r\ntwo'],
    ['Mixed', 'a\r\nb\nc\r\nd\ne\nf\r\ng'],
  ]) {
    await project.dashboard('POST', '/ai/assistants', {
      name: name ?? '',
      model: 'openai/gpt-4o',
      instructions: instructions ?? '',
      greeting: 'Hello.\r\nHow can I help?',
      dynamic_variables: { motd: 'a\r\nb' },
    });
  }
  return project;
}

describe('an account with Windows line ends', () => {
  it('is pulled into plain files, and plans to nothing with its bindings and without', async () => {
    const project = await account();
    expect((await project.json('pull', '--adopt')).body).toMatchObject({ plan: { changes: 0, drift: 0 } });
    expect(await project.read('assistants/prompts/long.md')).toBe(LONG.replaceAll('\r\n', '\n'));
    const short = await project.read('assistants/short.yaml');
    expect(short).toContain('instructions: |-\n    one\n    two\n');
    expect((await project.cli('plan', '--detailed-exitcode')).code).toBe(0);
    await project.forgetState();
    const { body } = await project.json('plan');
    expect(body.summary).toMatchObject({ adopt: 3, takeover: 0, update: 0 });
    project.writes();
    expect((await project.cli('apply', '--yes')).code).toBe(0);
    expect(project.writes()).toEqual([]);
  });

  it('keeps them where Git changes another field, and shows one changed line where it changes one', async () => {
    const project = await account();
    await project.cli('pull', '--adopt');
    const yaml = await project.read('assistants/long.yaml');
    await project.write('assistants/long.yaml', yaml.replace('name: Long', 'name: Long\n  description: New'));
    expect((await project.cli('apply', '--yes')).code).toBe(0);
    const list = await project.dashboard('GET', '/ai/assistants');
    const data = list?.data as readonly { readonly id: string; readonly name: string }[];
    const id = data.find(({ name }) => name === 'Long')?.id;
    expect(await project.dashboard('GET', `/ai/assistants/${id}`)).toMatchObject({ instructions: LONG });

    const prompt = await project.read('assistants/prompts/long.md');
    await project.write('assistants/prompts/long.md', prompt.replace('be kind', 'be very kind'));
    const { out } = await project.cli('plan');
    expect(out).toContain('/instructions: +1 −1 lines');
    expect(out).not.toContain('\\r');
    expect((await project.cli('apply', '--yes')).code).toBe(0);
    expect((await project.cli('plan', '--detailed-exitcode')).code).toBe(0);
  });

  it('is no drift where somebody saves a prompt from Windows', async () => {
    const project = await pullProject();
    await project.dashboard('POST', '/ai/assistants', {
      name: 'Long',
      model: 'openai/gpt-4o',
      instructions: LONG.replaceAll('\r\n', '\n'),
    });
    await project.cli('pull', '--adopt');
    const list = await project.dashboard('GET', '/ai/assistants');
    const data = list?.data as readonly { readonly id: string }[];
    const id = data[0]?.id;
    await project.dashboard('POST', `/ai/assistants/${id}`, { instructions: LONG });
    expect((await project.cli('drift')).code).toBe(0);
  });
});
