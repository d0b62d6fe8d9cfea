import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EmulatorHandle } from '../../src/emulator/contract/contract.ts';
import { startEmulator } from '../../src/emulator/server/server.ts';
import { type Command, commandsOf, PAGES } from './markdown.ts';
import { type SampleProject, sampleProject } from './project.ts';

// What the pages show is typed here, page by page, in a fresh project; the exit code and the shown output must
// be what the page says.

/** The situation in which the README's excerpt is shown: an applied project and a small edit. */
async function prepareReadme(project: SampleProject): Promise<void> {
  const applied = await project.shell('assistantctl apply');
  expect(applied.code, applied.stderr).toBe(0);
  await project.replace('assistants/prompts/support.md', 'at most three steps', 'at most two steps');
  await project.replace('assistants/tools/lookup-order.yaml', 'timeout_ms: 6000', 'timeout_ms: 8000');
}

const pages = PAGES.filter((page) => commandsOf(page).length > 0);

describe.each(pages)('%s', (page) => {
  let api: EmulatorHandle;
  let project: SampleProject;

  beforeAll(async () => {
    api = await startEmulator({ clock: () => new Date(), randomUuid: randomUUID });
    project = await sampleProject(api.url);
    if (page === 'README.md') await prepareReadme(project);
  });

  afterAll(async () => {
    await project?.remove();
    await api?.close();
  });

  // In one test, because each command builds on the ones before it.
  test('commands do what the page says', { timeout: 120_000 }, async () => {
    for (const command of commandsOf(page)) {
      const result = await project.shell(command.line);
      expect(result.code, `${command.where}: ${command.line}\n${result.stdout}${result.stderr}`).toBe(
        command.exit,
      );
      expect(missing(command, result.stdout), `${command.where}: output\n${result.stdout}`).toEqual([]);
    }
  });
});

/** Shown lines that do not follow each other in the output; ids and digests differ from run to run. */
function missing(command: Command, output: string): readonly string[] {
  const stable = (line: string): string =>
    line
      .replace(/\b(assistant|tool)-[0-9a-f-]{36}/g, '$1-…')
      .replace(/\bplan [0-9a-f]{12}\b/g, 'plan …')
      .trimEnd();
  const lines = output.split('\n').map(stable);
  let from = 0;
  return command.shown
    .filter((line) => line.trim() !== '' && line.trim() !== '…')
    .filter((line) => {
      const at = lines.indexOf(stable(line), from);
      if (at >= 0) from = at + 1;
      return at < 0;
    });
}
