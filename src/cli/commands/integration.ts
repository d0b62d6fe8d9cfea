import type { JsonObject } from '../../model/json.ts';
import { isArray } from '../../model/json.ts';
import { isId, scalarText } from '../../model/side-api.ts';
import { type AccountApi, notInAccount, resourceIds, withApi } from '../../operations/account/account.ts';
import { requireApproval } from '../../operations/apply/approval.ts';
import { renderRecord, renderRecords } from '../../render/terminal/records.ts';
import { defineCommand } from '../define.ts';
import { EXIT_DONE } from '../exit-codes.ts';
import { APPROVE, textOrJson } from '../options.ts';

/** The catalogue with what is connected. */
export const listIntegrations = defineCommand({
  usage: 'list',
  options: (command) => textOrJson(command),
  run: async (context, _args, { format }) => {
    const { project } = await resourceIds(context);
    const integrations = await withApi(context, project, (api) => api.listCatalogue());
    if (format === 'json') {
      context.printJson({ integrations });
      return EXIT_DONE;
    }
    const titles = ['NAME', 'TITLE', 'STATUS', 'TOOLS', 'ID'];
    const rows = integrations.map((entry) => [
      scalarText(entry.name),
      scalarText(entry.display_name),
      scalarText(entry.status),
      String(isArray(entry.available_tools) ? entry.available_tools.length : ''),
      scalarText(entry.id),
    ]);
    context.print(renderRecords(titles, rows, 'The catalogue is empty.', context.style));
    return EXIT_DONE;
  },
});

/** One entry of the catalogue, by its name (`integration/` may stand before it) or id. */
export const showIntegration = defineCommand({
  usage: 'show <integration>',
  options: (command) => textOrJson(command),
  run: async (context, [text], { format }) => {
    const { project } = await resourceIds(context);
    const entry = await withApi(context, project, async (api) => {
      const { id } = await integrationOf(api, text);
      return api.getIntegration(scalarText(id));
    });
    if (format === 'json') context.printJson({ integration: entry });
    else {
      const title = scalarText(entry.display_name) || scalarText(entry.name);
      context.print(renderRecord(title, [], [['details', entry]], context.style));
    }
    return EXIT_DONE;
  },
});

/** What the account has connected; with an id, that connection alone. */
export const listConnections = defineCommand({
  usage: 'connections [connection]',
  options: (command) => textOrJson(command),
  run: async (context, [id], { format }) => {
    const { project } = await resourceIds(context);
    if (id !== undefined && !isId(id)) throw notInAccount('connection', id, []);
    const found = await withApi(context, project, async (api) => ({
      connections: id === undefined ? await api.listConnections() : [await api.getConnection(id)],
      names: new Map((await api.listCatalogue()).map((entry) => [entry.id, scalarText(entry.name)])),
    }));
    const connections = found.connections.map((connection) => ({
      ...connection,
      integration: found.names.get(connection.integration_id) ?? null,
    }));
    if (format === 'json') {
      context.printJson({ connections });
      return EXIT_DONE;
    }
    const rows = found.connections.map((connection) => [
      scalarText(connection.id),
      found.names.get(connection.integration_id) ?? scalarText(connection.integration_id),
      isArray(connection.allowed_tools) ? connection.allowed_tools.map(scalarText).join(', ') : '',
    ]);
    context.print(
      renderRecords(['ID', 'INTEGRATION', 'TOOLS'], rows, 'Nothing is connected.', context.style),
    );
    return EXIT_DONE;
  },
});

/** Ends a connection, named by its id or by its integration. Connecting again is done in the portal. */
export const disconnect = defineCommand({
  usage: 'disconnect <connection>',
  options: (command) => textOrJson(command).option(...APPROVE),
  run: async (context, [text], flags) => {
    const { project } = await resourceIds(context);
    requireApproval(project.environment, { approve: flags.approve });
    const id = await withApi(context, project, async (api) => {
      const connection = scalarText((await connectionOf(api, text)).id);
      await api.deleteConnection(connection);
      return connection;
    });
    if (flags.format === 'json') context.printJson({ connection_id: id, disconnected: true });
    else context.print(`Connection ${id} is ended. It is made anew in the Telnyx portal.\n`);
    return EXIT_DONE;
  },
});

function bare(text: string): string {
  return text.replace(/^integration\//, '');
}

async function integrationOf(api: AccountApi, text: string): Promise<JsonObject> {
  const wanted = bare(text);
  const all = await api.listCatalogue();
  const found = all.find(({ id, name }) => id === wanted || name === wanted);
  if (found !== undefined) return found;
  throw notInAccount('integration', wanted, all.map(({ name }) => scalarText(name)).sort());
}

async function connectionOf(api: AccountApi, text: string): Promise<JsonObject> {
  const connections = await api.listConnections();
  const byId = connections.find(({ id }) => id === text);
  if (byId !== undefined) return byId;
  const catalogue = await api.listCatalogue();
  const entry = catalogue.find(({ id, name }) => id === bare(text) || name === bare(text));
  const own = connections.filter(({ integration_id: id }) => entry !== undefined && id === entry.id);
  const [only] = own;
  if (own.length === 1 && only !== undefined) return only;
  throw notInAccount(
    'connection',
    text,
    (own.length > 1 ? own : connections).map(({ id }) => scalarText(id)),
  );
}
