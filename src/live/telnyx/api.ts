import type { Kind } from '../../model/address.ts';
import { ApiError } from '../../model/errors.ts';
import type { ImportApi } from '../../model/import-api.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { KINDS } from '../../model/kinds.ts';
import type { ReleaseApi } from '../../model/release-api.ts';
import type { Api, RemoteResource, Written } from '../../model/remote.ts';
import type { SideApi } from '../../model/side-api.ts';
import { type Answer, type ApiRequest, type ClientOptions, createClient } from '../http/client.ts';
import type { Listing } from '../http/paging.ts';
import { header } from '../http/retry.ts';
import { decodeCanary, decodeIntegration, decodeResource } from './decode.ts';
import {
  canaryPath,
  INTEGRATIONS_PATH,
  itemPath,
  memberPath,
  updateMethod,
  versionPath,
  versionsPath,
} from './endpoints.ts';
import { createImportApi } from './import-api.ts';
import { createListing } from './listing.ts';
import { numbersOf, PHONE_NUMBERS, PHONE_NUMBERS_PATH } from './phone-numbers.ts';
import { createReleaseApi } from './release-api.ts';
import { createSideApi } from './side-api.ts';

/** A request in the API's own words, for finding out how the API behaves. */
export interface RawRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: string;
  readonly body?: JsonObject;
  readonly idempotencyKey?: string;
}

export interface RawAnswer {
  readonly status: number;
  /** Null where the body is empty. */
  readonly body: Json;
  /** A replay of an earlier answer says so. */
  readonly replayed: boolean;
  /** The server's clock, where it told it. */
  readonly date: string | undefined;
}

export type LiveApi = Api &
  ReleaseApi &
  SideApi &
  ImportApi & {
    /** Ends all connections; what is in flight fails. */
    close(): Promise<void>;
    /** HTTP requests sent so far, retries included. */
    requestCount(): number;
    /** Writes that left this machine, whatever became of them. */
    writeCount(): number;
    /** One request as it is, answered by status and body, whatever the verdict. */
    ask(request: RawRequest): Promise<RawAnswer>;
    /** E.164 numbers whose calls go to a TeXML application (`filter[connection_id]` of the public numbers API). */
    phoneNumbers(applicationId: string): Promise<readonly string[]>;
  };

/**
 * The API over HTTP. Throws `Failure` when the base address or the key cannot be used at all. Paths, verbs and
 * status codes: the public OpenAPI document and the official SDK.
 */
