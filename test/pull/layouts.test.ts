import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { type PullProject, pullProject } from './project.ts';

async function create(project: PullProject, path: string, body: JsonObject): Promise<string> {
  const made = await project.dashboard('POST', path, body);
  const id: Json | undefined = made?.id ?? made?.test_id;
  const inner = made?.data;
  const nested = typeof inner === 'object' && inner !== null && 'id' in inner ? inner.id : undefined;
  return String(id ?? nested);
}

async function messyAccount(): Promise<PullProject> {
  const project = await pullProject();
  for (const system of ['crm', 'erp']) {
    await create(project, '/ai/tools', {
      type: 'webhook',
      display_name: 'Order lookup',
      webhook: { name: `order_lookup_${system}`, description: 'x', url: `https://${system}.example` },
    });
  }
  for (const region of ['north', 'south']) {
    const id = await create(project, '/ai/assistants', {
      name: `Desk ${region}`,
      model: 'openai/gpt-4o',
      instructions: 'Help.',
    });
    await create(project, '/ai/assistants/tests', {
      name: 'Refund',
      test_suite: 'release-gate',
      destination: id,
      instructions: 'Ask for a refund.\n2\n3\n4\n5\n6\n7',
      rubric: [{ name: 'polite', criteria: 'was polite' }],
      telnyx_conversation_channel: 'web_chat',
    });
  }
  for (const tag of ['prod', 'lab']) {
    await create(project, '/ai/assistants', {
      name: 'Billing',
      model: 'openai/gpt-4o',
      instructions: 'Help.',
      tags: [tag],
    });
  }
  for (const number of [10, 2]) {
    await create(project, '/ai/assistants', {
      name: `Line ${number}`,
      model: 'openai/gpt-4o',
      instructions: 'Help.',
    });
  }
  return project;
}

describe('resources of one name', () => {
  it('get the word that tells them apart: function, tag, tested assistant', async () => {
    const project = await messyAccount();
    const { body } = await project.json('pull', '--adopt');
    const addresses = (body.adopted as readonly JsonObject[]).map(({ address }) => address);
    expect(addresses).toEqual([
      'assistant/billing',
      'assistant/billing-lab',
      'assistant/desk-north',
      'assistant/desk-south',
      'assistant/line-2',
      'assistant/line-10',
      'test/refund',
      'test/refund-desk-south',
      'tool/order-lookup',
      'tool/order-lookup-erp',
    ]);
    expect((await project.cli('plan', '--detailed-exitcode')).code).toBe(0);
  });
});

describe('pull --adopt --layout compact', () => {
  it('writes one file for the tools and one for a suite, with the texts inside, and plans to nothing', async () => {
    const project = await messyAccount();
    const { body } = await project.json('pull', '--adopt', '--layout', 'compact');
    expect(body).toMatchObject({ plan: { changes: 0, drift: 0 } });
    const files = (await project.files()).filter((file) => file.startsWith('assistants/'));
    expect(files.filter((file) => /test|tool/.test(file))).toEqual([
      'assistants/tests/release-gate.yaml',
      'assistants/tools.yaml',
    ]);
    expect(body.files).toHaveLength(files.length);
    const suite = await project.read('assistants/tests/release-gate.yaml');
    expect(suite.match(/^kind: test$/gm)).toHaveLength(2);
    expect(suite.match(/^---$/gm)).toHaveLength(1);
    expect(suite).toContain('  instructions: |-\n    Ask for a refund.\n');
    project.writes();
    expect((await project.cli('apply', '--yes')).code).toBe(0);
    expect(project.writes()).toEqual([]);
  });

  it('leaves the files of an earlier pull alone, and takes drift back into the right document', async () => {
    const project = await messyAccount();
    await project.cli('pull', '--adopt', '--layout', 'compact');
    const before = await project.read('assistants/tools.yaml');
    const late = await create(project, '/ai/tools', {
      type: 'webhook',
      display_name: 'Late',
      webhook: { name: 'late', description: 'x', url: 'https://late.example' },
    });
    await project.cli('pull', '--adopt', '--layout', 'compact');
    expect(await project.read('assistants/tools.yaml')).toBe(before);
    expect(await project.read('assistants/tools-2.yaml')).toContain('key: late');
    await project.dashboard('PATCH', `/ai/tools/${late}`, {
      type: 'webhook',
      webhook: { name: 'late', description: 'changed', url: 'https://late.example' },
    });
    expect((await project.cli('pull', '--drift')).code).toBe(0);
    expect(await project.read('assistants/tools-2.yaml')).toContain('description: changed');
    expect((await project.cli('plan', '--detailed-exitcode')).code).toBe(0);
  });
});
