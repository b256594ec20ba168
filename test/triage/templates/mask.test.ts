import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MARK } from '../../../src/triage/templates/characters.ts';
import { LONGEST_LINE, maskLine } from '../../../src/triage/templates/mask.ts';

const readable = (line: string): string => maskLine(line).replaceAll(MARK, '<*>');

describe('The mask of a line', () => {
  it.each([
    ['took 17 ms', 'took <*> ms', 'figures'],
    ['took 17ms, load 3.5%', 'took <*>, load <*>', 'figures with their units'],
    ['worker-12 of pool b7', '<*> of pool <*>', 'names with figures'],
    ['at 2026-03-01 04:05:06.789 +0100 done', 'at <*> done', 'date and time are one'],
    ['at 2026-03-01T04:05:06Z done', 'at <*> done', 'in ISO 8601'],
    ['since Fri Jun 17 07:07:00 PDT 2005 on', 'since <*> on', 'weekdays, months and zones with figures'],
    ['they may march on Sunday', 'they may march on Sunday', 'the same words without figures'],
    ['from 10.1.2.3:443 port', 'from <*> port', 'address and port'],
    ['bssid 5c:50:15:ea:bc:de lost', 'bssid <*> lost', 'hardware addresses'],
    ['to fe80::ba:1 via', 'to <*> via', 'addresses of the newer protocol'],
    ['get https://a.example/x?y=z failed', 'get <*> failed', 'URLs'],
    ['cannot read /var/log/messages: denied', 'cannot read <*>: denied', 'paths'],
    ['cannot read C:\\Windows\\Temp now', 'cannot read <*> now', 'paths with a drive'],
    ['I/O error, yes and/or no', 'I/O error, yes and/or no', 'words with a slash'],
    ['mail from jane@shop.example bounced', 'mail from <*> bounced', 'mail addresses'],
    ['host web.shop.example is', 'host <*> is', 'hosts by their ending'],
    ['in java.lang.String here', 'in java.lang.String here', 'names of classes stay'],
    ['file "report.txt" saved', 'file "<*>" saved', 'quoted values'],
    ['"GET /a/b HTTP/1.1" 200', '"GET <*>" <*>', 'the words of a quoted sentence stay'],
    ["it can't, and won't", "it can't, and won't", 'apostrophes quote nothing'],
    ["'state': 'on'", "'state': '<*>'", 'a quoted key stays'],
    ['id 6ba7b810-9dad-11d1-80b4-00c04fd430c8 gone', 'id <*> gone', 'uuids'],
    ['channels 1 2 3, 4 and 5', 'channels <*> and <*>', 'a list of any length is one'],
    ['connection from 1.2.3.4 () at', 'connection from <*> (<*>) at', 'an empty value is a value'],
    ['init() done', 'init() done', 'a call is none'],
    ['depth......0', 'depth......<*>', 'leaders end a word'],
    ['  two \t words ', 'two words', 'white space is one blank'],
    ['größe 12 größer', 'größe <*> größer', 'letters of all languages'],
    ['', '', 'nothing'],
  ])('%s → %s', (line, expected, _because) => {
    expect(readable(line)).toBe(expected);
  });

  it('never leaves a figure, never doubles a mark, and masks what is masked no further', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 200 }), (line) => {
        const masked = maskLine(line);
        expect(masked).not.toMatch(/\d/);
        expect(masked).not.toMatch(new RegExp(`${MARK} ?${MARK}`));
        expect(masked.length).toBeLessThanOrEqual(line.length + 1);
      }),
    );
  });

  it.each([
    ['colons', 'a:'],
    ['quotes', '"'],
    ['opening quotes', ' "x'],
    ['months', 'may '],
    ['dots', '.'],
    ['slashes', '/'],
    ['blanks', ' '],
    ['brackets', '('],
    ['hexadecimal groups', 'ab:'],
    ['at signs', 'a@'],
  ])('takes no longer for a megabyte of %s than for its beginning', (_what, unit) => {
    const long = unit.repeat(1_000_000 / unit.length);
    expect(maskLine(long)).toBe(maskLine(long.slice(0, LONGEST_LINE)));
  });
});
