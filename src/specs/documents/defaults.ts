/** `defaults.yaml`: `only` and `lifecycle` for the documents below its folder. The nearest file wins, field by field. */
import { posix } from 'node:path';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { isObject, type JsonObject, toPointer } from '../../model/json.ts';
import { assistantDocument } from '../generated/validators.ts';
import { schemaFindings } from '../problems/schema-errors.ts';
import { suggestion } from '../problems/suggest.ts';
import type { RawDocument } from './read-file.ts';
import { type Locate, positionAt } from './source.ts';

export interface FolderDefaults {
  /** Relative to the project; empty for the project itself. */
  readonly folder: string;
  readonly raw: RawDocument;
}

const FIELDS = ['only', 'lifecycle'] as const;

/** True for a document that gives defaults: the file has the name, and the document says no kind. */
export function isDefaults({ source, body }: RawDocument): boolean {
  return /^defaults\.ya?ml$/.test(posix.basename(source.file)) && body.kind === undefined;
}

export function defaultsOf(raw: RawDocument): FolderDefaults {
  const folder = posix.dirname(raw.source.file);
  return { folder: folder === '.' ? '' : folder, raw };
}

/** What is wrong with a defaults file, for every document below its folder. */
export function checkDefaults({ raw }: FolderDefaults, locate: Locate): readonly Diagnostic[] {
  const { body, source, index } = raw;
  const known: readonly string[] = FIELDS;
  const diagnose = (
    path: readonly string[],
    at: 'key' | 'value',
    rest: Pick<Diagnostic, 'code' | 'message' | 'hint'>,
  ): Diagnostic => {
    const located = locate(source, index, path);
    const offset = (at === 'key' ? located?.keyOffset : located?.start) ?? raw.offset;
    return { severity: 'error', ...rest, position: positionAt(source, offset), pointer: toPointer(path) };
  };
  const foreign = Object.keys(body)
    .filter((name) => !known.includes(name))
    .map((name) => {
      const message = `${name} cannot have a default; a defaults.yaml gives only and lifecycle`;
      const hint = suggestion(name, known);
      return diagnose([name], 'key', {
        code: 'DEFAULTS_FORM',
        message,
        ...(hint === undefined ? {} : { hint }),
      });
    });
  const { moved_from: moved } = isObject(body.lifecycle) ? body.lifecycle : {};
  const moving =
    moved === undefined
      ? []
      : [
          diagnose(['lifecycle', 'moved_from'], 'key', {
            code: 'DEFAULTS_FORM',
            message: 'moved_from belongs to one document and cannot have a default',
          }),
        ];
  const document = { kind: 'assistant', key: 'a', spec: {}, only: body.only, lifecycle: body.lifecycle };
  const given = Object.fromEntries(Object.entries(document).filter(([, value]) => value !== undefined));
  const errors = assistantDocument(given) ? [] : (assistantDocument.errors ?? []);
  const ours = errors.filter(({ instancePath }) => /^\/(only|lifecycle)(\/|$)/.test(instancePath));
  const wrong = schemaFindings(ours, body, () => []).map(({ code, message, pointer, at, hint }) =>
    diagnose(pointer.split('/').slice(1), at ?? 'value', {
      code,
      message,
      ...(hint === undefined ? {} : { hint }),
    }),
  );
  return [...foreign, ...moving, ...wrong];
}

/** A document's body with what its folders give it, and which fields those are. */
export function withDefaults(
  body: JsonObject,
  file: string,
  defaults: readonly FolderDefaults[],
): { readonly body: JsonObject; readonly inherited: ReadonlySet<string> } {
  const above = defaults
    .filter(({ folder }) => folder === '' || file.startsWith(`${folder}/`))
    .sort((a, b) => a.folder.length - b.folder.length);
  if (above.length === 0) return { body, inherited: new Set() };
  const inherited = new Set<string>();
  const only = body.only ?? above.findLast(({ raw }) => raw.body.only !== undefined)?.raw.body.only;
  if (only !== undefined && body.only === undefined) inherited.add('only');
  const lifecycles = above.flatMap(({ raw }) => (isObject(raw.body.lifecycle) ? [raw.body.lifecycle] : []));
  const own = isObject(body.lifecycle) ? body.lifecycle : {};
  const lifecycle = Object.assign({}, ...lifecycles, own);
  for (const name of Object.keys(lifecycle))
    if (!Object.hasOwn(own, name)) inherited.add(`lifecycle/${name}`);
  return {
    body: {
      ...body,
      ...(only === undefined ? {} : { only }),
      ...(lifecycles.length === 0 || (body.lifecycle !== undefined && !isObject(body.lifecycle))
        ? {}
        : { lifecycle }),
    },
    inherited,
  };
}
