import { Option } from '@commander-js/extra-typings';
import { Failure } from '../../model/errors.ts';
import { PLATFORMS } from '../../model/file-import.ts';
import { IMPORT_PROVIDERS } from '../../model/import-api.ts';
import { importFiles } from '../../operations/import/import-files.ts';
import type { FileImport } from '../../operations/import/proposal.ts';
import { importFromProvider } from '../../operations/pull/import-assistants.ts';
import { importMarkdown } from '../../render/markdown/import-markdown.ts';
import { renderFileImport } from '../../render/terminal/import-text.ts';
import type { Context } from '../context.ts';
import { defineCommand } from '../define.ts';
import { EXIT_DONE, exitCodeOf } from '../exit-codes.ts';
import { APPROVE, format, type TextOrJson } from '../options.ts';
import { showPull } from '../show-pull.ts';

/** Reads files of another platform, or has the API copy its assistants: the two exclude each other. */
export const importAny = defineCommand({
  usage: 'import',
  options: (command) =>
    command
      .option('--from <path...>', 'exported files or folders of Retell, Vapi, ElevenLabs or Bland; offline')
      .addOption(
        new Option('--platform <name>', 'where the files come from; by default seen from the files').choices(
          PLATFORMS,
        ),
      )
      .option('--out <dir>', 'folder for the documents; by default that of the project')
      .addOption(
        new Option('--provider <name>', 'platform whose account is copied').choices(IMPORT_PROVIDERS),
      )
      .option('--api-key-ref <id>', "integration secret with the other platform's key")
      .option('--id <id...>', 'only these assistants of the other platform')
      .option('--overwrite', 'replace what an earlier import has made')
      .option(...APPROVE)
      .addOption(format('text', 'json')),
  run: async (
    context,
    _args,
    { from, platform, out, provider, apiKeyRef, id, overwrite, approve, format },
  ) => {
    if (from !== undefined && provider !== undefined) throw usage('--from and --provider exclude each other');
    if (from !== undefined) {
      const request = {
        from,
        overwrite: overwrite === true,
        ...(platform !== undefined && { platform }),
        ...(out !== undefined && { out }),
      };
      return await fromFiles(context, request, format);
    }
    if (platform !== undefined || out !== undefined) throw usage('--platform and --out belong to --from');
    if (provider === undefined) throw usage('either --from FILE or --provider NAME is needed');
    if (apiKeyRef === undefined) throw usage('--provider needs --api-key-ref');
    const report = await importFromProvider(context, {
      provider,
      apiKeyRef,
      ...(id !== undefined && { id }),
      ...(overwrite !== undefined && { overwrite }),
      ...(approve !== undefined && { approve }),
    });
    return showPull(context, report, format);
  },
});

async function fromFiles(context: Context, request: FileImport, format: TextOrJson): Promise<number> {
  const report = await importFiles(context, request, importMarkdown);
  if (format === 'json') context.printJson(report);
  else context.print(renderFileImport(report, context.style));
  return report.diagnostics.some(({ severity }) => severity === 'error') ? exitCodeOf('spec') : EXIT_DONE;
}

function usage(message: string): Failure {
  return new Failure('usage', message, {
    code: 'IMPORT_SOURCE',
    hint: 'assistantctl import --from export.json reads files; --provider NAME --api-key-ref ID reads an account',
  });
}
