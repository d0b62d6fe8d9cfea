import type { Diagnostic } from '../../model/diagnostic.ts';
import { type EnvironmentIdentity, environmentMatch, isPattern } from '../../model/environment-match.ts';
import { isArray, isObject, type Json, toPointer } from '../../model/json.ts';
import type { SpecCode } from '../problems/codes.ts';
import { suggestion } from '../problems/suggest.ts';
import type { SpecDocument, SpecFolder } from './documents.ts';
import { positionAt } from './source.ts';

/** Environment names in `only` and `environments`: rules of a document that hold whatever the environment. */
export function checkEnvelopes(
  folder: SpecFolder,
  environments: readonly EnvironmentIdentity[],
): readonly Diagnostic[] {
  const names = [...new Set(environments.flatMap(({ name, groups }) => [name, ...groups]))];
  const meant = (entry: string): readonly EnvironmentIdentity[] =>
    environments.filter((each) => environmentMatch(entry, each) !== undefined);
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
      const message = isPattern(name)
        ? `no environment has a name like ${name}`
        : `the project has no environment or group ${name}`;
      report('ENVIRONMENT_UNKNOWN', message, path, at, suggestion(name, names));
    };
    const only = isArray(body.only) ? body.only : undefined;
    only?.forEach((name, index) => {
      if (typeof name === 'string' && meant(name).length === 0)
        unknown(name, ['only', String(index)], 'value');
    });
    for (const name of overlayNames(document)) {
      const path = ['environments', name];
      const targets = meant(name);
      if (targets.length === 0) unknown(name, path, 'key');
      else if (only !== undefined && !targets.some((each) => isIn(only, each))) {
        const message = `this overlay is never used: only leaves out ${name}`;
        report('OVERLAY_UNUSED', message, path, 'key');
      }
    }
  }
  return diagnostics;
}

function isIn(only: readonly Json[], environment: EnvironmentIdentity): boolean {
  return only.some(
    (entry) => typeof entry === 'string' && environmentMatch(entry, environment) !== undefined,
  );
}

function overlayNames({ body }: SpecDocument): readonly string[] {
  return isObject(body.environments) ? Object.keys(body.environments) : [];
}
