import { describe, expect, it } from 'vitest';
import type { RemoteResource } from '../../src/model/remote.ts';
import { prunable, usesOf } from '../../src/release/versions.ts';

const NO_USES = { main: 'v-main', binding: undefined, canary: undefined };

function version(versionId: string, versionName: string): RemoteResource {
  return {
    kind: 'assistant',
    id: 'assistant-1',
    name: 'Desk',
    config: {},
    versionId,
    versionName,
    createdAt: undefined,
  };
}

describe('a version whose name begins like that of a preview', () => {
  for (const name of ['preview: greeting', 'preview:greeting', 'The preview: a new greeting', 'preview']) {
    it(`can be pruned when a person named it: "${name}"`, () => {
      expect(usesOf(version('v-1', name), NO_USES)).toEqual([]);
      expect(prunable([version('v-1', name)], 0, NO_USES).map(({ versionId }) => versionId)).toEqual(['v-1']);
    });
  }

  for (const name of [
    '983261c preview:pr-42 0123abcd',
    'nogit preview:pr-42 0123abcd',
    'preview:x 0123abcd',
  ]) {
    it(`stays when a preview staged it: "${name}"`, () => {
      expect(usesOf(version('v-1', name), NO_USES)).toEqual(['preview']);
      expect(prunable([version('v-1', name)], 0, NO_USES)).toEqual([]);
    });
  }
});
