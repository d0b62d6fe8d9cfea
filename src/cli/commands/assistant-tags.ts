import { Failure } from '../../model/errors.ts';
import { isArray, type Json } from '../../model/json.ts';
import { notInAccount, resourceIds, withApi } from '../../operations/account/account.ts';
import { requireApproval } from '../../operations/apply/approval.ts';
import { defineCommand } from '../define.ts';
import { EXIT_DONE } from '../exit-codes.ts';
import { APPROVE, textOrJson } from '../options.ts';

/** The tags of the account or of one assistant; with `--add` and `--remove` changed before they are shown. */
export const assistantTags = defineCommand({
  usage: 'tags [assistant]',
  options: (command) =>
    textOrJson(command)
      .option('--add <tag...>', 'tags to add')
      .option('--remove <tag...>', 'tags to remove')
      .option(...APPROVE),
  run: async (context, [text], flags) => {
    const { add = [], remove = [] } = flags;
    const changes = add.length + remove.length > 0;
    checkTags([...add, ...remove], changes && text === undefined);
    const { project, idOf, addressOf } = await resourceIds(context);
    if (changes) requireApproval(project.environment, { approve: flags.approve });
    const id = text === undefined ? undefined : await idOf('assistant', text);
    const tags = await withApi(context, project, async (api) => {
      if (id === undefined) return api.listTags();
      let left: readonly string[] | undefined;
      for (const tag of add) left = await api.addTag(id, tag);
      for (const tag of remove) left = await api.removeTag(id, tag);
      if (left !== undefined) return left;
      const found = await api.get('assistant', id);
      if (found === undefined) throw notInAccount('assistant', id, []);
      return textsOf(found.config.tags);
    });
    const address = id === undefined ? undefined : addressOf(id);
    if (changes && address !== undefined) {
      context.note(
        `note: ${address} is managed: where its spec writes tags, the next plan shows this as drift.\n`,
      );
    }
    const sorted = [...tags].sort();
    if (flags.format === 'json') context.printJson({ assistant_id: id ?? null, tags: sorted });
    else context.print(sorted.length === 0 ? 'No tags.\n' : sorted.map((tag) => `${tag}\n`).join(''));
    return EXIT_DONE;
  },
});

function checkTags(tags: readonly string[], nowhere: boolean): void {
  if (nowhere) {
    throw new Failure('usage', 'tags are added to and removed from one assistant', {
      code: 'ADDRESS_MISSING',
      hint: 'assistantctl assistant tags assistant/<key> --add TAG',
    });
  }
  if (tags.every((tag) => tag.trim() !== '')) return;
  throw new Failure('usage', 'a tag is empty', { code: 'TAG_INVALID' });
}

function textsOf(value: Json | undefined): readonly string[] {
  return isArray(value) ? value.filter((tag) => typeof tag === 'string') : [];
}
