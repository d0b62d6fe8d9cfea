import { notInAccount, resourceIds, withApi } from '../../operations/account/account.ts';
import { readSurroundings, shownConfig } from '../../operations/account/surroundings.ts';
import { renderRecord, renderRecords, renderText } from '../../render/terminal/records.ts';
import { defineCommand } from '../define.ts';
import { EXIT_DONE } from '../exit-codes.ts';
import { textOrJson } from '../options.ts';

/** Every assistant of the account, managed or not. */
export const listAssistants = defineCommand({
  usage: 'list',
  options: (command) => textOrJson(command),
  run: async (context, _args, { format }) => {
    const { project, addressOf } = await resourceIds(context);
    const found = await withApi(context, project, (api) => api.list('assistant'));
    const assistants = found.map(({ id, name, versionId, createdAt, config }) => ({
      id,
      name,
      address: addressOf(id) ?? null,
      model: typeof config.model === 'string' ? config.model : null,
      version_id: versionId ?? null,
      created_at: createdAt ?? null,
    }));
    if (format === 'json') {
      context.printJson({ assistants });
      return EXIT_DONE;
    }
    const titles = ['NAME', 'ADDRESS', 'ID', 'MODEL', 'MAIN VERSION'];
    const rows = assistants.map(({ name, address, id, model, version_id }) => {
      return [name, address ?? '', id, model ?? '', version_id ?? ''];
    });
    context.print(renderRecords(titles, rows, 'The account has no assistants.', context.style));
    return EXIT_DONE;
  },
});

/** One assistant as it is live, with the phone numbers and the TeXML application that lead to it. */
export const showAssistant = defineCommand({
  usage: 'show <assistant>',
  options: (command) => textOrJson(command),
  run: async (context, [text], { format }) => {
    const { project, idOf, addressOf } = await resourceIds(context);
    const id = await idOf('assistant', text);
    const shown = await withApi(context, project, async (api) => {
      const found = await api.get('assistant', id);
      if (found === undefined) throw notInAccount('assistant', id, []);
      return { found, around: await readSurroundings(api, found) };
    });
    const { found, around } = shown;
    const config = shownConfig(found);
    const address = addressOf(id) ?? null;
    const version = { version_id: found.versionId ?? null, version_name: found.versionName ?? null };
    for (const note of around.notes) context.note(`note: ${note}\n`);
    if (format === 'json') {
      context.printJson({ id, name: found.name, address, ...version, ...around, config });
      return EXIT_DONE;
    }
    const facts = [
      ['address', address ?? 'not managed here'],
      ['id', id],
      ['main version', found.versionId],
      ['version name', found.versionName],
      ['created', found.createdAt],
      ['phone numbers', around.phone_numbers?.join(', ') || undefined],
      ['TeXML application', around.texml_application?.id],
      ['TeXML name', around.texml_application?.name ?? undefined],
    ] as const;
    context.print(renderRecord(found.name, facts, [['configuration', config]], context.style));
    return EXIT_DONE;
  },
});

/** The TeXML that the platform runs for calls to the assistant. */
export const showTexml = defineCommand({
  usage: 'texml <assistant>',
  options: (command) => textOrJson(command),
  run: async (context, [text], { format }) => {
    const { project, idOf } = await resourceIds(context);
    const id = await idOf('assistant', text);
    const texml = await withApi(context, project, (api) => api.assistantTexml(id));
    if (format === 'json') context.printJson({ id, texml });
    else context.printExactly(renderText(texml));
    return EXIT_DONE;
  },
});
