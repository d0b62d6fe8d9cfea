import type { Forge } from '../model/forge.ts';
import { shrinking } from './sticky.ts';

export interface WantedRequest {
  readonly branch: string;
  readonly target: string;
  readonly title: string;
  readonly render: (length: number) => string;
  readonly length: number;
}

export interface PutRequest {
  readonly outcome: 'created' | 'updated';
  readonly url: string;
  readonly change: number;
}

/** One open request from a branch: opened, or brought up to date where there is one. */
export async function putRequest(forge: Forge, wanted: WantedRequest): Promise<PutRequest> {
  const { branch, target, title } = wanted;
  const known = await forge.openChangeFrom(branch, target);
  const { number, url } = await shrinking(wanted, (body) =>
    known === undefined
      ? forge.addChange({ branch, target, title, body })
      : forge.editChange(known.number, { title, body }),
  );
  return { outcome: known === undefined ? 'created' : 'updated', url, change: number };
}
