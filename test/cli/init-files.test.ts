import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { projectSlug, withIgnored } from '../../src/operations/init/init-files.ts';

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
