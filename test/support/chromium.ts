/** A real browser for pages: signed in, watched for console errors, examined by axe, photographed on wish. */
import { afterAll, afterEach, beforeAll } from '@jest/globals';
import axe from 'axe-core';
import fs from 'node:fs';
import path from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { PASSWORD } from './browser-session.ts';
import { type World } from './world.ts';

export interface Look {
  colorScheme?: 'light' | 'dark';
  /** CSS pixels; 390 is a phone. */
  width?: number;
  javaScript?: boolean;
}

export interface TestBrowser {
  /** A page of a browser of its own, without a session. */
  visit: (world: World, path: string, look?: Look) => Promise<Page>;
  /** A page of somebody who has signed in through the form. */
  signIn: (world: World, email: string, look?: Look) => Promise<Page>;
}

const PHONE_WIDTH = 720;

/** One browser for the tests of a file; a console error or an uncaught exception fails the test it happens in. */
export function useChromium(executablePath: string): TestBrowser {
  let browser: Browser | undefined;
  let faults: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  });
  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close();
    const found = faults;
    faults = [];
    if (found.length > 0) throw new Error(`the browser complains:\n${found.join('\n')}`);
  });
  afterAll(async () => browser?.close());

  async function visit(world: World, where: string, look: Look = {}): Promise<Page> {
    if (!browser) throw new Error('the browser is opened before the first test');
    const context = await browser.newContext(contextOptions(world, look));
    context.setDefaultTimeout(10_000);
    const page = await context.newPage();
    // A refused form is a status and no fault of the page.
    page.on('console', (message) => {
      const text = message.text();
      if (message.type() === 'error' && !/status of (400|403|404|409)/.test(text)) faults.push(text);
    });
    page.on('pageerror', (error) => faults.push(error.message));
    await page.goto(where);
    return page;
  }

  return {
    visit,
    signIn: async (world, email, look) => {
      const page = await visit(world, '/login', look);
      await page.fill('[name=email]', email);
      await page.fill('[name=password]', PASSWORD);
      await page.click('button[type=submit], form[action="/login"] button');
      await page.waitForSelector('#main');
      return page;
    },
  };
}

function contextOptions(world: World, { colorScheme, width, javaScript }: Look): BrowserContextOptions {
  const isPhone = (width ?? 1440) < PHONE_WIDTH;
  return {
    baseURL: world.baseUrl,
    colorScheme: colorScheme ?? 'light',
    viewport: { width: width ?? 1440, height: isPhone ? 844 : 900 },
    hasTouch: isPhone,
    isMobile: isPhone,
    javaScriptEnabled: javaScript ?? true,
    reducedMotion: 'reduce',
  };
}

/**
 * @param within a selector, for a part of a page that is long
 * @returns what axe finds of serious and critical impact: rule and the first element
 */
export async function findAxeFaults(page: Page, within = 'html'): Promise<string[]> {
  // Not as a script element: the pages' Content-Security-Policy refuses it, as it should.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<axe.AxeResults>(`axe.run(${JSON.stringify(within)})`);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
}

/** @returns true when the page can be scrolled sideways, which a phone's user must never have to */
export async function scrollsSideways(page: Page): Promise<boolean> {
  return page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
}

/** Writes NAME.png into the folder DATAMER_SCREENSHOTS, when it is set: for people to look at. */
export async function photograph(page: Page, name: string): Promise<void> {
  const folder = process.env['DATAMER_SCREENSHOTS'];
  if (!folder) return;
  fs.mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
}
