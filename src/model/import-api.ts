import type { RemoteResource } from './remote.ts';

/** Platforms that the API imports assistants from; source: the public OpenAPI document. */
export const IMPORT_PROVIDERS = ['elevenlabs', 'vapi', 'retell'] as const;

export type ImportProvider = (typeof IMPORT_PROVIDERS)[number];

/** The part of the API that copies assistants from other platforms. */
export interface ImportApi {
  /**
   * Copies all assistants of the other platform, or those named by its ids, and answers what became of them. One
   * that was imported before is overwritten. Rejects with `ApiError`.
   */
  importAssistants(
    provider: ImportProvider,
    apiKeyRef: string,
    ids: readonly string[] | undefined,
    idempotencyKey: string,
  ): Promise<readonly RemoteResource[]>;
}
