import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { anchorsOf, linksOf, PAGES, ROOT } from './markdown.ts';

describe.each(PAGES)('%s', (page) => {
  test('links lead somewhere', () => {
    const broken = linksOf(page).filter((link) => {
      const target = link.path === '' ? page : normalize(join(dirname(page), link.path));
      if (!existsSync(join(ROOT, target))) return true;
      return link.anchor !== undefined && !anchorsOf(target).has(link.anchor);
    });
    expect(broken).toEqual([]);
  });
});
