import { expect, test } from 'vitest';
import { type ControllerStatus, unknownEnvironment } from '../../src/model/controller-status.ts';
import { renderStatusPage } from '../../src/render/html/status-page.ts';
import { picture, useBrowser } from './browser.ts';

const open = useBrowser();

const HOSTILE = '<img src=x onerror="document.title=1">';
const STATUS: ControllerStatus = {
  format_version: '1.0',
  version: '0.1.0',
  started_at: '2026-01-01T00:00:00.000Z',
  branch: 'main',
  repository: {
    commit: 'a'.repeat(40),
    fetched_at: '2026-01-01T10:00:00.000Z',
    error: `no route ${HOSTILE}`,
  },
  schedule: { fetch_seconds: 60, drift_seconds: 3600 },
  environments: [
    {
      ...unknownEnvironment('staging'),
      phase: 'in-effect',
      applied_commit: 'a'.repeat(40),
      applied_at: '2026-01-01T10:00:00Z',
    },
    {
      ...unknownEnvironment('production-of-a-client-with-a-long-name'),
      phase: 'waiting',
      plan_digest: `sha256:${'b'.repeat(64)}`,
      tried_commit: 'c'.repeat(40),
      tried_at: '2026-01-01T10:00:00Z',
      reason: { code: 'UNREVIEWED', message: `nobody reviewed assistant/desk ${HOSTILE}` },
      pending: [
        {
          address: 'assistant/front-desk',
          action: 'update',
          paths: ['/instructions', '/voice_settings/voice_speed'],
        },
      ],
      drift: {
        looked_at: '2026-01-01T10:00:00Z',
        resources: [
          {
            address: 'tool/a-tool-with-a-very-long-name-that-could-push-a-page-aside',
            paths: ['/webhook/url'],
          },
        ],
      },
      rollouts: [{ address: 'assistant/billing', weight: 10, next_at: '2026-01-01T11:00:00Z', why: null }],
    },
  ],
};

test.each(['light', 'dark'] as const)(
  'the page of the controller fits a phone, %s, without script',
  async (scheme) => {
    const { page, requests, trouble } = await open(renderStatusPage(STATUS), {
      scheme,
      width: 390,
      script: false,
    });
    expect({ requests, trouble }).toEqual({ requests: [], trouble: [] });
    const text = await page.locator('body').innerText();
    for (const part of [
      'waits for a person',
      'UNREVIEWED',
      '/instructions',
      '10 % of the calls',
      'cannot be followed',
      'tried cccccccccccc',
      'assistantctl approve --env production-of-a-client-with-a-long-name sha256:bbbb',
    ]) {
      expect(text).toContain(part);
    }
    expect(await page.locator('img, script, form, input').count()).toBe(0);
    await picture(page, `status-${scheme}`);
  },
);

test('the page of the controller is no wider than a phone', async () => {
  const { page } = await open(renderStatusPage(STATUS), { width: 390 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(390);
});
