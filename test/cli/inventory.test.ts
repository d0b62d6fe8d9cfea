import { expect, it } from 'vitest';
import { openBench } from './bench.ts';

const NEEDS_SECRETS = `kind: mcp_server
key: crm
spec: { name: CRM, type: http, url: "https://acme.example/mcp", api_key_ref: crm-key }
`;
const NEEDS_BUCKETS = `kind: tool
key: faq
spec: { type: retrieval, display_name: FAQ, retrieval: { bucket_ids: [faq] } }
`;

it('plan names what is missing before anything is written, within three requests more', async () => {
  const bench = await openBench();
  await bench.project.write('assistants/crm.yaml', NEEDS_SECRETS);
  await bench.project.write('assistants/faq.yaml', NEEDS_BUCKETS);
  const before = bench.server.requests.length;
  const planned = await bench.cli(['plan', '--format', 'json']);
  expect(planned.code).toBe(0);
  const { diagnostics } = JSON.parse(planned.stdout);
  expect(diagnostics).toEqual([
    expect.objectContaining({ code: 'SECRET_MISSING', severity: 'warning', address: 'mcp_server/crm' }),
    expect.objectContaining({ code: 'BUCKET_MISSING', severity: 'warning', address: 'tool/faq' }),
  ]);
  expect(diagnostics[0].position).toMatchObject({ file: 'assistants/crm.yaml', line: 3 });
  const asked = bench.server.requests.slice(before);
  expect(asked.every(({ method }) => method === 'GET')).toBe(true);
  expect(asked.length).toBeLessThanOrEqual(4 + 3);
  expect((await bench.cli(['plan'])).stdout).toContain('SECRET_MISSING');
  bench.server.setFaults(({ path }) =>
    /integration_secrets|embeddings/.test(path) ? { kind: 'status', status: 404 } : undefined,
  );
  expect((await bench.cli(['plan', '--detailed-exitcode'])).code).toBe(2);
  expect((await bench.cli(['apply'])).code).toBe(0);
  expect((await bench.cli(['plan', '--detailed-exitcode'])).code).toBe(0);
});
