import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The slowest files begin first, so that none of them is left over for one worker at the end. */
class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isSlow = ({ moduleId }: TestSpecification) => moduleId.includes('/reliability/');
    return [...sorted.filter(isSlow), ...sorted.filter((file) => !isSlow(file))];
  }
}

/** Pure rooms: no process, no server, no build. */
const UNIT = [
  'architecture.test.ts',
  'canonical/**',
  'convert/**',
  'model/**',
  'plan/**',
  'render/**',
  'specs/**',
];
/** The built program as processes, pseudo-terminals and packages. */
const PROCESS = ['attack/**', 'ci/**', 'docs/**', 'e2e/**'];
/** Kills, faults and random stories. */
const RELIABILITY = ['reliability/**'];

const tests = (folders: readonly string[]): string[] =>
  folders.map((folder) => `test/${folder.endsWith('.ts') ? folder : `${folder}/*.test.ts`}`);

const BUILD = ['test/support/build.ts'];

// biome-ignore lint/style/noDefaultExport: vitest reads the default export
export default defineConfig({
  test: {
    // A guard against hanging, not a measure: busy machines are slow.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    sequence: { sequencer: SlowFirst },
    coverage: {
      provider: 'v8',
      include: ['src/{model,canonical,plan,render,pull}/**'],
      exclude: ['src/**/generated/**'],
      reporter: ['text-summary'],
    },
    projects: [
      // One module graph a worker: pure modules leave nothing behind, and loading them is a third of the time.
      { extends: true, test: { name: 'unit', include: tests(UNIT), isolate: false } },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/**/*.test.ts'],
          exclude: [...tests(UNIT), ...tests(PROCESS), ...tests(RELIABILITY), 'test/browser/**'],
          globalSetup: BUILD,
        },
      },
      { extends: true, test: { name: 'process', include: tests(PROCESS), globalSetup: BUILD } },
      { extends: true, test: { name: 'reliability', include: tests(RELIABILITY), globalSetup: BUILD } },
    ],
  },
});
