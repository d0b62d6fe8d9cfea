import type { ImportApi } from '../../model/import-api.ts';
import { isArray, type Json } from '../../model/json.ts';
import type { RemoteResource } from '../../model/remote.ts';
import type { Client } from '../http/client.ts';
import { decodeResource } from './decode.ts';

const IMPORT_PATH = '/ai/assistants/import';

/** The import part of the API over HTTP. Path and verb: the public OpenAPI document and the official SDK. */
export function createImportApi(client: Client): ImportApi {
  return {
    importAssistants: async (provider, apiKeyRef, ids, idempotencyKey) => {
      const answer = await client.send({
        method: 'POST',
        path: IMPORT_PATH,
        body: { provider, api_key_ref: apiKeyRef, ...(ids === undefined ? {} : { import_ids: ids }) },
        idempotencyKey,
        retryClass: 'keyed',
      });
      const imported = listed(answer.body).map((value) => decodeResource('assistant', value));
      const known = imported.filter((each): each is RemoteResource => each !== undefined);
      if (known.length < imported.length) throw answer.reject('the body is no list of assistants');
      return known;
    },
  };
}

function listed(body: Json): readonly Json[] {
  const data = typeof body === 'object' && body !== null && 'data' in body ? body.data : body;
  return data !== undefined && isArray(data) ? data : [];
}
