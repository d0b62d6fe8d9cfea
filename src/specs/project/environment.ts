import type { Address } from '../../model/address.ts';
import type { DesiredResource, Lifecycle } from '../../model/desired.ts';
import type { Diagnostic, Position } from '../../model/diagnostic.ts';
import { SHAPES } from '../../model/generated/shapes.ts';
import { isArray, isObject } from '../../model/json.ts';
import { KINDS } from '../../model/kinds.ts';
import type { Environment } from '../../model/project.ts';
import { checkDocument } from '../documents/check-document.ts';
import type { ReadData } from '../documents/data-files.ts';
import type { SpecDocument, SpecFolder } from '../documents/documents.ts';
import { chainFinding } from '../documents/extends.ts';
import type { Include } from '../documents/include.ts';
import { inlineData, namesData } from '../documents/inline-data.ts';
import {
  type Chain,
  chainOf,
  hasOverlays,
  type Layer,
  layersOf,
  mergeLayers,
  sourceOf,
  writtenAt,
} from '../documents/layers.ts';
import { locateIn } from '../documents/locate.ts';
import { numberDiagnostics } from '../documents/numbers.ts';
import { type Resolved, resolveSpec, type TextPart, type ValueOrigin } from '../documents/resolve.ts';
import type { Locate } from '../documents/source.ts';
import { type LineIndex, lineIndex } from '../problems/line-index.ts';
import type { Finding } from '../problems/problem.ts';
import { checkRules, resourceFindings } from '../rules/rules.ts';
import { isElsewhere, type ProjectEnvironment, sharedIds } from './where-documents-exist.ts';

export interface ResolveOptions {
  readonly environments: readonly ProjectEnvironment[];
  readonly unknownFields: 'error' | 'allow';
  readonly include: Include;
  readonly data: ReadData;
  /** Names of the project file's hooks. */
  readonly hooks?: readonly string[];
}

/** One environment of the folder, resolved and checked. */
export interface ResolvedEnvironment {
  readonly resources: ReadonlyMap<Address, DesiredResource>;
  readonly documents: ReadonlyMap<Address, SpecDocument>;
  readonly elsewhere: ReadonlySet<Address>;
  /** Every document of the environment's resources with what it is merged from, the lowest layer first. */
  readonly layers: ReadonlyMap<Address, readonly Layer[]>;
  readonly diagnostics: readonly Diagnostic[];
}

interface Checked {
  readonly resource: DesiredResource;
  readonly findings: readonly Finding[];
  readonly texts: Resolved['texts'];
}

export type ResolveEnvironment = (
  environment: Pick<Environment, 'name' | 'groups' | 'variables'>,
) => ResolvedEnvironment;

/**
 * Prepares a folder for being resolved for one environment or several. Documents that come out the same
 * everywhere (no overlay, no variable) are resolved and checked once.
 */
