import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brokenText } from '../../src/model/broken-text.ts';
import { closest } from '../../src/model/closest.ts';
import { compareNaturally } from '../../src/model/natural-order.ts';
import { escapePlaceholders } from '../../src/model/placeholders.ts';
import {
  copyName,
  isPreviewId,
  namesCandidate,
  previewOfCopy,
  previewOfVersion,
  previewPrefix,
} from '../../src/model/preview.ts';
import { privatePart } from '../../src/model/private-path.ts';
import { shortTime } from '../../src/model/short-time.ts';
import { interpolate } from '../../src/specs/documents/variables.ts';

describe('the natural order', () => {
  it('counts runs of digits as numbers', () => {
    const names = ['desk-10', 'desk-2', 'Desk-1', 'desk', 'desk-02'];
    expect(names.toSorted(compareNaturally)).toEqual(['Desk-1', 'desk', 'desk-02', 'desk-2', 'desk-10']);
  });

  it('is an order: equal only to itself, turned round in reverse, and transitive', () => {
    const word = fc.string({ unit: fc.constantFrom('0', '1', '10', 'a', '-', 'é'), maxLength: 6 });
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        expect(compareNaturally(a, b) === 0).toBe(a === b);
        expect(Math.sign(compareNaturally(a, b)) + Math.sign(compareNaturally(b, a))).toBe(0);
        if (compareNaturally(a, b) <= 0 && compareNaturally(b, c) <= 0)
          expect(compareNaturally(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });
});

describe('names of previews', () => {
  const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,24}$/);
  const key = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,30}$/);

  it('of copies are at most 255 characters long and read back, whatever the resource is called', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400 }), id, key, (name, preview, own) => {
        const copy = copyName(name, preview, own);
        expect([...copy].length).toBeLessThanOrEqual(255);
        expect(previewOfCopy(copy)).toEqual({ id: preview, key: own });
      }),
    );
  });

  it('of versions read back', () => {
    fc.assert(
      fc.property(id, (preview) => {
        expect(isPreviewId(preview)).toBe(true);
        for (const git of [
          null,
          { commit: '0a1b2c3d4e', dirty: false },
          { commit: '0a1b2c3d4e', dirty: true },
        ]) {
          const name = `${previewPrefix(git, preview)} 01234567`;
          expect(previewOfVersion(name)).toBe(preview);
          expect(name.length).toBeLessThanOrEqual(50);
          expect(name.includes('+')).toBe(git?.dirty === true);
        }
      }),
    );
  });

  it.each([undefined, '', 'preview: greeting', 'preview:pr-7', '0a1b2c3 01234567'])(
    'a version that a person named %j belongs to no preview',
    (name) => expect(previewOfVersion(name)).toBeUndefined(),
  );

  it('a candidate is known by its digest, and only within its own preview', () => {
    expect(namesCandidate('0a1b2c3 01234567', 'ffffff0 01234567')).toBe(true);
    expect(namesCandidate('0a1b2c3 01234567', 'ffffff0 76543210')).toBe(false);
    expect(namesCandidate('0a1b2c3 preview:pr-7 01234567', 'ffffff0 01234567')).toBe(false);
    expect(namesCandidate(undefined, 'ffffff0 01234567')).toBe(false);
  });
});

describe('times', () => {
  it.each([
    ['2026-11-23T12:00:00.000Z', '2026-11-23 12:00 UTC'],
    ['2026-11-23T12:00:00+00:00', '2026-11-23 12:00 UTC'],
    ['2026-11-23T12:00', '2026-11-23 12:00 UTC'],
    ['2026-11-23T12:00:00+02:00', '2026-11-23T12:00:00+02:00'],
    ['yesterday', 'yesterday'],
  ])('%s is shown as %s', (time, shown) => expect(shortTime(time)).toBe(shown));
});

describe('paths that stay out of documents', () => {
  it.each([
    ['.git/config', '.git'],
    ['a/.ENV', '.ENV'],
    ['a/Node_Modules/b', 'Node_Modules'],
    ['node_modules. /x', 'node_modules. '],
    ['GIT~1/config', 'GIT~1'],
  ])('%s is kept out by %s', (path, part) => expect(privatePart(path)).toBe(part));

  it.each(['assistants/desk.yaml', '../shared/a.md', './a.yaml', 'git/a.md'])('%s is not', (path) =>
    expect(privatePart(path)).toBeUndefined(),
  );
});

describe('texts', () => {
  it('that hold ${ come back as they were from a document', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('$', '{', '}', 'var.x', 'a') }), (text) => {
        const read = interpolate(escapePlaceholders(text), { variables: { x: 'no' } });
        expect(read).toMatchObject({ text, problems: [] });
      }),
    );
  });

  it('with conflict markers or a pointer of Git LFS are broken, a heading is not', () => {
    expect(brokenText('a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> main\n')).toBeDefined();
    expect(brokenText('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n')).toBeDefined();
    expect(brokenText('Title\n=======\n\nText.\n')).toBeUndefined();
  });

  it('are taken for a slip of a command after one edit, in long words two', () => {
    expect(closest('appy', ['apply', 'plan'])).toBe('apply');
    expect(closest('lan', ['plan'])).toBe('plan');
    expect(closest('bpp', ['apply'])).toBeUndefined();
    expect(closest('rolbak', ['rollback'])).toBeUndefined();
    expect(closest('rollbak', ['rollback'])).toBe('rollback');
    expect(closest('validae', ['validate'])).toBe('validate');
  });
});
