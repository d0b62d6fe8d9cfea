import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';

const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface Look {
  readonly scheme?: 'light' | 'dark';
  readonly width?: number;
  readonly script?: boolean;
}

export interface Shown {
  readonly page: Page;
  /** What the page tried to load, itself left out. */
  readonly requests: readonly string[];
  /** Dialogs and errors, among them every violation of the content security policy. */
  readonly trouble: readonly string[];
}

/** Opens markup as a browser would; the browser is the one named by CHROMIUM, or Debian's. */
export function useBrowser(): (html: string, look?: Look) => Promise<Shown> {
  let browser: Browser | undefined;
  beforeAll(async () => {
    const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
    browser = await chromium.launch({ executablePath, args: ARGUMENTS });
  });
  afterAll(async () => {
    await browser?.close();
  });
  return async (html, look = {}) => {
    if (browser === undefined) throw new Error('the browser did not start');
    const context = await browser.newContext({
      colorScheme: look.scheme ?? 'light',
      viewport: { width: look.width ?? 1280, height: 900 },
      javaScriptEnabled: look.script ?? true,
    });
    const page = await context.newPage();
    const requests: string[] = [];
    const trouble: string[] = [];
    page.on('dialog', (dialog) => {
      trouble.push(`dialog: ${dialog.message()}`);
      dialog.dismiss().catch(() => undefined);
    });
    page.on('pageerror', (error) => trouble.push(`error: ${error.message}`));
    page.on('console', (message) => trouble.push(`console: ${message.text()}`));
    const address = 'http://page.example/';
    await page.route('**/*', async (route) => {
      if (route.request().url() === address) {
        await route.fulfill({ contentType: 'text/html; charset=utf-8', body: html });
      } else {
        requests.push(route.request().url());
        await route.abort();
      }
    });
    await page.goto(address);
    return { page, requests, trouble };
  };
}

/** Keeps a picture where SCREENSHOTS names a folder, for people to look at. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
