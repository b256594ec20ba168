/** `datamer eval …` on small files: what it prints, and what it says of files that are not as they should be. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { run } from '../../src/cli/program.ts';

let folder: string;

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'datamer-eval-'));
});

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function write(name: string, lines: readonly unknown[]): string {
  const file = path.join(folder, name);
  fs.writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return file;
}

async function evaluate(...args: string[]) {
  const outcome = { code: 0, stdout: '', stderr: '' };
  outcome.code = await run(['eval', ...args], {
    environment: {},
    out: (text) => (outcome.stdout += text),
    error: (text) => (outcome.stderr += text),
    readStdin: async () => '',
  });
  return outcome;
}

describe('datamer eval templates', () => {
  const LINES = [
    { text: 'disk sda1 is full', template: 'disk' },
    { text: 'disk sdb2 is full', template: 'disk' },
    { text: 'session opened for root', template: 'opened' },
    { text: 'session closed for root', template: 'closed' },
  ];

  it('prints the score as one JSON document, or as a table', async () => {
    const file = write('lines.jsonl', LINES);
    const { code, stdout } = await evaluate('templates', file, '--json');
    expect(code).toBe(0);
    const score = JSON.parse(stdout) as { linesPerSecond: number };
    expect(score).toMatchObject({ ga: 1, fga: 1, pairF1: 1, templates: 3, lines: 4 });
    expect(score.linesPerSecond).toBeGreaterThan(0);
    expect((await evaluate('templates', file)).stdout).toMatch(/grouping accuracy +1\.000 +1\.000\n/);
  });

  it('says which line is not as it should be', async () => {
    const file = write('broken.jsonl', [LINES[0], { text: 'no template' }]);
    expect(await evaluate('templates', file)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('broken.jsonl, line 2') as unknown,
    });
    fs.writeFileSync(file, '{');
    expect((await evaluate('templates', file)).stderr).toContain('line 1');
    expect((await evaluate('templates', path.join(folder, 'absent.jsonl'))).code).toBe(1);
  });
});

describe('datamer eval classify', () => {
  const line = (index: number) => ({
    text: `disk full on db${index % 8}.example.com\nvalue ${index}`,
    from: 'cron@example.com',
    org: index % 2 ? 'shop.db' : 'bank.db',
    severity: index % 2 ? 'critical' : 'warn',
  });
  const LINES = Array.from({ length: 120 }, (_, index) => line(index));

  it('prints the figures of the field as one JSON document', async () => {
    const train = write('train.jsonl', LINES.slice(0, 80));
    const test = write('test.jsonl', [...LINES.slice(80), { text: 'unlabelled', org: null, severity: null }]);
    for (const field of ['org', 'severity']) {
      const { code, stdout } = await evaluate('classify', train, test, '--field', field, '--json');
      expect(code).toBe(0);
      const figures = JSON.parse(stdout) as Record<string, number>;
      expect(figures).toMatchObject({ accuracy: 1, macroF1: 1, coverage: 1, precisionAtCoverage: 1 });
      expect(figures.docsPerSecond).toBeGreaterThan(0);
      expect(figures.trainSeconds).toBeGreaterThan(0);
    }
  });

  it('says when nothing tells the field', async () => {
    const file = write('nothing.jsonl', [{ text: 'x' }]);
    expect(await evaluate('classify', file, file)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no line that tells the org') as unknown,
    });
  });
});
