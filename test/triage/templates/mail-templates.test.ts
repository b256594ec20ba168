import { describe, expect, it } from '@jest/globals';
import { MailTemplates } from '../../../src/triage/templates/mail-templates.ts';
import { current, readableTemplate, type Template } from '../../../src/triage/templates/miner.ts';

const NOW = new Date('2026-03-01T00:00:00Z');

const readable = (template: Template): string => readableTemplate(current(template).shape);

describe('The template of a mail', () => {
  it.each([
    [
      'Disk 91% full on web1 :critical: :org:shop.web:',
      'x',
      'Disk <*> full on <*>',
      'is its subject’s, without tags',
    ],
    [
      'Alert',
      'Temperature 81 in rack 7\nmore',
      'Alert | Temperature <*> in rack <*>',
      'has the first line where the subject says nothing',
    ],
    [
      '',
      '> quoted\n\nJob 12 done',
      'Job <*> done',
      'has the first line of the sender where there is no subject',
    ],
    ['12:30', '', '<*>', 'is what there is'],
    ['', '', '', 'is empty for an empty mail'],
  ])('%j over %j is %j: it %s', (subject, text, expected, _because) => {
    expect(readable(new MailTemplates().mine({ subject, text }, 'general', NOW))).toBe(expected);
  });

  it('is the same for mails of one shape, and another for each tool', () => {
    const templates = new MailTemplates();
    const mine = (subject: string, tool: string): string =>
      templates.mine({ subject, text: '' }, tool, NOW).id;
    expect(mine('Backup of db1 failed', 'borg')).toBe(mine('Backup of db2 failed', 'borg'));
    expect(mine('Backup of db1 failed', 'restic')).not.toBe(mine('Backup of db1 failed', 'borg'));
  });

  it('counts the lines that its mails have in common, once a mail', () => {
    const templates = new MailTemplates();
    const mine = (text: string): Template =>
      templates.mine({ subject: 'Nightly backup', text }, 'general', NOW);
    mine('took 7 min\ntook 8 min\nsaw a bear');
    const template = mine('took 12 min\n-- \nthe operators');
    const counts = [...templates.frequentLines(template).entries()];
    expect(counts.map(([line, count]) => [readable(line), count])).toEqual([
      ['took <*> min', 2],
      ['saw a bear', 1],
    ]);
  });

  it('keeps few lines of very many, and those that come every time', () => {
    const templates = new MailTemplates();
    let template: Template | undefined;
    const letters = (number: number): string =>
      Array.from(String(number), (digit) => 'abcdefghij'[Number(digit)]).join('');
    for (let mail = 0; mail < 300; mail += 1) {
      const excerpt = Array.from({ length: 20 }, (_, line) => `${letters(mail)} ${letters(line)} seen`);
      const text = [...excerpt, 'Sent by the watchman'].join('\n');
      template = templates.mine({ subject: 'Excerpt of the log', text }, 'general', NOW);
    }
    if (!template) throw new Error('there is one');
    const counts = [...templates.frequentLines(template).entries()];
    expect(counts.length).toBeLessThanOrEqual(32);
    expect(counts.map(([line]) => readable(line))).toContain('Sent by the watchman');
  });

  it('looks at the beginning of a megabyte only', () => {
    const templates = new MailTemplates();
    templates.mine({ subject: 'x', text: `${'> quoted\n'.repeat(100_000)}the end` }, 'general', NOW);
    templates.mine({ subject: 'x', text: 'word '.repeat(200_000) }, 'general', NOW);
    expect(templates.lines.size).toBe(1);
  });
});
