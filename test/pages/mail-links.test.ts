/** What people see who follow a link of a notice on their telephone: the mail itself, the question, and what came of it. */
import { expect, it } from '@jest/globals';
import { findAxeFaults, photograph, scrollsSideways, useChromium } from '../support/chromium.ts';
import { onEmbeddedDatabase } from '../support/databases.ts';
import { describeWith } from '../support/describe-with.ts';
import { unsubscribePathOf, useMailSink } from '../support/mail-sink.ts';
import { addGroup } from '../support/team.ts';
import { openWorld } from '../support/world.ts';

const sink = useMailSink();

describeWith('Chromium', 'A notice on a telephone', (executablePath) => {
  const browser = useChromium(executablePath);

  onEmbeddedDatabase('by its links', (database) => {
    it('is read, acted on and unsubscribed from without signing in, without script, in both schemes', async () => {
      const world = await openWorld(database, { settings: sink.settings });
      const acme = await world.addTenant('acme');
      const api = await world.api(acme);
      const ana = await world.addUser(acme, 'ana');
      await addGroup(api, 'shop', [ana.id], { pattern: 'shop.*', level: 'responder' });
      const title = 'PROBLEM: <b>disk</b> full on db1.with-a-very-long-name-that-nothing-breaks.shop.example';
      await world.raise(acme, { subject: `${title} :critical: :org:shop.db: :svr:db1:` });
      const { html = '', text = '' } = sink.mails[0]?.parsed ?? {};
      const links = [...text.matchAll(/\/act\/[a-z2-7]+/g)].map(([path]) => path);
      const unsubscribe = unsubscribePathOf(sink.mails[0]);
      for (const colorScheme of ['light', 'dark'] as const) {
        const page = await browser.visit(world, links[0] ?? '', { width: 390, colorScheme });
        expect(await page.textContent('h1')).toBe('Claim it?');
        expect(await page.textContent('main')).toContain(title);
        expect(await findAxeFaults(page)).toEqual([]);
        expect(await scrollsSideways(page)).toBe(false);
        await photograph(page, `act-${colorScheme}`);
      }
      const mail = await browser.visit(world, 'about:blank', { width: 390, colorScheme: 'dark' });
      await mail.setContent(String(html));
      expect(await scrollsSideways(mail)).toBe(false);
      expect(await mail.locator('a:has-text("Claim it")').count()).toBe(1);
      await photograph(mail, 'mail-dark');

      const page = await browser.visit(world, links[3] ?? '', { width: 390, javaScript: false });
      await page.fill('[name=note]', 'freed some space');
      await page.click('button');
      expect(await page.textContent('h1')).toBe('You have completed it');
      await photograph(page, 'act-done');
      await page.goto(links[0] ?? '');
      expect(await page.textContent('main')).toContain('completed already');
      await page.goto(unsubscribe);
      await page.click('button');
      expect(await page.textContent('h1')).toBe('Stopped');
      await photograph(page, 'unsubscribed');
      await page.click('button');
      await photograph(page, 'unsubscribe');
      expect(await page.textContent('h1')).toBe('Stop these notices?');
      expect(await scrollsSideways(page)).toBe(false);
    });
  });
});
