import { describe, expect, it } from '@jest/globals';
import { readCommand } from '../../../src/triage/replies/read-command.ts';

/** 10:00 in Berlin. */
const NOW = new Date('2026-11-21T09:00:00Z');

function read(...lines: string[]): unknown {
  return readCommand(lines, NOW, 'Europe/Berlin');
}

const until = (iso: string) => ({ command: { verb: 'snooze', until: new Date(iso) }, number: null });

describe('The first line of a reply', () => {
  it.each([
    ['mine', { verb: 'claim' }],
    ['Mine!', { verb: 'claim' }],
    ['ACK.', { verb: 'claim' }],
    ['take it', { verb: 'claim' }],
    ['/claim', { verb: 'claim' }],
    ['done', { verb: 'complete', note: null }],
    ['done: replaced the disk', { verb: 'complete', note: 'replaced the disk' }],
    ['note the vendor has been called', { verb: 'note', text: 'the vendor has been called' }],
    ['split', { verb: 'split' }],
    ['reopen', { verb: 'reopen' }],
    ['assign bo@acme.example', { verb: 'assign', email: 'bo@acme.example' }],
    ['assign to Bo@Acme.Example.', { verb: 'assign', email: 'bo@acme.example' }],
    ['assign bo@acme.example <mailto:bo@acme.example>', { verb: 'assign', email: 'bo@acme.example' }],
    ['assign nobody', { verb: 'assign', email: null }],
    ['help', { verb: 'help' }],
    ['?', { verb: 'help' }],
  ])('%s', (line, command) => {
    expect(read(line)).toEqual({ command, number: null });
  });

  it.each([
    ['snooze 2h', '2026-11-21T11:00:00Z'],
    ['snooze 30m', '2026-11-21T09:30:00Z'],
    ['snooze for 30 minutes', '2026-11-21T09:30:00Z'],
    ['snooze 3 days', '2026-11-24T09:00:00Z'],
    ['snooze until 14:00', '2026-11-21T13:00:00Z'],
    ['snooze until 9:30', '2026-11-22T08:30:00Z'],
    ['snooze tomorrow', '2026-11-22T08:00:00Z'],
    ['snooze until tomorrow 7:15', '2026-11-22T06:15:00Z'],
    ['snooze until 2026-12-01', '2026-12-01T08:00:00Z'],
    ['snooze until 2026-12-01 6:30', '2026-12-01T05:30:00Z'],
  ])('%s is until %s', (line, iso) => {
    expect(read(line)).toEqual(until(iso));
  });

  it('may name another event, and a note goes on below it', () => {
    expect(read('done #4812 it was the switch', 'and its fan')).toEqual({
      command: { verb: 'complete', note: 'it was the switch\nand its fan' },
      number: '4812',
    });
    expect(read('mine #7')).toEqual({ command: { verb: 'claim' }, number: '7' });
  });

  it.each([
    'Thanks, I am looking into it',
    'take care, Ana',
    'mine is the other one',
    'snooze',
    'snooze forever',
    'snooze 0h',
    'snooze 400 days',
    'snooze until 25:00',
    'snooze until 2026-02-30',
    'snooze until 2020-01-01',
    'note',
    'assign bo',
    'assign everybody@',
    'split hairs',
    '',
    '....',
    'minecraft',
  ])('%j is no command', (line) => {
    expect(read(line)).toEqual({ misunderstood: line });
  });

  it('repeats no more than its beginning, cut between characters', () => {
    expect(read('🧯'.repeat(500))).toEqual({ misunderstood: `${'🧯'.repeat(79)}…` });
  });
});
