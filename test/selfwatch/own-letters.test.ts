import { describe, expect, it } from '@jest/globals';
import { asMail, writeProblem, writeRecovery, type Problem } from '../../src/selfwatch/own-letters.ts';
import { readMail } from '../../src/inbound/parse/read-mail.ts';

const AT = new Date('2026-03-10T08:00:00Z');

describe('What DaTamer writes to itself', () => {
  it('keeps names of people in their place: no header of their own, no line that doors refuse', async () => {
    const problem: Problem = {
      key: 'mailbox "a\r\nBcc: x@y"@mx',
      org: 'datamer.inbound.imap',
      severity: 'critical',
      title: `mailbox a\r\nBcc: x@y.example\r\n\r\n${'é'.repeat(5000)}`,
      detail: 'not read:\n.\nQUIT',
    };
    for (const letter of [writeProblem(problem, AT), writeRecovery(problem, AT, AT)]) {
      const raw = await asMail(letter, 'watch@datamer.internal');
      const [head = ''] = raw.toString().split('\r\n\r\n');
      expect(head).not.toMatch(/^bcc:/im);
      expect(
        Math.max(
          ...raw
            .toString()
            .split('\r\n')
            .map((line) => line.length),
        ),
      ).toBeLessThan(998);
      expect(letter.messageId).toMatch(/^<[a-zA-Z0-9.@-]+>$/);
      const mail = await readMail(raw);
      expect(mail.text).toContain(letter.text.split('\n')[0]);
      expect(mail.subject).toMatch(
        /^(PROBLEM|RECOVERY): mailbox a Bcc: x@y\.example é+ :org:datamer\.inbound\.imap: :/,
      );
      expect(mail.from.address).toBe('watch@datamer.internal');
    }
  });
});
