import { isArray, isObject, type Json } from '../../model/json.ts';
import type { Call, EmulatedWorld, EmulatorOptions, Reply } from '../contract/contract.ts';
import { ApiFailure, methodNotAllowed, notFound, telnyxError, unauthorized } from '../contract/errors.ts';
import { compileRoutes, type RouteMatch } from '../contract/router.ts';
import { type Arrived, bodyObject, segmentsOf } from './http.ts';
import { type Claim, openClaims } from './idempotency.ts';
import { withReplyQuirks } from './replies.ts';
import { ROUTES } from './routes.ts';

/** An admitted request: everything that can refuse it before its effect has been checked. */
export interface Admission {
  /** Does the work and makes it durable. Runs without interruption by other requests. */
  run(): ServerReply;
  /** Must be called when the request is over, whether it ran or not. */
  release(): void;
}

export interface ServerReply {
  readonly reply: Reply;
  readonly headers: Readonly<Record<string, string>>;
}

/** Turns any failure into its reply; unexpected ones become a 500 that names the problem. */
export function failureAnswer(error: unknown): ServerReply {
  if (error instanceof ApiFailure)
    return { reply: { status: error.status, json: error.body }, headers: error.headers };
  const detail = error instanceof Error ? error.message : String(error);
  const failure = telnyxError(500, '10007', 'Unexpected error', detail);
  return { reply: { status: 500, json: failure.body }, headers: {} };
}

/** Pointers into the request body begin with `/body`, as the quirk says. */
function withPointers({ quirks }: EmulatedWorld, { reply, headers }: ServerReply): ServerReply {
  const { json } = reply;
  if (quirks.pointerPrefix === '' || !isObject(json) || !isArray(json.errors)) return { reply, headers };
  const errors = json.errors.map((error) => {
    const pointer = isObject(error) && isObject(error.source) ? error.source.pointer : undefined;
    if (!isObject(error) || typeof pointer !== 'string') return error;
    return { ...error, source: { pointer: `${quirks.pointerPrefix}${pointer}` } };
  });
  return { reply: { ...reply, json: { ...json, errors } }, headers };
}

function checkKey(options: EmulatorOptions, arrived: Arrived): void {
  const [, key] = /^Bearer +(\S.*)$/.exec(arrived.headers.authorization ?? '') ?? [];
  if (key === undefined || (options.apiKey !== undefined && key !== options.apiKey)) throw unauthorized();
}

function found(match: RouteMatch, arrived: Arrived) {
  if (match.kind === 'route') return match;
  const hidden = arrived.path.startsWith('/ai/conversations/insight');
  if (match.kind === 'wrong-method' && !hidden) throw methodNotAllowed(match.allowed);
  throw notFound();
}

const ONE_ASSISTANT = /^\/ai\/assistants\/[^/]+$/;

/** Prepares the handling of requests: check key, find route, claim idempotency key, then run. */
export function openPipeline(
  options: EmulatorOptions,
  world: EmulatedWorld,
): (arrived: Arrived, index: number) => Admission {
  const match = compileRoutes(ROUTES);
  const claim = openClaims(world);

  return (arrived, index) => {
    checkKey(options, arrived);
    if (arrived.tooLarge)
      throw telnyxError(413, '10014', 'Payload Too Large', 'The request body exceeds 8 MB.');
    const alias = arrived.method === 'PATCH' && world.quirks.patchAlias && ONE_ASSISTANT.test(arrived.path);
    const method = alias ? 'POST' : arrived.method;
    const { route, params } = found(match(method, segmentsOf(arrived)), arrived);
    const call: Call = { world, params, query: arrived.query, body: bodyObject(arrived) };
    world.store.refresh();
    const keyed = route.keyed === true && arrived.keys.length > 0 && !world.quirks.idempotencyIgnored;
    const claimed: Claim | undefined = keyed
      ? claim({ keys: arrived.keys, method, path: arrived.path, query: arrived.search, body: arrived.bytes })
      : undefined;
    const spoiled = (json: Json): Json => withReplyQuirks(world.quirks, method, json, index);
    const finished = (reply: Reply): Reply =>
      reply.json === undefined ? reply : { ...reply, json: spoiled(reply.json) };

    return {
      run: () => {
        if (claimed?.replay !== undefined) {
          const marked = { 'idempotent-replayed': 'true' };
          return { reply: finished(claimed.replay), headers: world.quirks.replayUnmarked ? {} : marked };
        }
        try {
          world.store.refresh();
          const reply = route.handle(call);
          claimed?.finish(reply);
          world.store.commit();
          return { reply: finished(reply), headers: {} };
        } catch (error) {
          world.store.rollback();
          return withPointers(world, failureAnswer(error));
        }
      },
      release: () => claimed?.release(),
    };
  };
}