export function createApi(options: ClientOptions): LiveApi {
  const client = createClient(options);
  const listing = createListing(client);

  async function read(path: string, kind: Kind): Promise<RemoteResource | undefined> {
    const answer = await client.send({ method: 'GET', path, retryClass: 'read', mayBeMissing: true });
    return answer.status === 404 ? undefined : decoded(kind, answer);
  }

  async function write(kind: Kind, request: Omit<ApiRequest, 'mayBeMissing'>): Promise<Written> {
    const answer = await client.send(request);
    return {
      resource: decoded(kind, answer),
      replayed: header(answer.headers, 'idempotent-replayed')?.toLowerCase() === 'true',
    };
  }

  /** The documented verb of assistant updates is POST, and PATCH works like it; a server may know one of the two. */
  let updateVerb: 'POST' | 'PATCH' = 'POST';

  async function writeVersion(request: Omit<ApiRequest, 'mayBeMissing' | 'method'>): Promise<Written> {
    const method = updateVerb;
    try {
      return await write('assistant', { ...request, method });
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 405) throw error;
      updateVerb = method === 'POST' ? 'PATCH' : 'POST';
      return write('assistant', { ...request, method: updateVerb });
    }
  }

  async function remove(path: string, query?: string): Promise<void> {
    const request = { retryClass: 'idempotent', mayBeMissing: true, ignoreBody: true } as const;
    await client.send({ method: 'DELETE', path, ...request, ...(query === undefined ? {} : { query }) });
  }

  return {
    ...createReleaseApi(client),
    ...createSideApi(client),
    ...createImportApi(client),
    list: (kind, expected = 0) =>
      listing(
        { ...RESOURCES, ...pagingOf(kind), expected, decode: (value) => decodeResource(kind, value) },
        KINDS[kind].collection,
      ),
    get: async (kind, id) => read(itemPath(kind, id), kind),
    create: (kind, body, idempotencyKey) =>
      write(kind, {
        method: 'POST',
        path: KINDS[kind].collection,
        body,
        idempotencyKey,
        retryClass: 'keyed',
      }),
    update: async (kind, id, body) =>
      write(kind, { method: updateMethod(kind), path: itemPath(kind, id), body, retryClass: 'idempotent' }),
    ask: async ({ method, ...request }) => {
      const retryClass = method === 'GET' ? 'read' : 'once';
      const { status, headers, body } = await client.send({
        method,
        ...request,
        retryClass,
        anyVerdict: true,
        mayBeEmpty: true,
      });
      const replayed = header(headers, 'idempotent-replayed')?.toLowerCase() === 'true';
      return { status, body, replayed, date: header(headers, 'date') };
    },
    delete: async (kind, id) => remove(itemPath(kind, id)),
    erase: async (kind, id) =>
      remove(itemPath(kind, id), kind === 'assistant' ? 'hard_delete=true' : undefined),
    restore: async (assistantId) => {
      const path = `${itemPath('assistant', assistantId)}/restore`;
      const answer = await client.send({
        method: 'POST',
        path,
        retryClass: 'idempotent',
        mayBeMissing: true,
      });
      return answer.status === 404 ? undefined : decoded('assistant', answer);
    },
    assign: async (kind, id, memberId) => {
      const path = `${memberPath(kind, id, memberId)}/assign`;
      await client.send({ method: 'POST', path, retryClass: 'idempotent', ignoreBody: true });
    },
    unassign: async (kind, id, memberId) => remove(`${memberPath(kind, id, memberId)}/unassign`),
    integrations: () =>
      listing(
        { paging: 'none', decode: decodeIntegration, identify: ({ id }) => id, content: ({ name }) => name },
        INTEGRATIONS_PATH,
      ),
    stageVersion: async (assistantId, body, versionName) =>
      writeVersion({
        path: itemPath('assistant', assistantId),
        body: { ...body, promote_to_main: false, version_name: versionName },
        retryClass: 'once',
      }),
    listVersions: async (assistantId) =>
      listing(
        { ...RESOURCES, paging: 'none', decode: decodeVersion, identify: ({ versionId }) => versionId ?? '' },
        versionsPath(assistantId),
      ),
    getVersion: async (assistantId, versionId) => read(versionPath(assistantId, versionId), 'assistant'),
    updateVersion: async (assistantId, versionId, body) =>
      writeVersion({
        path: versionPath(assistantId, versionId),
        body,
        retryClass: 'idempotent',
      }),
    promoteVersion: async (assistantId, versionId) => {
      const path = `${versionPath(assistantId, versionId)}/promote`;
      await client.send({ method: 'POST', path, retryClass: 'once', ignoreBody: true });
    },
    deleteVersion: async (assistantId, versionId) => remove(versionPath(assistantId, versionId)),
    canary: async (assistantId) => {
      const path = canaryPath(assistantId);
      const answer = await client.send({ method: 'GET', path, retryClass: 'read', mayBeMissing: true });
      if (answer.status === 404) return undefined;
      const canary = decodeCanary(answer.body);
      if (canary === 'invalid') throw answer.reject('the body is no canary deploy');
      return canary === 'none' ? undefined : canary;
    },
    phoneNumbers: async (applicationId) =>
      [...(await listing(PHONE_NUMBERS, PHONE_NUMBERS_PATH, numbersOf(applicationId)))].sort(),
    close: () => client.close(),
    requestCount: () => client.requestCount(),
    writeCount: () => client.writeCount(),
  };
}

const RESOURCES = {
  identify: ({ id }: RemoteResource): string => id,
  content: ({ config }: RemoteResource): Json => config,
} as const;

function pagingOf(kind: Kind): Pick<Listing<RemoteResource>, 'paging' | 'pageSize'> {
  const { paging, pageSize } = KINDS[kind];
  return { paging, ...(pageSize === undefined ? {} : { pageSize }) };
}

/** All versions carry the id of their assistant, so that only a version id tells them apart. */
function decodeVersion(value: Json): RemoteResource | undefined {
  const version = decodeResource('assistant', value);
  return version?.versionId === undefined ? undefined : version;
}

function decoded(kind: Kind, answer: Answer): RemoteResource {
  const resource = decodeResource(kind, answer.body);
  if (resource === undefined) throw answer.reject(`the body is no ${KINDS[kind].noun}`);
  return resource;
}
