import { Failure } from '../../model/errors.ts';
import { isArray, isObject } from '../../model/json.ts';
import { isId, scalarText } from '../../model/side-api.ts';
import { resourceIds, withApi } from '../../operations/account/account.ts';
import { renderRecords } from '../../render/terminal/records.ts';
import { defineCommand } from '../define.ts';
import { EXIT_DONE } from '../exit-codes.ts';
import { textOrJson } from '../options.ts';

/** What the insights found in one conversation, for example that of a test run. */
export const showInsights = defineCommand({
  usage: 'show <conversation>',
  options: (command) => textOrJson(command),
  run: async (context, [conversation], { format }) => {
    if (!isId(conversation)) {
      throw new Failure('usage', `${JSON.stringify(conversation)} is no id of a conversation`, {
        code: 'ID_INVALID',
      });
    }
    const { project } = await resourceIds(context);
    const found = await withApi(context, project, (api) => api.conversationInsights(conversation));
    if (format === 'json') {
      context.printJson({ conversation_id: conversation, insights: found });
      return EXIT_DONE;
    }
    const rows = found.flatMap((record) =>
      (isArray(record.conversation_insights) ? record.conversation_insights : [])
        .filter(isObject)
        .map((insight) => [
          scalarText(insight.insight_id),
          scalarText(record.status),
          scalarText(insight.result),
        ]),
    );
    const titles = ['INSIGHT', 'STATUS', 'RESULT'];
    context.print(renderRecords(titles, rows, 'No insight was made of this conversation.', context.style));
    return EXIT_DONE;
  },
});

/** Counts over all conversations. */
export const countInsights = defineCommand({
  usage: 'count',
  options: (command) =>
    textOrJson(command)
      .option('--by <field...>', 'fields to count by, for example metadata.assistant_id')
      .option('--insight <id>', 'of this insight alone'),
  run: async (context, _args, flags) => {
    const { project } = await resourceIds(context);
    const groupBy = flags.by ?? [];
    const counts = await withApi(context, project, (api) =>
      api.countInsights({ groupBy, insightId: flags.insight }),
    );
    if (flags.format === 'json') context.printJson({ counts });
    else {
      const rows = counts.map((count) => [
        ...groupBy.map((field) => scalarText(count[field])),
        scalarText(count.record_count),
      ]);
      context.print(renderRecords([...groupBy, 'COUNT'], rows, 'Nothing to count yet.', context.style));
    }
    return EXIT_DONE;
  },
});
