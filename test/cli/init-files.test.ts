import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillPipeline, projectSlug, withIgnored } from '../../src/operations/init/init-files.ts';

describe('.gitignore', () => {
  it.each([
    ['', '.assistantctl/\n*.plan.json\n'],
    ['node_modules/\n', 'node_modules/\n.assistantctl/\n*.plan.json\n'],
    ['node_modules/', 'node_modules/\n.assistantctl/\n*.plan.json\n'],
    ['/.assistantctl\r\ndist\r\n', '/.assistantctl\r\ndist\r\n*.plan.json\n'],
    ['*.plan.json\n.assistantctl\n', '*.plan.json\n.assistantctl\n'],
  ])('%j → %j', (before, after) => {
    expect(withIgnored(before)).toBe(after);
    expect(withIgnored(after)).toBe(after);
  });
});

describe('project name', () => {
  it('comes from the folder', () => {
    expect(projectSlug('My Voice_Bots!')).toBe('my-voice-bots');
    expect(projectSlug('日本')).toBe('assistants');
  });

  it('is always a valid one', () => {
    fc.assert(fc.property(fc.string(), (folder) => /^[a-z0-9-]{1,40}$/.test(projectSlug(folder))));
  });
});

describe('pipeline', () => {
  it('gets the names of the project and keeps everything else', () => {
    const text =
      'env:\n  ENVIRONMENT: production\n  ASSISTANTCTL_VERSION: 0.0.1\n  KEY: ${{ secrets.TELNYX_API_KEY }}\n';
    const names = { environment: 'live$&', keyVariable: 'KEY_LIVE', version: '1.2.3' };
    expect(fillPipeline(text, names)).toBe(
      'env:\n  ENVIRONMENT: live$&\n  ASSISTANTCTL_VERSION: "1.2.3"\n  KEY: ${{ secrets.KEY_LIVE }}\n',
    );
  });
});
