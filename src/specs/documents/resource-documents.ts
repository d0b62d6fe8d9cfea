import type { Diagnostic } from '../../model/diagnostic.ts';
import { isArray, isObject, toPointer } from '../../model/json.ts';
import type { SpecCode } from '../problems/codes.ts';
import { suggestion } from '../problems/suggest.ts';
import type { SpecDocument, SpecFolder } from './documents.ts';
import { positionAt } from './source.ts';

/** Environment names in `only` and `environments`: rules of a document that hold whatever the environment. */
export function checkEnvelopes(folder: SpecFolder, environments: readonly string[]): readonly Diagnostic[] {
  const known = new Set(environments);
  const diagnostics: Diagnostic[] = [];
  for (const document of folder.documents) {
    const { body } = document;
    const report = (
      code: SpecCode,
      message: string,
      path: readonly string[],
      at: 'key' | 'value',
      hint?: string,
    ) => {
      const located = folder.locate(document.source, document.index, path);
      const offset = at === 'key' ? located?.keyOffset : located?.start;
      diagnostics.push({
        severity: code === 'OVERLAY_UNUSED' ? 'warning' : 'error',
        code,
        message,
        position: offset === undefined ? document.position : positionAt(document.source, offset),
        address: document.address,
        pointer: toPointer(path),
        ...(hint === undefined ? {} : { hint }),
      });
    };
    const unknown = (name: string, path: readonly string[], at: 'key' | 'value'): void => {
      const message = `the project has no environment ${name}`;
      report('ENVIRONMENT_UNKNOWN', message, path, at, suggestion(name, environments));
    };
    const only = isArray(body.only) ? body.only : undefined;
    only?.forEach((name, index) => {
      if (typeof name === 'string' && !known.has(name)) unknown(name, ['only', String(index)], 'value');
    });
    for (const name of overlayNames(document)) {
      const path = ['environments', name];
      if (!known.has(name)) unknown(name, path, 'key');
      else if (only !== undefined && !only.includes(name)) {
        const message = `this overlay is never used: only leaves out the environment ${name}`;
        report('OVERLAY_UNUSED', message, path, 'key');
      }
    }
  }
  return diagnostics;
}

function overlayNames({ body }: SpecDocument): readonly string[] {
  return isObject(body.environments) ? Object.keys(body.environments) : [];
}
