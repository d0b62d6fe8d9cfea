import { createHmac } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createTransport } from '../../live/http/transport.ts';
import { Failure } from '../../model/errors.ts';
import type { CloudEvent, Happening } from '../../model/event.ts';
import { isArray, isObject, type Json } from '../../model/json.ts';
import { PROJECT_OWNER } from '../../plan/settings.ts';
import { reasonOf } from '../files.ts';
import type { Host } from '../host.ts';
import { proxies } from '../session/connect.ts';
import { gatherProject } from '../session/inputs.ts';
import { openState } from '../session/open-state.ts';

export interface EmitOptions {
  /** File that one JSON a line is appended to; `-` is stderr. */
  readonly file: string | undefined;
  readonly project: string;
  readonly environment: string;
  /** Whether `notify` of the last applied commit is asked; only commands that write do. */
  readonly notify: boolean;
}

/** Writes what happened to the file of `--events` and sends it where the project says. Never fails the command. */
export async function emit(
  host: Host,
  happenings: readonly Happening[],
  options: EmitOptions,
): Promise<void> {
  if (happenings.length === 0) return;
  const events = happenings.map((happening) => cloudEvent(host, happening, options));
  await writeEvents(host, events, options.file).catch((error: unknown) => {
    host.note(`warning: the events could not be written: ${reasonOf(error)}\n`);
  });
  if (!options.notify) return;
  await notify(host, events).catch((error: unknown) => {
    host.note(`warning: nobody was notified: ${reasonOf(error)}\n`);
  });
}

function cloudEvent(
  { runtime }: Host,
  { id, at, type, subject, text, data }: Happening,
  { project, environment }: EmitOptions,
): CloudEvent {
  const { env } = runtime;
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  const link = server && repository && run ? `${server}/${repository}/actions/runs/${run}` : env.CI_JOB_URL;
  return {
    specversion: '1.0',
    id: id ?? runtime.uuid(),
    source: `/assistantctl/${project}/${environment}`,
    type: `assistantctl.${type}`,
    ...(subject !== undefined && { subject }),
    time: at ?? runtime.clock().toISOString(),
    datacontenttype: 'application/json',
    text,
    data: { project, environment, ...(link && { run: link }), ...data },
  };
}

async function writeEvents(
  host: Host,
  events: readonly CloudEvent[],
  file: string | undefined,
): Promise<void> {
  if (file === undefined) return;
  const lines = events.map((event) => `${JSON.stringify(event)}\n`).join('');
  if (file === '-') host.note(lines);
  else await appendFile(resolve(host.runtime.cwd, file), lines);
}

/** A webhook of the project file: the names of its variables, and the events it gets. */
interface Target {
  readonly on: ReadonlySet<string>;
  readonly url: string;
  readonly secret: string | undefined;
}

/** Milliseconds for one webhook, so that a receiver that hangs does not hold the command up. */
const TOTAL_MS = 10_000;
const LIMITS = { headersMs: TOTAL_MS, totalMs: TOTAL_MS, maxBytes: 64 * 1024 };

/** Sends events where the last applied commit says; what an unapplied branch says goes nowhere. */
async function notify(host: Host, events: readonly CloudEvent[]): Promise<void> {
  const { env } = host.runtime;
  if (!Object.keys(env).some((name) => name.startsWith('ASSISTANTCTL_NOTIFY'))) return;
  const project = await gatherProject(host);
  const state = await openState(host.runtime, project).load();
  const written = state?.completed?.settings[PROJECT_OWNER]?.['/notify'];
  // Side by side: a receiver that hangs keeps no other one waiting.
  await Promise.all(targetsOf(written, env).map((target) => sendAll(host, target, events)));
}

/** In their order. A receiver that did not answer is not asked again: each attempt may take its whole time. */
async function sendAll(host: Host, target: Target, events: readonly CloudEvent[]): Promise<void> {
  const wanted = events.filter(({ type }) => target.on.has(type.slice('assistantctl.'.length)));
  for (const [index, event] of wanted.entries()) {
    const problem = await send(host, target, JSON.stringify(event));
    if (problem === undefined) continue;
    const lost = problem === SILENT ? wanted.slice(index) : [event];
    for (const { type } of lost) host.note(`warning: ${type} was not delivered: ${problem}\n`);
    if (problem === SILENT) return;
  }
}

const SILENT = 'the receiver did not answer';

function targetsOf(written: Json | undefined, env: Host['runtime']['env']): readonly Target[] {
  return (isArray(written) ? written : []).flatMap((entry) => {
    const webhook = isObject(entry) && isObject(entry.webhook) ? entry.webhook : {};
    const value = (name: Json | undefined): string | undefined =>
      typeof name === 'string' && name.startsWith('ASSISTANTCTL_NOTIFY') ? env[name] || undefined : undefined;
    const url = value(webhook.url_env);
    const on =
      isObject(entry) && isArray(entry.on) ? entry.on.filter((type) => typeof type === 'string') : [];
    return url === undefined ? [] : [{ on: new Set(on), url, secret: value(webhook.secret_env) }];
  });
}

/** Undefined when it arrived; else why it did not, without the address, which is a secret with many receivers. */
async function send(host: Host, { url: text, secret }: Target, body: string): Promise<string | undefined> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const loopback = url !== undefined && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url === undefined || !(url.protocol === 'https:' || (url.protocol === 'http:' && loopback))) {
    return 'its address is no https address';
  }
  const proxy = proxies(host.runtime.env);
  const transport = createTransport({
    origin: url.origin,
    connections: 1,
    connectMs: TOTAL_MS,
    ...(proxy === undefined ? {} : { proxy }),
  });
  try {
    const signature = secret && createHmac('sha256', secret).update(body).digest('hex');
    const exchanged = await transport.exchange(
      {
        method: 'POST',
        path: `${url.pathname}${url.search}`,
        headers: {
          'content-type': 'application/cloudevents+json; charset=utf-8',
          'user-agent': `assistantctl/${host.runtime.version}`,
          ...(signature && { 'x-assistantctl-signature': `sha256=${signature}` }),
        },
        body,
      },
      LIMITS,
    );
    if (exchanged.type !== 'reply') return SILENT;
    return exchanged.status < 300 ? undefined : `the receiver answered ${exchanged.status}`;
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  } finally {
    await transport.close();
  }
}
