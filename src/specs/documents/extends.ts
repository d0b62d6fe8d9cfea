import { KEY_PATTERN, parseAddress } from '../../model/address.ts';
import type { Finding } from '../problems/problem.ts';
import { nearest } from '../problems/suggest.ts';
import type { SpecDocument, SpecFolder } from './documents.ts';
import type { ChainProblem } from './layers.ts';

/**
 * What is wrong with the bases of a document. Undefined when it is reported elsewhere: for a base further down
 * the chain, or for a base whose document cannot be read.
 */
export function chainFinding(
  problem: ChainProblem,
  document: SpecDocument,
  folder: SpecFolder,
): Finding | undefined {
  const at = { severity: 'error', pointer: '/extends' } as const;
  if (problem.type === 'cycle') {
    const way = problem.addresses.join(' → ');
    const message = `the documents extend each other: ${way}`;
    return { ...at, code: 'EXTENDS_CYCLE', message, hint: 'take one extends out of the circle' };
  }
  if (problem.from !== document) return undefined;
  const { target } = problem;
  if (problem.type === 'kind') {
    const message = `${target} is no ${document.kind}; a document extends one of its own kind`;
    return { ...at, code: 'EXTENDS_KIND', message, hint: `write extends: ${document.kind}/…` };
  }
  const parsed = parseAddress(target);
  if (parsed === undefined) {
    const bare = KEY_PATTERN.test(target) ? target : 'some-key';
    const message = `${target} is no address`;
    return { ...at, code: 'EXTENDS_DANGLING', message, hint: `write extends: ${document.kind}/${bare}` };
  }
  if (folder.broken.has(parsed.key)) return undefined;
  const keys = folder.documents.filter(({ kind }) => kind === document.kind).map(({ key }) => key);
  const near = nearest(
    parsed.key,
    keys.filter((key) => key !== document.key),
  );
  return {
    ...at,
    code: 'EXTENDS_DANGLING',
    message: `${target} does not exist`,
    ...(near === undefined ? {} : { hint: `did you mean ${document.kind}/${near}?` }),
  };
}
