import { expect, it } from '@jest/globals';
import { findAxeFaults, photograph, scrollsSideways, useChromium } from '../support/chromium.ts';
import { onBothDatabases } from '../support/databases.ts';
import { describeWith } from '../support/describe-with.ts';
import { openWorld } from '../support/world.ts';

onBothDatabases('The work list', (database) => {
  describeWith('Chromium', 'in a browser', (executable) => {
    const browser = useChromium(executable);

    it('shows open events in both colour schemes and on a phone', async () => {
      const world = await openWorld(database);
      const acme = await world.addTenant('acme');
      await world.addUser(acme, 'ana');
      await world.deliver(acme, { subject: 'PROBLEM: disk full on db1 :critical: :org:shop.db: :svr:db1:' });
      for (const look of [{}, { colorScheme: 'dark' }, { width: 390 }] as const) {
        const page = await browser.signIn(world, 'ana@acme.example', look);
        await page.goto('/events');
        expect(await page.textContent('#list')).toContain('disk full on db1');
        expect(await findAxeFaults(page)).toEqual([]);
        expect(await scrollsSideways(page)).toBe(false);
        await photograph(page, `events-${Object.values(look).join('') || 'wide'}`);
      }
    });
  });
});
