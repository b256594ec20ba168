import { describe, expect, it } from '@jest/globals';
import { pathOf, placeOfPath } from '../../../src/inbound/folders/folder-names.ts';
import { placeOf, readPlace, type Person, type Standing } from '../../../src/inbound/folders/place.ts';
import type { EventId, MseId, UserId } from '../../../src/kernel/ids.ts';

function person(name: string, mayWork = true): Person {
  return { id: `${name}-${String(mayWork)}` as UserId, name, mayWork };
}

function standing(change: Partial<Standing> = {}): Standing {
  const ids = { mseId: 'm' as MseId, eventId: 'e' as EventId };
  return { ...ids, org: 'shop.web', isCompleted: false, assignee: null, ...change };
}

describe('The place of a mail', () => {
  const ada = { id: 'ada' as UserId, name: 'Ada' };

  it.each<[Partial<Standing>, string, string]>([
    [{}, 'shop / web', 'it has a path'],
    [{ org: null }, 'unclassified', 'it has none'],
    [{ assignee: ada }, 'shop / web / Ada', 'somebody has its event'],
    [{ org: null, assignee: ada }, 'unclassified / Ada', 'somebody has it as it is'],
    [{ isCompleted: true, assignee: ada }, 'shop / web / completed', 'it is done, whoever had it'],
    [{ assignee: { ...ada, name: 'Completed' } }, 'shop / web / Completed_', 'a name is not the state'],
  ])('of %j is %s, because %s', (change, place) => {
    expect(placeOf(standing(change)).join(' / ')).toBe(place);
  });
});

describe('Moving a mail of shop.web', () => {
  const surroundings = {
    people: [
      person('Ada'),
      person('Max', false),
      person('Kim'),
      { ...person('Kim'), id: 'other' as UserId },
      person('till'),
      person('a/b'),
    ],
    orgs: new Set(['shop.web', 'shop.till', 'shop']),
  };

  it.each([
    ['shop/web/Ada', 'claimed shop.web Ada', 'it is her folder'],
    ['lab/Ada', 'claimed lab Ada', 'she takes it, and it belongs elsewhere'],
    ['unclassified/Ada', 'claimed null Ada', 'she takes it, and nothing is said of the path'],
    ['shop/web/completed', 'completed shop.web', 'it is done'],
    ['shop/web/Completed', 'completed shop.web', 'programs show folders in their own way'],
    ['lab/new-thing', 'open lab.new-thing', 'people make folders for new paths'],
    ['shop/till', 'open shop.till', 'a path that is known is meant, whoever is called so'],
    ['shop/web/till', 'claimed shop.web till', 'below its own path the person is meant'],
    ['shop/web/a_b', 'claimed shop.web a/b', 'it is the folder that the name has become'],
    ['', 'nothing', 'the root is no place'],
    ['unclassified', 'nothing', 'what is known is not forgotten'],
    ['shop/web/Max', 'unclear', 'he may not work on events'],
    ['shop/web/Kim', 'unclear', 'there are two'],
    ['shop/web/ada', 'unclear', 'names are exact, and it may be a new path'],
    ['shop/web/Grace Hopper', 'unclear', 'nobody is called so'],
    ['Shop/Web', 'unclear', 'paths are in lower case'],
    ['completed', 'unclear', 'no path stands before it'],
  ])('into %s says %s, because %s', (path, said) => {
    const meaning = readPlace(path === '' ? [] : path.split('/'), surroundings, { org: 'shop.web' });
    const words = [
      meaning.is,
      ...('org' in meaning ? [String(meaning.org)] : []),
      ...('by' in meaning ? [meaning.by.name] : []),
    ];
    expect(words.join(' ')).toBe(said);
  });
});

describe('The path of a folder', () => {
  const server = { root: 'DaTamer', delimiter: '/', exists: () => false, isRefused: () => false };

  it.each([
    [['shop', 'Ada Lovelace'], 'DaTamer/shop/Ada Lovelace', 'names stay as they are'],
    [['shop', 'a/b'], 'DaTamer/shop/a_b', 'a separator would make two folders'],
    [['shop', '..'], 'DaTamer/shop/__', 'file systems behind servers go up by it'],
    [['shop', '*'], 'DaTamer/shop/_', 'LIST takes it for all folders'],
    [['shop', 'x\r\ny'], 'DaTamer/shop/xy', 'a line end is the end of a command'],
    [['shop', ' '], 'DaTamer/shop/_', 'no folder has an empty name'],
    [['shop', 'n'.repeat(300)], `DaTamer/shop/${'n'.repeat(100)}`, 'servers end somewhere'],
  ])('of %j is %s, because %s', (place, path) => {
    expect(pathOf(place, server)).toBe(path);
  });

  it('is the plain one where the server refuses the exact one, and the one that people made', () => {
    const exact = 'DaTamer/shop/Dr. Ada';
    expect(pathOf(['shop', 'Dr. Ada'], { ...server, isRefused: (path) => path === exact })).toBe(
      'DaTamer/shop/Dr_ Ada',
    );
    expect(pathOf(['shop', 'Dr. Ada'], { ...server, exists: (path) => path.includes('_') })).toBe(
      'DaTamer/shop/Dr_ Ada',
    );
    const both = { ...server, exists: () => true };
    expect(pathOf(['shop', 'Dr. Ada'], both)).toBe(exact);
  });

  it('is below the root, or no place', () => {
    expect(placeOfPath('DaTamer/shop/Ada', server)).toEqual(['shop', 'Ada']);
    expect(placeOfPath('DaTamer', server)).toEqual([]);
    expect(placeOfPath('DaTamer2/shop', server)).toBeNull();
  });
});
