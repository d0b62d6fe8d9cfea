import { expect, test } from 'vitest';
import { renderTalkPage } from '../../src/render/html/talk-page.ts';
import { WEB_CLIENT } from '../../src/render/html/talk-script.ts';
import { picture, useBrowser } from './browser.ts';

const open = useBrowser();

const HOSTILE = '"><img src=x onerror="document.title=1"><script>document.title=2</script>';

const PAGE = renderTalkPage({
  project: 'northwind-voice',
  environment: 'production',
  preview: 'pr-42',
  commit: 'a'.repeat(40),
  assistants: [
    {
      status: 'open',
      address: 'assistant/front-desk',
      name: `Front desk ${HOSTILE}`,
      remote_id: 'assistant-1',
      version_id: '20260728T225813827600',
      caution: null,
    },
    {
      status: 'open',
      address: 'assistant/sales',
      name: 'Sales',
      remote_id: 'assistant-2',
      version_id: null,
      caution: 'Its main does not allow calls from a browser yet.',
    },
    {
      status: 'closed',
      address: 'assistant/billing',
      name: 'Billing',
      remote_id: 'assistant-3',
      version_id: '20260728T225813827601',
      reason: 'it takes no calls from a browser',
      write: 'spec:\n  telephony_settings:\n    supports_unauthenticated_web_calls: true',
    },
  ],
});

/** Stands for the web client: notes what is asked of it and lets the test play the platform. */
const CLIENT = `window.asked = [];
window.TelnyxWebRTC = { TelnyxRTC: class {
  constructor(options) { this.on_ = {}; window.asked.push(['new', options]); window.client = this; }
  on(name, listener) { this.on_[name] = listener; return this; }
  connect() { window.asked.push(['connect']); return Promise.resolve(); }
  disconnect() { window.asked.push(['disconnect']); }
  newCall(options) { window.asked.push(['call', options]); return { hangup() { window.asked.push(['hangup']); }, muteAudio() {}, unmuteAudio() {} }; }
  emit(name, event) { this.on_[name](event); }
} };`;

const html = (client: string): string =>
  PAGE.replace(` integrity="${WEB_CLIENT.integrity}" crossorigin="anonymous"`, '')
    .replace(
      `src="${WEB_CLIENT.url}"`,
      `src="data:text/javascript,${encodeURIComponent(client).replaceAll("'", '%27')}"`,
    )
    .replace(`script-src ${WEB_CLIENT.url}`, 'script-src data:');

test('without the web client it says so, and nothing else is loaded', async () => {
  const { page, requests } = await open(PAGE);
  expect(requests).toEqual([WEB_CLIENT.url]);
  expect(await page.locator('#status').innerText()).toContain('could not be loaded');
  expect(await page.locator('button[data-target]').first().isDisabled()).toBe(true);
  expect(await page.title()).toBe('Talk to preview pr-42');
  expect(await page.locator('img').count()).toBe(0);
});

test('a call is bound to the version, and ends', async () => {
  const { page, trouble } = await open(html(CLIENT));
  expect(await page.locator('#status').innerText()).toContain('Ready');
  await page.locator('button[data-target]').first().click();
  await page.evaluate(() => {
    const { client } = window as unknown as { client: { emit(name: string, event?: unknown): void } };
    client.emit('telnyx.ready');
    client.emit('telnyx.notification', { type: 'callUpdate', call: { state: 'active' } });
  });
  expect(await page.locator('#status').innerText()).toContain('Talking to Front desk');
  expect(await page.locator('button[data-target]').nth(1).isDisabled()).toBe(true);
  await page.locator('#hangup').click();
  const asked = await page.evaluate(() => (window as unknown as { asked: unknown[] }).asked);
  expect(asked).toEqual([
    [
      'new',
      {
        anonymous_login: {
          target_type: 'ai_assistant',
          target_id: 'assistant-1',
          target_version_id: '20260728T225813827600',
        },
      },
    ],
    ['connect'],
    ['call', { destinationNumber: 'ai_assistant', callerName: 'Preview', audio: true, video: false }],
    ['hangup'],
    ['disconnect'],
  ]);
  expect(await page.locator('#status').innerText()).toBe('You hung up.');
  expect(trouble).toEqual([]);
});

test('a copy is called without a version, and a refusal is told', async () => {
  const { page } = await open(html(CLIENT));
  await page.locator('button[data-target]').nth(1).click();
  const options = await page.evaluate(() => {
    const { asked, client } = window as unknown as {
      asked: [string, { anonymous_login: object }][];
      client: { emit(name: string, event?: unknown): void };
    };
    client.emit('telnyx.error', { error: { message: 'LOGIN_FAILED' } });
    return asked[0]?.[1].anonymous_login;
  });
  expect(options).toEqual({ target_type: 'ai_assistant', target_id: 'assistant-2' });
  expect(await page.locator('#status').innerText()).toContain('LOGIN_FAILED');
  expect(await page.locator('button[data-target]').nth(1).isDisabled()).toBe(false);
});

test.each(['light', 'dark'] as const)('fits a phone, %s', async (scheme) => {
  const { page } = await open(html(CLIENT), { scheme, width: 390 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(390);
  await picture(page, `talk-${scheme}`);
});
