import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';
import { type SideApi, scalarText } from '../../model/side-api.ts';
import type { Answer, Client } from '../http/client.ts';
import { parseJson } from '../http/parse.ts';
import { createChatApi } from './chat-api.ts';
import { decodeResource } from './decode.ts';
import { canaryPath, INTEGRATIONS_PATH } from './endpoints.ts';
import { createListing } from './listing.ts';
import * as paths from './side-endpoints.ts';

/** Most entries of a page of integration secrets; other clients of this list ask for as many. */
const SECRETS_PER_PAGE = 250;

/** What is used by hand or only looked at, over HTTP. Paths and verbs: the public OpenAPI document and the SDK. */
export function createSideApi(client: Client): SideApi {
  const listing = createListing(client);
  // For looks that only serve a warning: a server that fails is not worth waiting for.
  const listOnce = createListing(client, 'once');

  async function get(path: string): Promise<JsonObject> {
    const answer = await client.send({ method: 'GET', path, retryClass: 'read' });
    return recordOf(answer);
  }

  async function getIfThere(path: string): Promise<JsonObject | undefined> {
    const answer = await client.send({ method: 'GET', path, retryClass: 'read', mayBeMissing: true });
    return answer.status === 404 ? undefined : recordOf(answer);
  }

  async function tell(method: 'PUT' | 'DELETE', path: string): Promise<void> {
    await client.send({ method, path, retryClass: 'idempotent', ignoreBody: true });
  }

  const records = (path: string, idField: string, paging: 'none' | 'meta', filter?: string) =>
    listing<JsonObject>(
      {
        paging,
        decode: (value) => (isObject(value) ? value : undefined),
        identify: (record) => scalarText(record[idField] ?? record.id),
        content: (record) => record,
      },
      path,
      filter,
    );

  return {
    ...createChatApi(client),
    cloneAssistant: async (assistantId, idempotencyKey) => {
      const path = paths.clonePath(assistantId);
      const answer = await client.send({ method: 'POST', path, idempotencyKey, retryClass: 'keyed' });
      return decodeResource('assistant', answer.body) ?? fail(answer, 'assistant');
    },
    assistantTexml: async (assistantId) => {
      const path = paths.texmlPath(assistantId);
      const answer = await client.send({ method: 'GET', path, retryClass: 'read', ...TEXT });
      return plainText(answer.body);
    },
    listTags: async () => tagsOf(await sendTags(client, 'GET', paths.TAGS_PATH)),
    addTag: async (assistantId, tag) =>
      tagsOf(await sendTags(client, 'POST', paths.tagsPath(assistantId), { tag })),
    removeTag: async (assistantId, tag) =>
      tagsOf(await sendTags(client, 'DELETE', paths.tagsPath(assistantId, tag))),
    enhanceInstructions: async (assistantId, { instructions, wish }) => {
      const body = {
        ...(instructions === undefined ? {} : { instructions }),
        ...(wish === undefined ? {} : { enhancement_prompt: wish }),
      };
      const request = { method: 'POST', path: paths.enhancePath(assistantId), body } as const;
      // Nothing is changed by it, so that it may be asked for again like a read.
      const answer = await client.send({ ...request, ...TEXT, retryClass: 'read' });
      return plainText(answer.body);
    },
    sendWhatsapp: async (assistantId, { from, to, content }, idempotencyKey) => {
      const path = `${paths.chatPath(assistantId)}/whatsapp`;
      const body = { from, to, content };
      return recordOf(await client.send({ method: 'POST', path, body, idempotencyKey, retryClass: 'keyed' }));
    },
    conversationInsights: (conversationId) =>
      records(paths.conversationInsightsPath(conversationId), 'id', 'meta'),
    countInsights: async ({ groupBy, insightId }) => {
      const filter = query({
        group_by: groupBy.length === 0 ? undefined : groupBy.join(','),
        insight_id: insightId,
      });
      const path = paths.INSIGHT_COUNTS_PATH;
      const answer = await client.send({
        method: 'GET',
        path,
        retryClass: 'read',
        ...(filter === '' ? {} : { query: filter }),
      });
      const data = isObject(answer.body) ? answer.body.data : undefined;
      if (!isArray(data)) throw answer.reject('the body is no list');
      return data.filter(isObject);
    },
    listDeleted: () => records(paths.DELETED_PATH, 'id', 'meta'),
    getDeleted: (assistantId) => getIfThere(paths.deletedPath(assistantId)),
    testTool: async (assistantId, toolId, body) => {
      const path = `${paths.attachmentPath(assistantId, toolId)}/test`;
      return recordOf(await client.send({ method: 'POST', path, body, retryClass: 'once' }));
    },
    attachTool: (assistantId, toolId) => tell('PUT', paths.attachmentPath(assistantId, toolId)),
    detachTool: (assistantId, toolId) => tell('DELETE', paths.attachmentPath(assistantId, toolId)),
    listEvents: (assistantId, { from, to, channel }) => {
      const filter = query({ from_date: from, to_date: to, conversation_channel: channel });
      return records(paths.eventsPath(assistantId), 'scheduled_event_id', 'meta', filter);
    },
    getEvent: (assistantId, eventId) => get(paths.eventsPath(assistantId, eventId)),
    createEvent: async (assistantId, body, idempotencyKey) => {
      const request = { method: 'POST', path: paths.eventsPath(assistantId), body, idempotencyKey } as const;
      return recordOf(await client.send({ ...request, retryClass: 'keyed' }));
    },
    cancelEvent: (assistantId, eventId) => tell('DELETE', paths.eventsPath(assistantId, eventId)),
    listCatalogue: () => records(INTEGRATIONS_PATH, 'id', 'none'),
    getIntegration: (integrationId) => get(paths.integrationPath(integrationId)),
    listConnections: () => records(paths.CONNECTIONS_PATH, 'id', 'none'),
    getConnection: (connectionId) => get(paths.connectionPath(connectionId)),
    deleteConnection: (connectionId) => tell('DELETE', paths.connectionPath(connectionId)),
    texmlApplication: (applicationId) => getIfThere(paths.applicationPath(applicationId)),
    showCanary: (assistantId) => getIfThere(canaryPath(assistantId)),
    listSecrets: () => records(paths.SECRETS_PATH, 'id', 'meta'),
    secretIdentifiers: () =>
      listOnce(
        {
          paging: 'meta',
          pageSize: SECRETS_PER_PAGE,
          decode: (value) => (isObject(value) ? scalarText(value.identifier) : undefined),
          identify: (identifier) => identifier,
          content: (identifier) => identifier,
        },
        paths.SECRETS_PATH,
      ),
    bucketNames: async () => {
      const request = { method: 'GET', path: paths.BUCKETS_PATH, retryClass: 'once' } as const;
      const { buckets } = recordOf(await client.send(request));
      return (isArray(buckets) ? buckets : []).filter((name) => typeof name === 'string');
    },
  };
}

const TEXT = { accept: 'text/plain, application/json;q=0.9, */*;q=0.8', textBody: true } as const;

function sendTags(
  client: Client,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: JsonObject,
): Promise<Answer> {
  const retryClass = method === 'GET' ? 'read' : 'idempotent';
  return client.send({ method, path, retryClass, ...(body === undefined ? {} : { body }) });
}

function tagsOf(answer: Answer): readonly string[] {
  const { tags } = recordOf(answer);
  if (!isArray(tags)) throw answer.reject('the body holds no tags');
  return tags.filter((tag) => typeof tag === 'string');
}

/** Some of these endpoints wrap their one object in `data`, others do not. */
function recordOf(answer: Answer): JsonObject {
  const { body } = answer;
  if (!isObject(body)) throw answer.reject('the body is no object');
  return isObject(body.data) ? body.data : body;
}

/** Text that may have come as a JSON string. */
function plainText(body: Json): string {
  if (typeof body !== 'string') return '';
  const json = parseJson(body);
  return typeof json === 'string' ? json : body;
}

function fail(answer: Answer, noun: string): never {
  throw answer.reject(`the body is no ${noun}`);
}

function query(members: { readonly [name: string]: string | undefined }): string {
  return Object.entries(members)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]))
    .join('&');
}
