import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { createMetrics } from '../../src/controller/metrics.ts';
import { finished, spawnCli } from '../e2e/harness.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string): string => readFileSync(`${root}/${file}`, 'utf8');
const version = JSON.parse(read('package.json')).version;

describe('what the controller is delivered with', () => {
  let options: ReadonlySet<string>;
  beforeAll(async () => {
    const { stdout } = await finished(spawnCli(root, ['controller', '--help'], {}));
    options = new Set([...stdout.matchAll(/--[a-z-]+/g)].map(([name]) => name));
  });

  const checkArguments = (words: readonly string[]): void => {
    expect(words[0]).toBe('controller');
    for (const word of words.slice(1)) expect(options).toContain(word.split('=')[0]);
    // Health and metrics are asked from outside of the container.
    expect(words.some((word) => word.startsWith('--listen=0.0.0.0:'))).toBe(true);
    expect(words).toContain('--data=/data');
  };

  it('is an example for Kubernetes that is as careful as it says', () => {
    const documents = parseAllDocuments(read('deploy/kubernetes/controller.yaml'));
    for (const document of documents) expect(document.errors).toEqual([]);
    const deployment = documents.map((document) => document.toJS()).find(({ kind }) => kind === 'Deployment');
    expect(deployment).toMatchObject({ apiVersion: 'apps/v1', spec: { replicas: 2 } });
    const { selector, template } = deployment.spec;
    expect(template.metadata.labels).toMatchObject(selector.matchLabels);
    const pod = template.spec;
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true });
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(30);
    const [container] = pod.containers;
    expect(container.image).toMatch(new RegExp(`:v${version}$`));
    checkArguments(container.args);
    expect(container.securityContext).toMatchObject({
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    });
    expect(container.livenessProbe.httpGet.path).toBe('/healthz');
    expect(container.readinessProbe.httpGet.path).toBe('/readyz');
    const volumes = pod.volumes.map(({ name }: { name: string }) => name);
    for (const { name } of container.volumeMounts) expect(volumes).toContain(name);
    expect(JSON.stringify(deployment)).not.toMatch(/KEY[A-Za-z0-9]{16}/);
  });

  it('is an example for compose with two replicas and nothing that can be written but their data', () => {
    const { services, volumes } = parse(read('deploy/compose/compose.yaml'), { merge: true });
    const replicas = Object.values<Record<string, never>>(services);
    expect(replicas).toHaveLength(2);
    for (const service of replicas) {
      checkArguments(service.command as unknown as string[]);
      expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
      const [[name] = []] = (service.volumes as unknown as string[]).map((volume) => volume.split(':'));
      expect(Object.keys(volumes)).toContain(name);
    }
    expect(new Set(replicas.map(({ volumes: own }) => String(own))).size).toBe(2);
  });

  it('is two examples in which Git has the token for the host of the repository, and for no other', () => {
    const [deployment] = parseAllDocuments(read('deploy/kubernetes/controller.yaml'));
    const listed: readonly { name: string; value: string }[] =
      deployment?.toJS().spec.template.spec.containers[0].env;
    const pods = Object.fromEntries(listed.map(({ name, value }) => [name, value]));
    const { services } = parse(read('deploy/compose/compose.yaml'), { merge: true });
    const environment: Record<string, string> = services.controller.environment;
    const composed = Object.entries(environment).map(([name, text]) => [name, text.replaceAll('$$', '$')]);
    const fill = (env: Record<string, string>, host: string): string => {
      const input = `protocol=https\nhost=${host}\n\n`;
      const own = { PATH: process.env.PATH, GITHUB_TOKEN: 'TEST_TOKEN', GIT_TERMINAL_PROMPT: '0' };
      const options = { input, encoding: 'utf8', env: { ...env, ...own } } as const;
      return spawnSync('git', ['credential', 'fill'], options).stdout;
    };
    for (const env of [pods, Object.fromEntries(composed)]) {
      expect(fill(env, 'git.example')).toContain('password=TEST_TOKEN\n');
      expect(fill(env, 'elsewhere.example')).not.toContain('TEST_TOKEN');
    }
  });

  it('is an image without rights, that says whether it is well', () => {
    const lines = read('Dockerfile').split('\n');
    const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));
    expect(last.find((line) => line.startsWith('USER '))).not.toMatch(/root|^USER 0/);
    expect(last.some((line) => line.startsWith('HEALTHCHECK ') && line.includes('/healthz'))).toBe(true);
    // Who runs in it owns the only folder that is written.
    expect(last.findIndex((line) => line.includes('chown node:node /data'))).toBeLessThan(
      last.findIndex((line) => line.startsWith('USER ')),
    );
  });

  it('is a page that lists every metric, and alerts about metrics that there are', async () => {
    const metrics = createMetrics(() => 0);
    metrics.begin('production');
    const names = [...(await metrics.text()).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    const page = read('docs/controller.md');
    for (const name of names) expect(page).toContain(`| \`${name}\` |`);
    const used = [...page.matchAll(/assistantctl_[a-z_]+/g)].map(([name]) => name);
    for (const name of used) expect(names).toContain(name);
  });
});
