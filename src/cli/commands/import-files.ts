import { Failure } from '../../model/errors.ts';
import type { Platform } from '../../model/file-import.ts';
import { importFiles } from '../../operations/import/import-files.ts';
import { importMarkdown } from '../../render/markdown/import-markdown.ts';
import { renderFileImport } from '../../render/terminal/import-text.ts';
import type { Context } from '../context.ts';
import { EXIT_DONE, exitCodeOf } from '../exit-codes.ts';
import { type ImportFlags, importAssistants } from './import.ts';

/** Everything that `import` may be told; files and the live account of another platform exclude each other. */
export interface AnyImportFlags extends Partial<ImportFlags> {
  readonly from?: readonly string[];
  readonly platform?: Platform;
  readonly out?: string;
  readonly overwrite?: boolean;
  readonly format: string;
}

export async function importAny(context: Context, flags: AnyImportFlags): Promise<number> {
  const { from, provider, apiKeyRef, id, overwrite, approve, format } = flags;
  if (from !== undefined && provider !== undefined) throw usage('--from and --provider exclude each other');
  if (from !== undefined) return await fromFiles(context, flags, from);
  if (flags.platform !== undefined || flags.out !== undefined)
    throw usage('--platform and --out belong to --from');
  if (provider === undefined) throw usage('either --from FILE or --provider NAME is needed');
  if (apiKeyRef === undefined) throw usage('--provider needs --api-key-ref');
  return await importAssistants(context, {
    provider,
    apiKeyRef,
    format,
    ...(id === undefined ? {} : { id }),
    ...(overwrite === undefined ? {} : { overwrite }),
    ...(approve === undefined ? {} : { approve }),
  });
}

async function fromFiles(context: Context, flags: AnyImportFlags, from: readonly string[]): Promise<number> {
  const report = await importFiles(
    context,
    {
      from,
      overwrite: flags.overwrite === true,
      ...(flags.platform === undefined ? {} : { platform: flags.platform }),
      ...(flags.out === undefined ? {} : { out: flags.out }),
    },
    importMarkdown,
  );
  if (flags.format === 'json') context.printJson(report);
  else context.print(renderFileImport(report, context.style));
  return report.diagnostics.some(({ severity }) => severity === 'error') ? exitCodeOf('spec') : EXIT_DONE;
}

function usage(message: string): Failure {
  return new Failure('usage', message, {
    code: 'IMPORT_SOURCE',
    hint: 'assistantctl import --from export.json reads files; --provider NAME --api-key-ref ID reads an account',
  });
}