export function createResolver(folder: SpecFolder, options: ResolveOptions): ResolveEnvironment {
  const constant = new Map<SpecDocument, Checked>();
  const known = new Map([...folder.documents].reverse().map((document) => [document.address, document]));
  const chains = new Map(folder.documents.map((document) => [document, chainOf(document, known)]));
  return (environment) => {
    const { variables } = environment;
    const diagnostics: Diagnostic[] = [];
    const resources = new Map<Address, DesiredResource>();
    const documents = new Map<Address, SpecDocument>();
    const layers = new Map<Address, readonly Layer[]>();
    const elsewhere = new Set<Address>();
    const abstract = new Set<Address>();
    const texts = new Map<SpecDocument, Resolved['texts']>();
    const twins: Twin[] = [];
    const report = (
      document: SpecDocument,
      findings: readonly Finding[],
      from: readonly Layer[] = layers.get(document.address) ?? [],
    ): void => {
      for (const finding of findings) {
        if (isInheritedRemark(finding, document)) continue;
        const included = finding.included ?? inText(finding, texts.get(document));
        const placed = included === undefined ? finding : { ...finding, included };
        diagnostics.push(toDiagnostic(placed, document, from, folder.locate));
      }
    };
    for (const document of folder.documents) {
      const { body, address } = document;
      if (isArray(body.only) && isElsewhere(body.only, environment, options.environments)) {
        elsewhere.add(address);
        continue;
      }
      const isTwin = resources.has(address) || abstract.has(address);
      if (isTwin && document.each !== undefined) continue;
      const chain = chains.get(document) ?? { documents: [document] };
      const inlined = layersOf(chain, environment).map((layer) => {
        return withData(layer, document, environment.variables, options);
      });
      const from = inlined.map(({ layer }) => layer);
      if (!isTwin) layers.set(address, from);
      diagnostics.push(...numberDiagnostics(document.kind, from, folder.locate));
      let checked = constant.get(document);
      if (checked === undefined) {
        const made = checkOne(document, chain, from, variables, options);
        checked = made.checked;
        const named = inlined.some((each) => each.variable);
        if (made.constant && !named) constant.set(document, checked);
      }
      texts.set(document, checked.texts);
      const broken = chain.problem && chainFinding(chain.problem, document, folder);
      report(document, [...(broken ? [broken] : []), ...checked.findings], from);
      if (isTwin) {
        twins.push({ document, from, resource: checked.resource });
        continue;
      }
      if (body.abstract === true) {
        abstract.add(address);
        continue;
      }
      resources.set(address, checked.resource);
      documents.set(address, document);
    }
    for (const address of resources.keys()) elsewhere.delete(address);
    const world = {
      resources,
      elsewhere,
      abstract,
      broken: folder.broken,
      unknownFields: options.unknownFields,
      ...(options.hooks === undefined ? {} : { hooks: options.hooks }),
    };
    for (const [address, finding] of checkRules(world)) {
      const document = documents.get(address);
      if (document !== undefined) report(document, [finding]);
    }
    for (const { document, from, resource } of twins) {
      report(document, resourceFindings(resource, world), from);
    }
    return { resources, documents, elsewhere, layers, diagnostics };
  };
}

/** A document under an address that an earlier one has: an error already, and all else of it is told with that. */
interface Twin {
  readonly document: SpecDocument;
  readonly from: readonly Layer[];
  readonly resource: DesiredResource;
}

function checkOne(
  document: SpecDocument,
  chain: Chain,
  layers: readonly Layer[],
  variables: { readonly [name: string]: string },
  options: ResolveOptions,
): { readonly checked: Checked; readonly constant: boolean } {
  const { body, kind, key, address, position } = document;
  const originAt = (path: readonly string[]): ValueOrigin => {
    const written = writtenAt(layers, path);
    const each = entryOf(written?.layer.document ?? document, document);
    const source = written === undefined ? document.source : sourceOf(written.layer, written.path).source;
    return { file: source.file, each };
  };
  const context = { originAt, variables, include: options.include, data: options.data };
  const resolved = resolveSpec(mergeLayers(layers), SHAPES[kind], context);
  const name = resolved.spec[KINDS[kind].nameField];
  const resource: DesiredResource = {
    address,
    kind,
    key,
    name: typeof name === 'string' ? name : key,
    spec: resolved.spec,
    references: resolved.references,
    lifecycle: lifecycleOf(document),
    promotion: isObject(body.promotion) ? body.promotion : undefined,
    ...(isArray(body.only) && { only: body.only }),
    position,
  };
  const findings = [
    ...resolved.findings,
    ...checkResolved(document, chain, resolved, options),
    ...sharedIds(resolved.literalIds, document, layers, options.environments),
  ];
  const overlays = chain.documents.some((each) => hasOverlays(each.body));
  return {
    checked: { resource, findings, texts: resolved.texts },
    constant: !resolved.variable && !overlays,
  };
}

