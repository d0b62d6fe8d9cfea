import { describe, expect, it } from 'vitest';
import type { EmulatorOptions } from '../../src/emulator/contract/contract.ts';
import { takeInventory } from '../../src/live/telnyx/inventory.ts';
import { runToEnd } from '../../src/model/interruptible.ts';
import type { RemoteAccount } from '../../src/model/remote.ts';
import { inventoryNeeds, inventoryWarnings } from '../../src/plan/inventory.ts';
import { desiredState, type Specs } from '../support/specs.ts';
import { startWorld } from '../support/world.ts';

const SPECS: Specs = {
  'assistant/desk': {
    name: 'Desk',
    instructions: 'Use {{#integration_secret}}in-prompt{{/integration_secret}}.',
    llm_api_key_ref: 'openai',
    dynamic_variables: { order_ref: 'not-a-secret' },
    voice_settings: { voice: 'ElevenLabs.x', api_key_ref: 'eleven' },
    tools: [
      {
        type: 'webhook',
        webhook: {
          name: 'look',
          url: 'https://acme.example',
          headers: [{ name: 'X-Key', value: '{{#integration_secret}} crm {{/integration_secret}}' }],
        },
      },
      { type: 'retrieval', retrieval: { bucket_ids: ['faq', 'manuals'] } },
    ],
  },
  'mcp_server/crm': { name: 'CRM', type: 'http', url: 'https://acme.example/mcp', api_key_ref: 'crm' },
};

async function warningsWith(specs: Specs, options: Partial<EmulatorOptions> = {}) {
  const world = await startWorld(options);
  for (const identifier of ['openai', 'crm']) {
    const secret = { identifier, type: 'bearer', token: 'KEY_TEST_INVENTORY' };
    await world.dashboard('POST', '/integration_secrets', secret).catch(() => undefined);
  }
  await world.dashboard('POST', '/ai/embeddings', { bucket_name: 'faq' }).catch(() => undefined);
  const before = world.emulator.requests.length;
  const desired = desiredState(specs);
  const inventory = await takeInventory(world.api, runToEnd(inventoryNeeds(desired)));
  const account: RemoteAccount = { resources: [], integrations: undefined, ...inventory };
  return {
    warnings: inventoryWarnings(desired, account),
    asked: world.emulator.requests.slice(before).map(({ path }) => path),
  };
}

describe('secrets and buckets that specs name', () => {
  it('are warned about where they do not exist, one request for each sort', async () => {
    const { warnings, asked } = await warningsWith(SPECS);
    expect(warnings.map(({ severity, code, pointer }) => `${severity} ${code} ${pointer}`)).toEqual([
      'warning SECRET_MISSING /instructions',
      'warning SECRET_MISSING /voice_settings/api_key_ref',
      'warning BUCKET_MISSING /tools/1/retrieval/bucket_ids/1',
    ]);
    expect(warnings.map(({ message }) => message).join()).toMatch(/in-prompt.*eleven.*manuals/);
    expect([...asked].sort()).toEqual(['/ai/embeddings/buckets', '/integration_secrets']);
  });

  it('cost no request where no spec names one', async () => {
    const { warnings, asked } = await warningsWith({ 'assistant/a': { name: 'A', instructions: 'x' } });
    expect([warnings, asked]).toEqual([[], []]);
  });

  it.each([401, 403, 404, 422, 500])('become a note where the API answers %i', async (status) => {
    const { warnings } = await warningsWith(SPECS, {
      faults: ({ path }) =>
        path.startsWith('/integration_secrets') || path.startsWith('/ai/embeddings')
          ? { kind: 'status', status }
          : undefined,
    });
    expect(warnings.map(({ severity, code }) => `${severity} ${code}`)).toEqual([
      'info INVENTORY_UNAVAILABLE',
      'info INVENTORY_UNAVAILABLE',
    ]);
  });

  it('are found on every page of a long list', async () => {
    const world = await startWorld();
    for (let index = 0; index < 300; index += 1) {
      const secret = { identifier: `s${index}`, type: 'bearer', token: 'KEY_TEST_INVENTORY' };
      await world.dashboard('POST', '/integration_secrets', secret);
    }
    expect((await world.api.secretIdentifiers()).length).toBe(300);
  });
});
