import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { SPECS, testProject } from '../e2e/harness.ts';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const PROJECT =
  'project: acme\nenvironments:\n  account: { api_key_env: TELNYX_KEY }\nretry: { attempts: 4, budget: 2s }\n';

async function against(reply: Parameters<typeof createServer>[1], more = '') {
  const server = createServer(reply);
  servers.push(server);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const at = server.address();
  const port = typeof at === 'object' ? at?.port : undefined;
  const project = await testProject(
    {
      TELNYX_BASE_URL: `http://127.0.0.1:${port}/v2`,
      TELNYX_KEY: 'KEY_TEST_bounds',
      NODE_OPTIONS: '--max-old-space-size=256',
    },
    { ...SPECS, 'assistantctl.yaml': `${PROJECT}${more}` },
  );
  const begun = performance.now();
  const ran = await project.run('plan');
  return { ...ran, ms: performance.now() - begun };
}

describe('a server that', () => {
  it.each([
    ['replies without end', false],
    ['announces a gigabyte', true],
  ])('%s is cut off at the limit, once, in bounded memory', async (_what, announced) => {
    let asked = 0;
    const found = await against((_request, reply) => {
      asked += 1;
      reply.writeHead(200, {
        'content-type': 'application/json',
        ...(announced ? { 'content-length': String(1024 ** 3) } : {}),
      });
      const chunk = Buffer.alloc(1024 * 1024, 'a');
      const pump = (): void => {
        while (reply.write(chunk));
        reply.once('drain', pump);
      };
      reply.on('error', () => undefined);
      pump();
    }, 'limits: { max_reply_mb: 2 }\n');
    expect([found.code, found.stderr]).toEqual([8, expect.stringContaining('max_reply_mb')]);
    expect(asked).toBeLessThan(10);
  });

  it('trickles its reply does not outlive the budget', async () => {
    const found = await against((_request, reply) => {
      reply.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => reply.write(' '), 100);
      reply.on('close', () => clearInterval(timer));
    });
    expect(found.code).toBe(8);
    expect(found.ms).toBeLessThan(12_000);
  });

  it('compresses what nobody asked to be compressed is told so', async () => {
    const found = await against((request, reply) => {
      expect(request.headers['accept-encoding']).toBe('identity');
      reply.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end('x');
    });
    expect(found.code).toBe(8);
    expect(found.stderr).toContain('compressed (gzip)');
  });

  it('explains a refusal at great length is quoted briefly', async () => {
    const problem = {
      code: 'x'.repeat(5_000),
      detail: 'y'.repeat(100_000),
      source: { pointer: `/${'z'.repeat(90_000)}` },
    };
    const found = await against((_request, reply) => {
      reply.writeHead(403, { 'content-type': 'application/json' });
      reply.end(JSON.stringify({ errors: Array.from({ length: 40 }, () => problem) }));
    });
    expect(found.code).toBe(4);
    expect(found.stderr.length).toBeLessThan(40_000);
  });
});

describe('variables that use each other', () => {
  it.each([
    [
      'ten times, twelve levels deep',
      Array.from({ length: 12 }, (_, level) => `v${level}: "${`\${var.v${level + 1}}`.repeat(10)}"`).concat(
        'v12: aaaaaaaaaa',
      ),
      '${var.v0}',
    ],
    ['thousands of times in a text', [`v0: "${'a'.repeat(90_000)}"`], '${var.v0}'.repeat(3_000)],
  ])('%s are refused with their place, in bounded memory', async (_what, variables, text) => {
    const lines = variables.map((line) => `      ${line}`).join('\n');
    const project = await testProject(
      { NODE_OPTIONS: '--max-old-space-size=256' },
      {
        'assistantctl.yaml': `project: acme\nenvironments:\n  local:\n    target: emulator\n    variables:\n${lines}\n`,
        'assistants/a.yaml': `kind: assistant\nspec: { name: A, model: openai/gpt-4o, instructions: "${text}" }\n`,
      },
    );
    const ran = await project.run('validate');
    expect(ran.code).toBe(3);
    expect(ran.stdout).toContain('VARIABLE_TOO_LARGE');
    expect(ran.stdout.length).toBeLessThan(40_000);
  });
});
