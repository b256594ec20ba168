/** The story as it goes on while one watches: what is due is posted and done every second. */
import type { Parts } from '../app/wiring.ts';
import { SECOND } from '../kernel/clock.ts';
import { Loop } from '../kernel/loop.ts';
import { doDeed } from './do-deed.ts';
import type { MailServer } from './mail-server.ts';
import type { Prepared } from './prepare.ts';
import { tellStory } from './story/tell-story.ts';
import { writeMail } from './story/write-mail.ts';

export function goOn(parts: Parts, { cast, stage, toldUntil }: Prepared, server: MailServer): Loop {
  let told = toldUntil;
  const loop = new Loop(
    {
      name: 'demo story',
      everyMs: SECOND,
      run: async (now) => {
        const { mails, deeds } = tellStory(stage, told, now);
        told = now;
        server.post(mails.map((mail) => ({ at: mail.at, raw: writeMail(mail) })));
        for (const deed of deeds) await doDeed(parts, cast, deed);
        return false;
      },
    },
    parts.clock,
    parts.log,
  );
  loop.start();
  return loop;
}
