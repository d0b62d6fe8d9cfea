import { expect, test } from 'vitest';
import { createLocate, makeSource } from '../../src/specs/documents/source.ts';
import { parseYaml } from '../../src/specs/yaml/yaml-parse.ts';

test('what is wrong in two hundred environments does not parse a file two hundred times', () => {
  let parsed = 0;
  const locate = createLocate((text) => {
    parsed += 1;
    return parseYaml(text).documents;
  });
  const files = Array.from({ length: 50 }, (_, index) =>
    makeSource(`assistants/${index}.yaml`, `kind: assistant\nspec:\n  greeting: Hello ${index}\n`),
  );
  const places = Array.from({ length: 200 }, () =>
    files.map((file) => locate(file, 0, ['spec', 'greeting'])?.start),
  );
  expect(parsed).toBe(50);
  expect(new Set(places.flat())).toEqual(new Set([34]));
  expect(locate(files[0] ?? makeSource('', ''), 0, ['spec', 'nothing'])?.depth).toBe(1);
});
