import { Failure } from '../../model/errors.ts';
import { isArray, isObject } from '../../model/json.ts';
import { scalarText } from '../../model/side-api.ts';
import { type AccountApi, resourceIds, withApi } from '../../operations/account/account.ts';
import { requireApproval } from '../../operations/apply/approval.ts';
import { renderRecord } from '../../render/terminal/records.ts';
import type { Context } from '../context.ts';
import { defineCommand } from '../define.ts';
import { EXIT_DONE, exitCodeOf } from '../exit-codes.ts';
import { APPROVE, type TextOrJson, textOrJson } from '../options.ts';
import { present, readPairs } from '../pairs.ts';

/** Calls a webhook tool as an assistant would. Exit 9 when the webhook did not succeed. */
export const testTool = defineCommand({
  usage: 'test <tool>',
  options: (command) =>
    textOrJson(command)
      .option('--assistant <assistant>', 'as part of this assistant; by default the only one that uses it')
      .option('--arg <name=value...>', 'argument of the call; name:=JSON for other than text')
      .option('--var <name=value...>', 'dynamic variable'),
  run: async (context, [text], flags) => {
    const body = present({
      arguments: readPairs('--arg', flags.arg ?? []),
      dynamic_variables: readPairs('--var', flags.var ?? []),
    });
    const { project, idOf } = await resourceIds(context);
    const tool = await idOf('tool', text);
    const named = flags.assistant === undefined ? undefined : await idOf('assistant', flags.assistant);
    const result = await withApi(context, project, async (api) => {
      const assistant = named ?? (await onlyUser(api, tool, text));
      return { assistant, said: await api.testTool(assistant, tool, body) };
    });
    const { assistant, said } = result;
    const good = said.success === true;
    if (flags.format === 'json') context.printJson({ assistant_id: assistant, tool_id: tool, ...said });
    else {
      const { request, response, status_code: status } = said;
      const facts = [
        ['assistant', assistant],
        ['status', scalarText(status)],
      ] as const;
      const parts = [['request', request ?? null] as const, ['response', response ?? null] as const];
      context.print(
        renderRecord(good ? 'The tool answered.' : 'The tool failed.', facts, parts, context.style),
      );
    }
    return good ? EXIT_DONE : exitCodeOf('gate');
  },
});

/** Attaches a shared tool to an assistant, in place. */
export const attachTool = defineCommand({
  usage: 'attach <tool> <assistant>',
  options: (command) => textOrJson(command).option(...APPROVE),
  run: (context, texts, flags) => setAttached(context, texts, { ...flags, attached: true }),
});

export const detachTool = defineCommand({
  usage: 'detach <tool> <assistant>',
  options: (command) => textOrJson(command).option(...APPROVE),
  run: (context, texts, flags) => setAttached(context, texts, { ...flags, attached: false }),
});

async function setAttached(
  context: Context,
  [toolText, assistantText]: readonly [string, string],
  {
    attached,
    approve,
    format,
  }: { readonly attached: boolean; readonly approve?: string; readonly format: TextOrJson },
): Promise<number> {
  const { project, idOf, addressOf } = await resourceIds(context);
  requireApproval(project.environment, { approve });
  const tool = await idOf('tool', toolText);
  const assistant = await idOf('assistant', assistantText);
  await withApi(context, project, (api) =>
    attached ? api.attachTool(assistant, tool) : api.detachTool(assistant, tool),
  );
  if (addressOf(assistant) !== undefined) {
    context.note(
      `note: ${addressOf(assistant)} is managed: where its spec writes tool_ids, this is drift.\n`,
    );
  }
  if (format === 'json') context.printJson({ assistant_id: assistant, tool_id: tool, attached });
  else context.print(`${tool} is ${attached ? 'attached to' : 'detached from'} ${assistant}.\n`);
  return EXIT_DONE;
}

async function onlyUser(api: AccountApi, tool: string, text: string): Promise<string> {
  // A list leaves out what an assistant uses, so each is read by itself.
  const listed = await api.list('assistant');
  const assistants = await Promise.all(listed.map(({ id }) => api.get('assistant', id)));
  const users = assistants
    .flatMap((found) => (found === undefined ? [] : [found]))
    .filter(({ config }) => {
      const ids = isArray(config.tool_ids) ? config.tool_ids : [];
      const inline = isArray(config.tools) ? config.tools.filter(isObject) : [];
      return ids.includes(tool) || inline.some(({ tool_id: own }) => own === tool);
    });
  const [only] = users;
  if (users.length === 1 && only !== undefined) return only.id;
  const names = users.map(({ id, name }) => `${id} (${name})`).join(', ');
  const message =
    users.length === 0 ? `no assistant uses ${text}` : `${users.length} assistants use ${text}: ${names}`;
  throw new Failure('usage', message, {
    code: 'ASSISTANT_NEEDED',
    hint: 'a tool is tested as part of an assistant: say which with --assistant ADDR',
  });
}
