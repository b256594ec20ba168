/** Folder mode on servers of several kinds, with names of people as they are. */
import { describe, expect, it } from '@jest/globals';
import { onEmbeddedDatabase } from '../../support/databases.ts';
import { describeWith } from '../../support/describe-with.ts';
import type { DovecotOptions } from '../../support/dovecot.ts';
import { useDovecot } from '../../support/use-dovecot.ts';
import { FolderWorld } from '../../support/mail-folders.ts';

interface Kind {
  name: string;
  options: DovecotOptions;
  /** The folder of a path below the root. */
  path: (...labels: string[]) => string;
}

const BARE = 'IMAP4rev1 LITERAL+ IDLE NAMESPACE';

const KINDS: Kind[] = [
  {
    name: 'that separates by dots, below INBOX',
    options: { separator: '.', prefix: 'INBOX.' },
    path: (...labels) => ['INBOX', 'DaTamer', ...labels].join('.'),
  },
  {
    name: 'that cannot move, nor say where a copy went',
    options: { capabilities: BARE },
    path: (...labels) => ['DaTamer', ...labels].join('/'),
  },
  {
    name: 'that moves without saying where to',
    options: { capabilities: `${BARE} MOVE LIST-EXTENDED LIST-STATUS` },
    path: (...labels) => ['DaTamer', ...labels].join('/'),
  },
];

/** A name, and its folder: exactly it where a server takes it. Dovecot's Maildir takes no dots, by either separator. */
const NAMES = [
  ['Jörg Größe-Łuk 漢字', 'Jörg Größe-Łuk 漢字'],
  ['a/b', 'a_b'],
  ['..', '__'],
  ['Dr. Ada "B" & Co', 'Dr_ Ada _B_ _ Co'],
  ['completed', 'completed_'],
] as const;

describe.each(KINDS)('Folders on a server $name', ({ options, path }) => {
  describeWith('Dovecot', 'with people', (program) => {
    const dovecot = useDovecot(program, options);

    onEmbeddedDatabase('of odd names', (database) => {
      it('are made by their names, and understood by them', async () => {
        const sorted = await FolderWorld.open(database, dovecot);
        const people = await Promise.all(
          NAMES.map(([name], at) => sorted.person(name, 'engineer', 'p'.repeat(at + 1))),
        );
        for (const at of NAMES.keys())
          await sorted.arrive(`trouble ${'x'.repeat(at + 1)}`, `:org:shop.web${at}: :critical:`);
        const subjects = NAMES.map((_name, at) => `trouble ${'x'.repeat(at + 1)}`);
        await sorted.becomes(
          Object.fromEntries(subjects.map((subject, at) => [path('shop', `web${at}`), [subject]])),
        );
        for (const [at, person] of people.entries())
          await sorted.act(subjects[at] ?? '', 'assignment', { user: person.id });
        const claimed = NAMES.map(([, folder], at) => path('shop', `web${at}`, folder));
        await sorted.becomes(
          Object.fromEntries(subjects.map((subject, at) => [claimed[at] ?? '', [subject]])),
        );
        for (const [at, subject] of subjects.entries()) {
          await sorted.move(subject, claimed[at] ?? '', path('shop', `web${at}`));
        }
        for (const subject of subjects) {
          await sorted.until('nobody', async () => (await sorted.event(subject)).assignee === null);
        }
        for (const [at, subject] of subjects.entries()) {
          await sorted.move(subject, path('shop', `web${at}`), claimed[at] ?? '');
        }
        for (const [at, person] of people.entries()) {
          const subject = subjects[at] ?? '';
          await sorted.until(
            `the claim of ${person.name}`,
            async () => (await sorted.event(subject)).assignee?.id === person.id,
          );
        }
        expect((await sorted.state()).foldersError).toBeNull();
      });
    });
  });
});
