import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A request as the server saw it. */
export interface SeenRequest {
  readonly method: string;
  /** Raw path without query. */
  readonly path: string;
  /** Raw query, still percent-encoded. */
  readonly query: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface ScriptedReply {
  readonly status?: number;
  readonly headers?: { readonly [name: string]: string | readonly string[] };
  /** Sent as JSON; `text` is sent as it is. */
  readonly json?: unknown;
  readonly text?: string;
  readonly delayMs?: number;
  /**
   * `reset`: connection reset after the request was read. `hang`: no reply ever. `truncate`: half of the
   * body, then a reset. `stall`: half of the body, then silence.
   */
  readonly fault?: 'reset' | 'hang' | 'truncate' | 'stall';
}

export type Responder = (request: SeenRequest, index: number) => ScriptedReply | Promise<ScriptedReply>;

export interface ScriptedServer {
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  /** Connections accepted so far. */
  connections(): number;
  /** Most requests that were open at one time. */
  mostInFlight(): number;
  close(): Promise<void>;
}

export interface ScriptedServerOptions {
  /** Resets the connection before the body of that request is read. */
  readonly resetBeforeBody?: (index: number) => boolean;
}

/** Replies in turn, the last one again and again. */
export function inTurn(...replies: readonly ScriptedReply[]): Responder {
  return (_, index) => replies[Math.min(index, replies.length - 1)] ?? { status: 500 };
}

/** A real server on loopback whose every reply, or failure to reply, is scripted. */
export async function startScriptedServer(
  responder: Responder,
  options: ScriptedServerOptions = {},
): Promise<ScriptedServer> {
  const requests: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  let inFlight = 0;
  let most = 0;
  let arrived = 0;

  const server = createServer((request, response) => {
    inFlight += 1;
    most = Math.max(most, inFlight);
    response.once('close', () => {
      inFlight -= 1;
    });
    void serve(request, response);
  });
  server.keepAliveTimeout = 20_000;
  server.on('connection', (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const index = arrived;
    arrived += 1;
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const head = { method: request.method ?? '', path, query, headers: request.headers };
    const chunks: Buffer[] = [];
    if (options.resetBeforeBody?.(index) === true) {
      requests.push({ ...head, body: '' });
      request.socket.resetAndDestroy();
      return;
    }
    for await (const chunk of request) chunks.push(chunk);
    const seen = { ...head, body: Buffer.concat(chunks).toString('utf8') };
    requests.push(seen);
    await answer(await responder(seen, index), request, response);
  }

  await listen(server);
  return {
    url: `http://127.0.0.1:${portOf(server)}/v2`,
    requests,
    connections: () => connections,
    mostInFlight: () => most,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function answer(
  reply: ScriptedReply,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (reply.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, reply.delayMs));
  if (reply.fault === 'hang') return;
  if (reply.fault === 'reset') {
    request.socket.resetAndDestroy();
    return;
  }
  const body = Buffer.from(reply.text ?? (reply.json === undefined ? '' : JSON.stringify(reply.json)));
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  if (reply.json !== undefined) response.setHeader('content-type', 'application/json');
  response.statusCode = reply.status ?? 200;
  if (reply.fault === undefined) {
    response.end(body);
    return;
  }
  response.setHeader('content-length', body.length);
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => {
    if (reply.fault === 'truncate') setTimeout(() => request.socket.resetAndDestroy(), 20);
  });
}

async function listen(server: Server): Promise<void> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

/** A port on loopback that refuses connections. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  await listen(server);
  const port = portOf(server);
  server.close();
  await once(server, 'close');
  return port;
}
