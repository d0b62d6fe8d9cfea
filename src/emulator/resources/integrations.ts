import type { JsonObject } from '../../model/json.ts';
import { type EmulatedWorld, empty, ok, type Route } from '../contract/contract.ts';
import { notFound } from '../contract/errors.ts';
import { parameter } from '../contract/router.ts';

/** One entry of the catalogue. */
function entry(
  number: number,
  name: string,
  title: string,
  connected: boolean,
  tools: readonly string[],
): JsonObject {
  return {
    id: `00000000-0000-4000-8000-00000000000${number}`,
    name,
    display_name: title,
    description: `Connects an assistant to ${title}.`,
    logo_url: `https://example.com/logos/${name}.png`,
    available_tools: tools,
    status: connected ? 'connected' : 'disconnected',
  };
}

/** A small catalogue, so that references by name have something to find. */
const CATALOGUE: readonly JsonObject[] = [
  entry(1, 'hubspot', 'HubSpot', true, ['search_contacts', 'create_ticket']),
  entry(2, 'salesforce', 'Salesforce', false, ['query', 'create_case']),
  entry(3, 'zendesk', 'Zendesk', true, ['search_tickets', 'create_ticket']),
  entry(4, 'google_calendar', 'Google Calendar', false, ['list_events', 'create_event']),
];

const CONNECTIONS: readonly JsonObject[] = CATALOGUE.filter((item) => item.status === 'connected').map(
  (item, index) => ({
    id: `00000000-0000-4000-9000-00000000000${index + 1}`,
    integration_id: item.id ?? null,
    allowed_tools: item.available_tools ?? [],
  }),
);

/** Connections that the account has not removed. */
const connections = (world: EmulatedWorld): readonly JsonObject[] =>
  CONNECTIONS.filter((item) => world.store.get('removed_connections', String(item.id)) === undefined);

function connection(world: EmulatedWorld, id: string): JsonObject {
  const found = connections(world).find((item) => item.id === id);
  if (found === undefined) throw notFound('Integration connection not found.');
  return found;
}

function integration(id: string): JsonObject {
  const found = CATALOGUE.find((item) => item.id === id);
  if (found === undefined) throw notFound('Integration not found.');
  return found;
}

export const INTEGRATION_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/ai/integrations', handle: () => ok({ data: CATALOGUE }) },
  {
    method: 'GET',
    path: '/ai/integrations/{integration_id}',
    handle: ({ params }) => ok(integration(parameter(params, 'integration_id'))),
  },
  {
    method: 'GET',
    path: '/ai/integrations/connections',
    handle: ({ world }) => ok({ data: connections(world) }),
  },
  {
    method: 'GET',
    path: '/ai/integrations/connections/{connection_id}',
    handle: ({ world, params }) => ok({ data: connection(world, parameter(params, 'connection_id')) }),
  },
  {
    method: 'DELETE',
    path: '/ai/integrations/connections/{connection_id}',
    handle: ({ world, params }) => {
      const id = String(connection(world, parameter(params, 'connection_id')).id);
      world.store.put('removed_connections', id, {});
      return empty(204);
    },
  },
];
