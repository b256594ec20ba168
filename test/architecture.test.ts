/** House rules that hold the rooms apart. The table is the one of docs/architecture.md; a new arrow is a decision. */
import { describe, expect, it } from '@jest/globals';
import fs from 'node:fs';
import path from 'node:path';
import { inPackage } from '../src/kernel/package-root.ts';

const BASICS = ['kernel', 'config', 'db', 'accounts'];

const SERVICES = [
  'kernel',
  'accounts',
  'events',
  'inbound',
  'triage',
  'watchdog',
  'silences',
  'outbound',
  'reports',
];

/** Who may import whom; a room may always import itself. What is not listed is not allowed. */
const ALLOWED: Record<string, string[]> = {
  kernel: [],
  config: ['kernel'],
  db: ['kernel', 'config', 'migrations'],
  accounts: ['kernel', 'config', 'db'],
  events: BASICS,
  inbound: BASICS,
  triage: [...BASICS, 'events', 'inbound/parse', 'inbound types'],
  watchdog: [...BASICS, 'events'],
  silences: [...BASICS, 'events'],
  // Whether something is told is decided where it is told.
  outbound: [...BASICS, 'events', 'silences'],
  reports: [...BASICS, 'events', 'watchdog', 'outbound'],
  selfwatch: ['kernel', 'config', 'db'],
  // Pages, API and command line ask services and read-models; they open transactions but write no SQL.
  web: [...SERVICES, 'selfwatch', 'db/transaction', 'db types'],
  cli: [...SERVICES, 'config', 'db', 'app'],
  app: ['*'],
  // A newcomer's installation with its story: it lives through the app, and does what people do.
  demo: [...SERVICES, 'config', 'db', 'app'],
  main: ['cli'],
  migrations: ['db'],
};

interface Import {
  file: string;
  line: string;
  from: string;
  to: string;
  isType: boolean;
}

const ROOT = inPackage();

function sourceFiles(folder: string): string[] {
  return fs
    .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.join(folder, file));
}

/** `src/events/store.ts` → `events`, with the path below the room behind. */
function placeOf(file: string): { room: string; inRoom: string } {
  const [top = '', room = '', ...rest] = file.split(path.sep);
  if (top === 'migrations') return { room: top, inRoom: room };
  return room === 'main.ts'
    ? { room: 'main', inRoom: '' }
    : { room, inRoom: rest.join('/').replace(/\.ts$/, '') };
}

function importsOf(file: string): Import[] {
  const source = fs.readFileSync(path.join(ROOT, file), 'utf8');
  const statements = source.matchAll(/^(?:import|export)\s+(type\s)?[^;]*?from\s+'(\.[^']+)'/gm);
  return [...statements].map(([line, type, target = '']) => ({
    file,
    line: line.replace(/\s+/g, ' '),
    from: placeOf(file).room,
    to: path.normalize(path.join(path.dirname(file), target)),
    isType: Boolean(type),
  }));
}

function isAllowed({ from, to, isType }: Import): boolean {
  const { room, inRoom } = placeOf(to);
  if (room === from) return true;
  const allowed = ALLOWED[from] ?? [];
  if (allowed.includes('*') || allowed.includes(room)) return true;
  if (isType && allowed.includes(`${room} types`)) return true;
  return allowed.some((place) => place.includes('/') && `${room}/${inRoom}`.startsWith(place));
}

const FILES = [...sourceFiles('src'), ...sourceFiles('migrations')];

describe('The rooms of the house', () => {
  it('import only whom the table allows', () => {
    const forbidden = FILES.flatMap(importsOf).filter((one) => !isAllowed(one));
    expect(forbidden.map(({ file, line }) => `${file}: ${line}`)).toEqual([]);
  });

  it('have no files that import each other, in a ring of whatever length', () => {
    const imports = new Map(FILES.map((file) => [file, importsOf(file).map(({ to }) => to)]));
    const done = new Set<string>();
    const ringFrom = (file: string, way: readonly string[]): string[] => {
      if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
      if (done.has(file)) return [];
      for (const next of imports.get(file) ?? []) {
        const ring = ringFrom(next, [...way, file]);
        if (ring.length > 0) return ring;
      }
      done.add(file);
      return [];
    };
    expect(FILES.map((file) => ringFrom(file, [])).find((ring) => ring.length > 0)).toBeUndefined();
  });

  it('are measured by benchmarks that need no test runner', () => {
    const reached = new Set(sourceFiles('benchmarks'));
    for (const file of reached) for (const { to } of importsOf(file)) reached.add(to);
    const inTests = [...reached].filter((file) =>
      fs.readFileSync(path.join(ROOT, file), 'utf8').includes("from '@jest/globals'"),
    );
    expect(inTests).toEqual([]);
  });

  it('are all in the table', () => {
    expect(
      [...new Set(FILES.map((file) => placeOf(file).room))].filter((room) => !(room in ALLOWED)),
    ).toEqual([]);
  });

  it('ask only kernel/clock.ts for the time', () => {
    const askers = FILES.filter((file) => !file.endsWith('kernel/clock.ts')).filter((file) =>
      /new Date\(\)|Date\.now\(\)/.test(fs.readFileSync(path.join(ROOT, file), 'utf8')),
    );
    expect(askers).toEqual([]);
  });

  it('read the environment only in config and main', () => {
    const readers = FILES.filter((file) => !/src\/(config\/|main\.ts|demo\/main\.ts)/.test(file)).filter(
      (file) => fs.readFileSync(path.join(ROOT, file), 'utf8').includes('process.env'),
    );
    expect(readers).toEqual([]);
  });

  it('have no drawers', () => {
    const drawers = FILES.filter((file) =>
      /(^|\/)(utils?|helpers?|common|types|manager|misc)(\/|\.ts$)/.test(file),
    );
    expect(drawers).toEqual([]);
  });

  it('write SQL in web nowhere', () => {
    const writers = FILES.filter((file) => file.startsWith('src/web/')).filter((file) =>
      /\b(select|insert into|update|delete from)\b[^'`]*\b(from|set|values|where)\b/.test(
        fs.readFileSync(path.join(ROOT, file), 'utf8').replace(/^\s*(\*|\/\/).*$/gm, ''),
      ),
    );
    expect(writers).toEqual([]);
  });
});
