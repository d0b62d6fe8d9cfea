import { ApiError } from '../../model/errors.ts';
import type { Inventory, RemoteAccount } from '../../model/remote.ts';
import type { SideApi } from '../../model/side-api.ts';

/** Which of the things that specs only name are to be looked up. */
export interface InventoryNeeds {
  readonly secrets: boolean;
  readonly buckets: boolean;
}

/**
 * What exists of the things that specs only name. They are looked up for a warning, so that an API that refuses or
 * fails costs the answer and nothing else; an interruption still ends everything.
 */
export async function takeInventory(
  api: Pick<SideApi, 'secretIdentifiers' | 'bucketNames'>,
  needs: InventoryNeeds,
): Promise<Pick<RemoteAccount, 'secrets' | 'buckets'>> {
  const [secrets, buckets] = await Promise.all([
    needs.secrets ? inventory(api.secretIdentifiers()) : undefined,
    needs.buckets ? inventory(api.bucketNames()) : undefined,
  ]);
  return { ...(secrets === undefined ? {} : { secrets }), ...(buckets === undefined ? {} : { buckets }) };
}

async function inventory(reading: Promise<readonly string[]>): Promise<Inventory> {
  try {
    return { known: new Set(await reading) };
  } catch (error) {
    if (!(error instanceof ApiError) || error.kind === 'interrupted') throw error;
    return { unavailable: error.message };
  }
}
