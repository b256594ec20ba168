/** What a glance at a view does not show. */
import { expect, it } from '@jest/globals';
import fs from 'node:fs';
import path from 'node:path';
import { inPackage } from '../../src/kernel/package-root.ts';

it('no view has an element inside an attribute', () => {
  const folder = inPackage('views');
  const files = fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.hbs'));
  expect(files.length).toBeGreaterThan(40);
  const wrong = files.flatMap((file) => {
    const view = fs.readFileSync(path.join(folder, file), 'utf8');
    const pairs = view.replace(/\{\{[^}]*\}\}/g, '').match(/<[a-z][^<>]{0,400}="[^"<>]*<[a-z]/g) ?? [];
    return pairs.map((text) => `${file}: ${text}`);
  });
  expect(wrong).toEqual([]);
});
