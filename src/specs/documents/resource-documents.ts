import type { Address } from '../../model/address.ts';
import type { SpecCode } from '../../model/codes/spec-codes.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { type EnvironmentIdentity, environmentMatch, isPattern } from '../../model/environment-match.ts';
import { isArray, isObject, type Json, toPointer } from '../../model/json.ts';
import { suggestion } from '../problems/suggest.ts';
import type { SpecDocument, SpecFolder } from './documents.ts';
import { positionAt } from './source.ts';

/** Environment names in `only` and `environments`: rules of a document that hold whatever the environment. */
export function checkEnvironmentNames(
  folder: SpecFolder,
  environments: readonly EnvironmentIdentity[],
): readonly Diagnostic[] {
  const names = [...new Set(environments.flatMap(({ name, groups }) => [name, ...groups]))];
  const meant = (entry: string): readonly EnvironmentIdentity[] =>
    environments.filter((each) => environmentMatch(entry, each) !== undefined);
  const diagnostics: Diagnostic[] = [];
  const report = (
    { source, index, position, address }: Written,
    code: SpecCode,
    message: string,
    path: readonly string[],
    at: 'key' | 'value',
    hint?: string,
  ): void => {
    const located = folder.locate(source, index, path);
    const offset = at === 'key' ? located?.keyOffset : located?.start;
    diagnostics.push({
      severity: code === 'OVERLAY_UNUSED' ? 'warning' : 'error',
      code,
      message,
      position: offset === undefined ? position : positionAt(source, offset),
      ...(address === undefined ? {} : { address }),
      pointer: toPointer(path),
      ...(hint === undefined ? {} : { hint }),
    });
  };
  const unknown = (where: Written, name: string, path: readonly string[], at: 'key' | 'value'): void => {
    const message = isPattern(name)
      ? `no environment has a name like ${name}`
      : `the project has no environment or group ${name}`;
    report(where, 'ENVIRONMENT_UNKNOWN', message, path, at, suggestion(name, names));
  };
  const checkOnly = (where: Written, only: Json | undefined): void => {
    if (!isArray(only)) return;
    if (only.length === 0) {
      const message = 'only is an empty list, so this exists in no environment';
      report(where, 'ONLY_EMPTY', message, ['only'], 'value', 'remove it, or name an environment');
    }
    for (const [index, name] of only.entries()) {
      if (typeof name !== 'string' || meant(name).length > 0) continue;
      unknown(where, name, ['only', String(index)], 'value');
    }
  };
  for (const { raw } of folder.defaults) {
    checkOnly({ ...raw, position: positionAt(raw.source, raw.offset) }, raw.body.only);
  }
  for (const document of folder.documents) {
    const { body, inherited } = document;
    if (!inherited.has('only')) checkOnly(document, body.only);
    const only = isArray(body.only) ? body.only : undefined;
    for (const name of overlayNames(document)) {
      const path = ['environments', name];
      const targets = meant(name);
      if (targets.length === 0) unknown(document, name, path, 'key');
      // What one entry of a table leaves out, another may use.
      else if (
        document.each === undefined &&
        only !== undefined &&
        !targets.some((each) => isIn(only, each))
      ) {
        const message = `this overlay is never used: only leaves out ${name}`;
        report(document, 'OVERLAY_UNUSED', message, path, 'key');
      }
    }
  }
  return diagnostics;
}

/** A document or a file of defaults, as far as a problem names its place. */
type Written = Pick<SpecDocument, 'source' | 'index' | 'position'> & { readonly address?: Address };

function isIn(only: readonly Json[], environment: EnvironmentIdentity): boolean {
  return only.some(
    (entry) => typeof entry === 'string' && environmentMatch(entry, environment) !== undefined,
  );
}

function overlayNames({ body }: SpecDocument): readonly string[] {
  return isObject(body.environments) ? Object.keys(body.environments) : [];
}
