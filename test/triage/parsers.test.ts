/** Every sample in training-data/ must be read as its label says, by the parser of its tool. */
import { describe, expect, it } from '@jest/globals';
import fs from 'node:fs';
import { inPackage } from '../../src/kernel/package-root.ts';
import { readMail } from '../../src/inbound/parse/read-mail.ts';
import { viewOf } from '../../src/triage/parsers/mail-view.ts';
import { readMailBy } from '../../src/triage/parsers/run-parsers.ts';
import { PARSERS } from '../../src/triage/parsers/registry.ts';
import { leastProcessorMs } from '../support/processor-time.ts';

interface Label {
  file: string;
  tool: string;
  state: string;
  severity: string | null;
  hosts: string[];
  service: string | null;
}

const FOLDER = inPackage('training-data', 'mails');

function samples(): [string, Label][] {
  return fs.readdirSync(FOLDER).flatMap((tool) =>
    fs
      .readFileSync(`${FOLDER}/${tool}/labels.jsonl`, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Label)
      .map((label): [string, Label] => [`${tool}/${label.file}`, label]),
  );
}

describe('The parsers of tools', () => {
  it.each(samples())('read %s', async (file, { tool, state, severity, hosts, service }) => {
    const raw = fs.readFileSync(`${FOLDER}/${file}`);
    const reading = readMailBy(viewOf(await readMail(raw)), PARSERS);
    expect({
      tool: reading.tool,
      state: reading.state?.value ?? 'unknown',
      severity: reading.severity?.value ?? null,
      hosts: [...(reading.hosts?.value ?? [])].sort(),
      service: reading.service?.value ?? null,
    }).toEqual({ tool, state, severity, hosts: [...hosts].sort(), service });
  });

  it('have names of their own', () => {
    const tools = PARSERS.map(({ tool }) => tool);
    expect(tools.filter((tool, at) => tools.indexOf(tool) !== at)).toEqual([]);
  });

  it('have signs in lower case, and a sign each that can hold', () => {
    for (const { signs } of PARSERS) {
      for (const { from, subject, header, body } of signs) {
        const literals = [from, subject, header?.[0], header?.[1], body].flatMap((one) => one ?? []);
        expect(literals).toEqual(literals.map((one) => one.toLowerCase()));
        expect(literals.length).toBeGreaterThan(0);
      }
    }
  });
});

/** What outsiders may send to make a pattern walk: long runs of what patterns repeat, and near misses. */
const NASTY: [string, string][] = [
  ['one line of a', 'a'],
  ['blanks', ' '],
  ['line ends', '\n'],
  ['digits', '7'],
  ['dots and labels', 'a.'],
  ['half addresses', 'a@'],
  ['half pairs', 'Host: '],
  ['words and colons', 'Service: x is: '],
  ['brackets', '[('],
  ['half tags', '<td>'],
  ['half times', '12:3'],
  ['stars', '** PROBLEM '],
  ['dashes', '-- '],
  ['slashes', '/x/'],
  ['half URLs', 'http://a'],
  ['quotes', '"\\'],
  ['equals', 'k=v,'],
];

const MOST_MS = { pattern: 5, mail: 60 };

describe('Hostile text', () => {
  const clues = PARSERS.flatMap((parser) => ('clues' in parser ? parser.clues : []));
  const texts = NASTY.flatMap(([name, piece]): [string, string][] => [
    [name, piece.repeat(1_000_000 / piece.length)],
    [`${name} in lines`, `${piece.repeat(300 / piece.length)}\n`.repeat(3000)],
  ]);
  it.each(texts)('of %s keeps no parser busy', async (_name, text) => {
    const raw = Buffer.from(`From: a@example.com\nSubject: ${text.slice(0, 2000)}\n\n${text}`);
    const mail = viewOf(await readMail(raw));
    const slow = clues.filter(({ pattern, in: place }) => {
      const field = mail[typeof place === 'string' ? place : 'subject'];
      return leastProcessorMs(() => field.match(pattern)) > MOST_MS.pattern;
    });
    expect(slow.map(({ pattern }) => pattern)).toEqual([]);
    expect(leastProcessorMs(() => readMailBy(mail, PARSERS))).toBeLessThan(MOST_MS.mail);
  });
});
