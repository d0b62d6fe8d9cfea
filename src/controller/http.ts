import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { ControllerStatus } from '../model/controller-status.ts';
import { Failure } from '../model/errors.ts';
import { renderStatusPage } from '../render/html/status-page.ts';
import type { Metrics } from './metrics.ts';
import { isAuthentic } from './webhook.ts';

export interface HttpOptions {
  /** `host:port`. */
  readonly listen: string;
  readonly status: () => ControllerStatus;
  readonly metrics: Metrics;
  /** Whether the first fetch is done. */
  readonly ready: () => boolean;
  /** Undefined: there is no webhook. */
  readonly webhookSecret: string | undefined;
  /** A webhook came: fetch now. */
  readonly wake: () => void;
}

export interface HttpSide {
  /** Address with the port that was given. */
  readonly url: string;
  close(): Promise<void>;
}

/** Webhooks of forges name commits and files, at most some megabytes of them. */
const LONGEST_WEBHOOK = 4 * 1024 * 1024;

/** Whoever sends slowly, or much, or from many connections, is cut off. */
const LIMITS = {
  requestTimeout: 10_000,
  headersTimeout: 5_000,
  // Longer than a large plan keeps the process busy, or connections would be cut under requests on their way.
  keepAliveTimeout: 20_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 16 * 1024,
} as const;
const MOST_CONNECTIONS = 100;

/** Health, metrics and status. Nothing can be changed through it but that a webhook brings the next fetch forward. */
export async function serveHttp(options: HttpOptions): Promise<HttpSide> {
  const { host, port } = placeOf(options.listen);
  const server = createServer(LIMITS, (request, response) => {
    answer(options, request, response).catch(() => end(response, 500, 'text/plain', 'internal error\n'));
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.maxRequestsPerSocket = 1_000;
  await listening(server, host, port);
  // Also later, as when no more files may be opened: requests fail then, and the work goes on.
  server.on('error', () => undefined);
  const address = server.address();
  const given = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${given}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function placeOf(listen: string): { readonly host: string; readonly port: number } {
  const found = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(listen);
  const port = Number(found?.[3]);
  if (found === null || port > 65_535) {
    throw new Failure('usage', `--listen ${listen} is no address and port`, {
      code: 'OPTION_INVALID',
      hint: 'write it like 127.0.0.1:9464',
    });
  }
  return { host: found[1] ?? (found[2] || '127.0.0.1'), port };
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new Failure('usage', `${host}:${port} cannot be listened on: ${cause.message}`, {
          code: 'CONTROLLER_LISTEN',
          hint: 'choose another address with --listen',
          cause,
        }),
      );
    });
    server.listen(port, host, () => resolve());
  });
}

async function answer(
  options: HttpOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? '/').split('?')[0];
  if (path === '/webhook') return await webhook(options, request, response);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET');
    return end(response, 405, 'text/plain', 'nothing can be changed here\n');
  }
  switch (path) {
    case '/healthz':
      return end(response, 200, 'text/plain', 'ok\n');
    case '/readyz':
      return options.ready()
        ? end(response, 200, 'text/plain', 'ready\n')
        : end(response, 503, 'text/plain', 'the first fetch is not done\n');
    case '/metrics':
      return end(response, 200, options.metrics.contentType, await options.metrics.text());
    case '/status':
      return end(response, 200, 'application/json', `${JSON.stringify(options.status(), null, 2)}\n`);
    case '/':
      return end(response, 200, 'text/html; charset=utf-8', renderStatusPage(options.status()));
    default:
      return end(response, 404, 'text/plain', 'not found\n');
  }
}

async function webhook(
  { webhookSecret, wake }: HttpOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!webhookSecret) return end(response, 404, 'text/plain', 'not found\n');
  if (request.method !== 'POST') return end(response, 405, 'text/plain', 'POST only\n');
  const parts: Buffer[] = [];
  let length = 0;
  if (Number(request.headers['content-length'] ?? 0) > LONGEST_WEBHOOK) return tooLong(response);
  // Without being destroyed, so that there is somebody to answer to.
  for await (const part of request.iterator({ destroyOnReturn: false })) {
    length += part.length;
    if (length > LONGEST_WEBHOOK) return tooLong(response);
    parts.push(part);
  }
  const { 'x-hub-signature-256': signature, 'x-gitlab-token': token } = request.headers;
  const genuine = isAuthentic(
    { body: Buffer.concat(parts), signature: one(signature), token: one(token) },
    webhookSecret,
  );
  if (!genuine) return end(response, 401, 'text/plain', 'the signature is not right\n');
  wake();
  end(response, 202, 'text/plain', 'the branch is fetched now\n');
}

function tooLong(response: ServerResponse): void {
  response.setHeader('connection', 'close');
  end(response, 413, 'text/plain', 'too long\n');
}

function one(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.[0];
}

function end(response: ServerResponse, code: number, type: string, text: string): void {
  if (response.headersSent) return;
  response.writeHead(code, {
    'content-type': type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  });
  response.end(text);
}