/** What `${each.…}` means in a text: the entry of the document that wrote it, otherwise of the one that extends it. */
function entryOf(writer: SpecDocument, document: SpecDocument): ValueOrigin['each'] {
  return writer.each ?? document.each ?? (document.body.abstract === true ? 'open' : undefined);
}

interface WithData {
  readonly layer: Layer;
  readonly variable: boolean;
}

/** A layer with the JSON and YAML files that it includes. */
function withData(
  layer: Layer,
  document: SpecDocument,
  variables: Environment['variables'],
  { data: read }: ResolveOptions,
): WithData {
  const writer = layer.document;
  if (!namesData(writer)) return { layer, variable: false };
  const each = entryOf(writer, document);
  const scope = { variables, ...(each === undefined ? {} : { each }) };
  const { value, mounts, variable } = inlineData(layer.value, SHAPES[document.kind], {
    file: writer.source.file,
    scope,
    read,
  });
  return { layer: { ...layer, value, mounts }, variable };
}

/** Where in a text file the excerpt of a finding stands. */
function inText({ excerpt, pointer }: Finding, texts: Resolved['texts'] | undefined): Position | undefined {
  if (excerpt === undefined) return undefined;
  for (const part of texts?.get(pointer) ?? []) {
    const offset = part.text.indexOf(excerpt);
    if (offset >= 0) return { file: part.file, ...linesOf(part)(offset) };
  }
  return undefined;
}

const LINES = new WeakMap<TextPart, LineIndex>();

/** A long prompt may have many findings. */
function linesOf(part: TextPart): LineIndex {
  const known = LINES.get(part);
  if (known !== undefined) return known;
  const made = lineIndex(part.text);
  LINES.set(part, made);
  return made;
}

/** What a folder gives to all its documents may fit some of them alone. */
function isInheritedRemark({ code }: Finding, { inherited }: SpecDocument): boolean {
  return code === 'IGNORE_NOTHING' && inherited.has('lifecycle/ignore_changes');
}

/** Schema findings, without those about values that resolving already complained about. */
function checkResolved(
  document: SpecDocument,
  chain: Chain,
  resolved: Resolved,
  options: ResolveOptions,
): readonly Finding[] {
  const inherits = document.body.extends !== undefined;
  const hasSpec = isObject(document.body.spec) || (document.body.spec === undefined && inherits);
  const body = hasSpec ? { ...document.body, spec: resolved.spec } : document.body;
  // A field that a base lacks is reported for the documents that extend it; a broken chain is reported once, before.
  const partial = document.body.abstract === true || chain.problem !== undefined;
  const findings = checkDocument(document.kind, body, options).filter(
    ({ code, pointer }) => !partial || code !== 'FIELD_MISSING' || !pointer.startsWith('/spec'),
  );
  const told = resolved.findings.map(({ pointer }) => pointer);
  if (chain.problem !== undefined) told.push('/extends');
  return findings.filter(({ code, pointer }) => {
    const isTold = (at: string) =>
      pointer.startsWith(`${at}/`) || (pointer === at && code !== 'FIELD_UNKNOWN');
    return !told.some(isTold);
  });
}

function lifecycleOf({ body, kind }: SpecDocument): Lifecycle {
  const lifecycle = isObject(body.lifecycle) ? body.lifecycle : {};
  const ignored = lifecycle.ignore_changes;
  const moved = lifecycle.moved_from;
  return {
    preventDestroy: lifecycle.prevent_destroy === true,
    ignoreChanges: isArray(ignored) ? ignored.filter((pointer) => typeof pointer === 'string') : [],
    movedFrom: [moved].flat().flatMap((key) => (typeof key === 'string' ? [`${kind}/${key}` as const] : [])),
  };
}

function toDiagnostic(
  finding: Finding,
  document: SpecDocument,
  layers: readonly Layer[],
  locate: Locate,
): Diagnostic {
  const { at, excerpt, included, ...rest } = finding;
  const position = included ?? locateIn(document, layers, finding.pointer, locate, { at, excerpt });
  return { ...rest, position, address: document.address };
}
