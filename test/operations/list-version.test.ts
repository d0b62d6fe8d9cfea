import { describe, expect, it } from 'vitest';
import { type PullProject, pullProject } from '../pull/project.ts';

/** Lists that do not show main: the project file says so, and plans read every assistant by id. */

const PROJECT = (facts: string): string => `project: acme
environments:
  live:
    api_key_env: TELNYX_KEY
${facts}`;

const FACT = '    api: { list_version_id: newest }\n';

/** Two mains were applied, then somebody promoted the first again: lists, which leave tools out, go on showing the second. */
async function promotedBehindTheList(facts: string): Promise<PullProject> {
  const desk = (description: string): string =>
    `kind: assistant\nspec: { name: Desk, instructions: You answer., tools: [{ type: hangup, hangup: { description: ${description} } }] }\n`;
  const project = await pullProject(
    { 'assistantctl.yaml': PROJECT(facts), 'assistants/desk.yaml': desk('One') },
    { quirks: { listVersionId: 'newest' } },
  );
  await project.cli('apply', '--yes');
  const first = project.server.store
    .all('assistants')
    .map(({ id, main }) => [String(id), String(main)] as const);
  await project.write('assistants/desk.yaml', desk('Two'));
  expect((await project.cli('apply', '--yes')).code).toBe(0);
  for (const [id, main] of first)
    await project.dashboard('POST', `/ai/assistants/${id}/versions/${main}/promote`);
  return project;
}

describe('a list that shows the newest version', () => {
  it('hides that main moved back, which drift tells all the same', async () => {
    const project = await promotedBehindTheList('');
    expect((await project.json('plan')).body.drift).toEqual([]);
    expect((await project.cli('drift')).code).toBe(2);
    const refreshed = await project.json('plan', '--refresh');
    expect(refreshed.body.drift).toMatchObject([{ address: 'assistant/desk' }]);
  });

  it('is not believed where the project file says what it shows', async () => {
    const project = await promotedBehindTheList(FACT);
    const { body } = await project.json('plan');
    expect(body.drift).toMatchObject([
      {
        address: 'assistant/desk',
        fields: [{ path: '/tools/hangup/hangup/description', before: 'Two', after: 'One' }],
      },
    ]);
    expect((await project.cli('apply', '--yes', '--revert-drift', 'all')).code).toBe(0);
    expect((await project.json('plan')).body.drift).toEqual([]);
  });
});
