import { isArray, isObject, type JsonObject } from '../../model/json.ts';
import { createForgeClient, type ForgeOptions } from './client.ts';

/** The forge's GraphQL interface, for the few things that REST does not tell. */
export interface Graph {
  /** The data of the reply; undefined where there is no such interface, or it does not know what was asked. */
  ask(query: string, variables: JsonObject): Promise<JsonObject | undefined>;
  close(): Promise<void>;
}

export function createGraph(options: ForgeOptions, headers: { readonly [name: string]: string }): Graph {
  // `/api/v3` and `/api/v4` of an own server have it at `/api/graphql`.
  const baseUrl = options.baseUrl.replace(/(\/api)\/v\d+\/?$/, '$1');
  const client = createForgeClient({ ...options, baseUrl }, headers);
  return {
    async ask(query, variables) {
      const reply = await client.send({
        method: 'POST',
        path: '/graphql',
        body: { query, variables },
        retryClass: 'idempotent',
        mayBeMissing: true,
      });
      if (reply.status === 404 || !isObject(reply.body)) return undefined;
      const { data, errors } = reply.body;
      return isObject(data) && !(isArray(errors) && errors.length > 0) ? data : undefined;
    },
    close: () => client.close(),
  };
}
