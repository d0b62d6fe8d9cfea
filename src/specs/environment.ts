import type { Address } from '../model/address.ts';
import type { DesiredResource, Lifecycle } from '../model/desired.ts';
import type { Diagnostic, Position } from '../model/diagnostic.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import { fromPointer, isArray, isObject, type JsonObject } from '../model/json.ts';
import { KINDS } from '../model/kinds.ts';
import { checkDocument } from './check-document.ts';
import type { SpecDocument, SpecFolder } from './documents.ts';
import type { Include } from './include.ts';
import { mergePatch } from './overlay.ts';
import type { Finding } from './problem.ts';
import { type Resolved, resolveSpec } from './resolve.ts';
import { checkRules } from './rules/rules.ts';
import { type Locate, positionAt } from './source.ts';

export interface ResolveOptions {
  readonly environments: readonly string[];
  readonly unknownFields: 'error' | 'allow';
  readonly include: Include;
}

/** One environment of the folder, resolved and checked. */
export interface ResolvedEnvironment {
  readonly resources: ReadonlyMap<Address, DesiredResource>;
  readonly documents: ReadonlyMap<Address, SpecDocument>;
  readonly elsewhere: ReadonlySet<Address>;
  readonly diagnostics: readonly Diagnostic[];
}

interface Checked {
  readonly resource: DesiredResource;
  readonly findings: readonly Finding[];
}

export type ResolveEnvironment = (
  name: string,
  variables: { readonly [name: string]: string },
) => ResolvedEnvironment;

/**
 * Prepares a folder for being resolved for one environment or several. Documents that come out the same
 * everywhere (no overlay, no variable) are resolved and checked once.
 */
export function createResolver(folder: SpecFolder, options: ResolveOptions): ResolveEnvironment {
  const constant = new Map<SpecDocument, Checked>();
  return (name, variables) => {
    const diagnostics: Diagnostic[] = [];
    const resources = new Map<Address, DesiredResource>();
    const documents = new Map<Address, SpecDocument>();
    const elsewhere = new Set<Address>();
    const report = (document: SpecDocument, findings: readonly Finding[]): void => {
      for (const finding of findings) diagnostics.push(toDiagnostic(finding, document, name, folder.locate));
    };
    for (const document of folder.documents) {
      const { body, address } = document;
      if (isArray(body.only) && !body.only.includes(name)) {
        elsewhere.add(address);
        continue;
      }
      if (resources.has(address)) continue;
      let checked = constant.get(document);
      if (checked === undefined) {
        const made = checkOne(document, name, variables, options);
        checked = made.checked;
        if (made.constant) constant.set(document, checked);
      }
      report(document, checked.findings);
      resources.set(address, checked.resource);
      documents.set(address, document);
    }
    for (const address of resources.keys()) elsewhere.delete(address);
    for (const [address, finding] of checkRules({ resources, elsewhere, broken: folder.broken })) {
      const document = documents.get(address);
      if (document !== undefined) report(document, [finding]);
    }
    return { resources, documents, elsewhere, diagnostics };
  };
}

function checkOne(
  document: SpecDocument,
  environment: string,
  variables: { readonly [name: string]: string },
  options: ResolveOptions,
): { readonly checked: Checked; readonly constant: boolean } {
  const { body, kind, key, address, position } = document;
  const written = isObject(body.spec) ? body.spec : undefined;
  const overlay = overlayOf(body, environment);
  const patched = overlay === undefined ? (written ?? {}) : mergePatch(written ?? {}, overlay);
  const context = { file: document.source.file, variables, include: options.include };
  const resolved = resolveSpec(patched, SHAPES[kind], context);
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
    position,
  };
  const findings = [...resolved.findings, ...checkResolved(document, written, resolved, options)];
  return { checked: { resource, findings }, constant: !resolved.variable && !hasOverlays(body) };
}

/** Schema findings, without those about values that resolving already complained about. */
function checkResolved(
  document: SpecDocument,
  written: JsonObject | undefined,
  resolved: Resolved,
  options: ResolveOptions,
): readonly Finding[] {
  const body = written === undefined ? document.body : { ...document.body, spec: resolved.spec };
  const findings = checkDocument(document.kind, body, options);
  const told = resolved.findings.map(({ pointer }) => pointer);
  return findings.filter(({ pointer }) => !told.some((at) => pointer === at || pointer.startsWith(`${at}/`)));
}

function overlayOf(body: JsonObject, environment: string): JsonObject | undefined {
  const overlays = body.environments;
  if (!isObject(overlays) || !Object.hasOwn(overlays, environment)) return undefined;
  const overlay = overlays[environment];
  return isObject(overlay) ? overlay : undefined;
}

function hasOverlays(body: JsonObject): boolean {
  return isObject(body.environments) && Object.keys(body.environments).length > 0;
}

function lifecycleOf({ body, kind }: SpecDocument): Lifecycle {
  const lifecycle = isObject(body.lifecycle) ? body.lifecycle : {};
  const ignored = lifecycle.ignore_changes;
  const moved = lifecycle.moved_from;
  return {
    preventDestroy: lifecycle.prevent_destroy === true,
    ignoreChanges: isArray(ignored) ? ignored.filter((pointer) => typeof pointer === 'string') : [],
    movedFrom: typeof moved === 'string' ? `${kind}/${moved}` : undefined,
  };
}

function toDiagnostic(
  finding: Finding,
  document: SpecDocument,
  environment: string,
  locate: Locate,
): Diagnostic {
  const { at, excerpt, included, ...rest } = finding;
  const position = included ?? locateIn(document, environment, finding.pointer, locate, { at, excerpt });
  return { ...rest, position, address: document.address };
}

/**
 * Where a pointer into a document was written. What the environment's overlay wrote is found there, the rest in
 * the document itself; the closest ancestor stands in for what was not written at all.
 */
export function locateIn(
  document: SpecDocument,
  environment: string,
  pointer: string,
  locate: Locate,
  aim: { readonly at?: 'key' | 'value' | undefined; readonly excerpt?: string | undefined } = {},
): Position {
  const { source, index } = document;
  const path = fromPointer(pointer);
  let located = locate(source, index, path);
  if (path[0] === 'spec' && overlayOf(document.body, environment) !== undefined) {
    const inOverlay = ['environments', environment, ...path.slice(1)];
    const overlay = locate(source, index, inOverlay);
    const whole = overlay?.depth === inOverlay.length;
    const replaced = overlay !== undefined && !overlay.mapping && overlay.depth > 2;
    const deeper = (overlay?.depth ?? 0) - 1 > (located?.depth ?? 0);
    if (whole || replaced || deeper) located = overlay;
  }
  if (located === undefined) return document.position;
  let offset = aim.at === 'key' ? located.keyOffset : located.start;
  if (aim.excerpt !== undefined) {
    const found = source.text.indexOf(aim.excerpt, located.start);
    if (found >= 0 && found < located.end) offset = found;
  }
  if (offset === located.start && located.depth === 0) return document.position;
  return positionAt(source, offset);
}
