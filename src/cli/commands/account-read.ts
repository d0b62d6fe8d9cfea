import { concealJson, concealText } from '../../model/credentials.ts';
import { scalarText } from '../../model/side-api.ts';
import { notInAccount, resourceIds, withApi } from '../../operations/account/account.ts';
import { shownConfig } from '../../operations/account/surroundings.ts';
import { renderRecord, renderRecords } from '../../render/terminal/records.ts';
import { defineCommand } from '../define.ts';
import { EXIT_DONE } from '../exit-codes.ts';
import { textOrJson } from '../options.ts';

/** Every MCP server of the account. */
export const listMcpServers = defineCommand({
  usage: 'list',
  options: (command) => textOrJson(command),
  run: async (context, _args, { format }) => {
    const { project, addressOf } = await resourceIds(context);
    const found = await withApi(context, project, (api) => api.list('mcp_server'));
    const servers = found.map(({ id, name, config }) => ({
      id,
      name,
      address: addressOf(id) ?? null,
      type: scalarText(config.type),
      url: concealText(scalarText(config.url)),
    }));
    if (format === 'json') {
      context.printJson({ mcp_servers: servers });
      return EXIT_DONE;
    }
    const rows = servers.map(({ id, name, address, type, url }) => [name, address ?? '', id, type, url]);
    const titles = ['NAME', 'ADDRESS', 'ID', 'TYPE', 'URL'];
    context.print(renderRecords(titles, rows, 'The account has no MCP servers.', context.style));
    return EXIT_DONE;
  },
});

/** One MCP server as it is live. */
export const showMcpServer = defineCommand({
  usage: 'show <server>',
  options: (command) => textOrJson(command),
  run: async (context, [text], { format }) => {
    const { project, idOf, addressOf } = await resourceIds(context);
    const id = await idOf('mcp_server', text);
    const found = await withApi(context, project, (api) => api.get('mcp_server', id));
    if (found === undefined) throw notInAccount('MCP server', id, []);
    const { name } = found;
    const config = shownConfig(found);
    const address = addressOf(id) ?? null;
    if (format === 'json') context.printJson({ id, name, address, config });
    else {
      const facts = [['address', address ?? 'not managed here'] as const, ['id', id] as const];
      context.print(renderRecord(name, facts, [['configuration', config]], context.style));
    }
    return EXIT_DONE;
  },
});

/** The open canary deploy of an assistant, whoever opened it. */
export const showCanary = defineCommand({
  usage: 'show <assistant>',
  options: (command) => textOrJson(command),
  run: async (context, [text], { format }) => {
    const { project, idOf, addressOf } = await resourceIds(context);
    const id = await idOf('assistant', text);
    const live = await withApi(context, project, (api) => api.showCanary(id));
    const canary = live === undefined ? undefined : concealJson(live);
    const address = addressOf(id) ?? null;
    if (format === 'json') {
      context.printJson({ assistant_id: id, address, canary: canary ?? null });
      return EXIT_DONE;
    }
    const name = address ?? id;
    if (canary === undefined) context.print(`${name} has no canary deploy: main serves everybody.\n`);
    else context.print(renderRecord(`canary of ${name}`, [], [['deploy', canary]], context.style));
    return EXIT_DONE;
  },
});
