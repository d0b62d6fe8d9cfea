import { Failure } from '../../model/errors.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import { scalarText } from '../../model/side-api.ts';
import { resourceIds, withApi } from '../../operations/account/account.ts';
import { restoreDeletedAssistant } from '../../operations/account/restore-deleted.ts';
import { shownConfig } from '../../operations/account/surroundings.ts';
import { requireApproval } from '../../operations/apply/approval.ts';
import { renderRecord, renderRecords } from '../../render/terminal/records.ts';
import { defineCommand } from '../define.ts';
import { EXIT_DONE } from '../exit-codes.ts';
import { APPROVE, textOrJson } from '../options.ts';

/** Deleted assistants that can still be restored, or one of them with its configuration. */
export const showDeleted = defineCommand({
  usage: 'deleted [assistant]',
  options: (command) => textOrJson(command),
  run: async (context, [text], { format }) => {
    const { project, boundIdOf, addressOf } = await resourceIds(context);
    const id = text === undefined ? undefined : boundIdOf('assistant', text);
    const records = await withApi(context, project, async (api) => {
      if (id === undefined) return api.listDeleted();
      return [(await api.getDeleted(id)) ?? fail(id)];
    });
    const safe = records.map((record) => shownConfig({ kind: 'assistant', config: record })).filter(isObject);
    if (format === 'json') context.printJson(id === undefined ? { assistants: safe } : { ...safe[0] });
    else if (id === undefined) {
      const titles = ['NAME', 'ADDRESS', 'ID', 'DELETED', 'GONE FOR GOOD'];
      const rows = records.map((record) => [
        scalarText(record.name),
        addressOf(scalarText(record.id)) ?? '',
        scalarText(record.id),
        scalarText(record.deleted_at),
        scalarText(record.permanently_deleted_at),
      ]);
      context.print(renderRecords(titles, rows, 'No assistant can be restored.', context.style));
    } else
      for (const record of safe)
        context.print(
          renderRecord(scalarText(record.name), facts(record), [['configuration', record]], context.style),
        );
    return EXIT_DONE;
  },
});

function facts(record: JsonObject): readonly (readonly [string, string])[] {
  return [
    ['id', scalarText(record.id)],
    ['deleted', scalarText(record.deleted_at)],
    ['gone for good', scalarText(record.permanently_deleted_at)],
  ];
}

/** Brings a deleted assistant back, with the id that it had. */
export const restoreDeleted = defineCommand({
  usage: 'restore <assistant>',
  options: (command) => textOrJson(command).option(...APPROVE),
  run: async (context, [text], flags) => {
    const { project, boundIdOf } = await resourceIds(context);
    requireApproval(project.environment, { approve: flags.approve });
    const id = boundIdOf('assistant', text);
    const back = (await restoreDeletedAssistant(context, project, id)) ?? fail(id);
    if (flags.format === 'json') {
      context.printJson({ id, name: back.name, version_id: back.versionId ?? null });
      return EXIT_DONE;
    }
    context.print(
      `${JSON.stringify(back.name)} (${id}) is there. The next plan shows how it differs from Git.\n`,
    );
    return EXIT_DONE;
  },
});

function fail(id: string): never {
  throw new Failure('usage', `no deleted assistant ${id} can be restored`, {
    code: 'NOT_DELETED',
    hint: '`assistantctl assistant deleted` lists those that can; after 30 days they are gone for good',
  });
}
