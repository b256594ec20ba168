import { describe, expect, it } from '@jest/globals';
import { maskSubject } from '../../src/triage/signal.ts';

describe('The masked subject', () => {
  it.each([
    ['** PROBLEM: load 17.3 on web-17 **', '** RECOVERY: load 0.4 on web-17 **', 'state words and values'],
    [
      'Backup failed on db1 2026-11-21 02:00:05',
      'Backup succeeded on db1 2026-11-22 02:00:20',
      'dates and times',
    ],
    ['disk /var 97% full', 'disk /var 98 % full', 'percentages'],
    ['job #1234 failed', 'job #98 failed', 'job numbers'],
    ['Re: raid degraded', 'raid OK', 'reply marks'],
    ['task 0x7f3a failed', 'task 0x1b failed', 'hexadecimal ids'],
    [
      'run 550e8400-e29b-41d4-a716-446655440000 ok',
      'run 550e8400-e29b-41d4-a716-446655440001 failed',
      'UUIDs',
    ],
    [':critical: disk full :svr:db1', 'disk full', 'tags'],
  ])('is the same for %s and %s', (one, other, _because) => {
    expect(maskSubject(one)).toBe(maskSubject(other));
  });

  it.each([
    ['disk full on db1', 'disk full on db2', 'hosts differ by their digits'],
    ['ping 192.0.2.1 failed', 'ping 192.0.2.2 failed', 'addresses differ'],
    ['backup of mail failed', 'backup of web failed', 'jobs differ'],
  ])('differs for %s and %s', (one, other, _because) => {
    expect(maskSubject(one)).not.toBe(maskSubject(other));
  });
});
