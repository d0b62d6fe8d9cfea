import { versionComparison, versionList, wholeVersion } from '../../operations/release/read-versions.ts';
import { renderVersion, renderVersionDiff, renderVersions } from '../../render/terminal/versions-text.ts';
import { defineCommand } from '../define.ts';
import { EXIT_DONE } from '../exit-codes.ts';
import { textOrJson } from '../options.ts';

/** Every version of an assistant with what it is needed for. */
export const listVersions = defineCommand({
  usage: 'list <address>',
  options: (command) => textOrJson(command),
  run: async (context, [text], { format }) => {
    const found = await versionList(context, text);
    if (format === 'json') context.printJson(found);
    else context.print(renderVersions(found.address, found.versions, found.mains, context.style));
    return EXIT_DONE;
  },
});

/** One version whole, secrets hidden and ids as addresses. */
export const showVersion = defineCommand({
  usage: 'show <address> <id>',
  options: (command) => textOrJson(command),
  run: async (context, [text, id], { format }) => {
    const { address, row, config } = await wholeVersion(context, text, id);
    if (format === 'json') context.printJson({ address, ...row, config });
    else context.print(renderVersion(address, row, config, context.style));
    return EXIT_DONE;
  },
});

/** What differs between two versions, or between a version and what Git says. */
export const diffVersions = defineCommand({
  usage: 'diff <address> [from] [to]',
  options: (command) => textOrJson(command),
  run: async (context, [text, from = 'main', to = from === 'main' ? 'git' : 'main'], { format }) => {
    const { title, fields } = await versionComparison(context, text, from, to);
    if (format === 'json') context.printJson({ ...title, fields });
    else context.print(renderVersionDiff(title, fields, context.style));
    return EXIT_DONE;
  },
});
