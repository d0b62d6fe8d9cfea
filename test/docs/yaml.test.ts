import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { projectFile } from '../../src/specs/generated/validators.ts';
import { blocksOf, PAGES } from './markdown.ts';
import { type SampleProject, sampleProject } from './project.ts';

const blocks = PAGES.flatMap(blocksOf).filter((block) => block.language === 'yaml');

describe('YAML in the docs', () => {
  let project: SampleProject;
  beforeAll(async () => {
    project = await sampleProject('http://127.0.0.1:9/v2');
    // Pages speak of samples that were let out of the embedded API.
    await project.shell(
      "find assistants -name '*.yaml' -exec sed -i.bak '/^only: .local./d' {} + && find . -name '*.bak' -delete",
    );
  });
  afterAll(() => project?.remove());

  test('spec documents are valid beside the samples', async () => {
    const documents = blocks.filter((block) => /^kind: /m.test(block.text));
    expect(documents.length).toBeGreaterThan(4);
    await mkdir(join(project.folder, 'assistants', 'from-docs'));
    for (const block of documents) {
      const file = `${block.page.replace(/\W/g, '-')}-${block.line}.yaml`;
      await writeFile(join(project.folder, 'assistants', 'from-docs', file), `${block.text}\n`);
    }
    const result = await project.shell('assistantctl validate');
    expect(result, result.stdout + result.stderr).toMatchObject({ code: 0 });
  });

  test('project files are valid', () => {
    const files = blocks.filter((block) => /^project: /m.test(block.text));
    expect(files.length).toBeGreaterThan(0);
    for (const block of files) {
      const valid = projectFile(parse(block.text));
      expect(valid ? [] : projectFile.errors, `${block.page}:${block.line}`).toEqual([]);
    }
  });

  test('everything else is at least YAML', () => {
    for (const block of blocks) expect(() => parse(block.text), `${block.page}:${block.line}`).not.toThrow();
  });
});
