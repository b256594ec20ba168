/** The answer to a reply: what has happened, or why nothing has; and what a reply may say. */
import type { Message } from './message.ts';

export interface Answer {
  /** Of the notice that was replied to. */
  subject: string;
  name: string;
  what: string;
  link: string | null;
}

export function wordAnswer({ subject, name, what, link }: Answer): Message {
  return {
    subject: subject.startsWith('Re: ') ? subject : `Re: ${subject}`,
    greeting: name,
    lead: what,
    event: null,
    sections: [],
    actions: link ? [{ label: 'Open the event', link }] : [],
  };
}

/** Each word with what it does; the ones that people need first come first. */
const WORDS = [
  ['mine', 'claims the event for you (also: claim, ack, take)'],
  [
    'snooze 2h',
    'hides it from lists for a while (also: 30m, 3d, until 14:00, tomorrow, until 2026-03-12 09:00)',
  ],
  ['done', 'completes it; what stands behind and below becomes the closing note'],
  ['note', 'adds what stands behind and below to its timeline'],
  ['assign ana@example.com', 'gives it to somebody (or to: nobody)'],
  ['reopen', 'opens it again'],
  [
    'split',
    'makes an event of its own of the latest mails: those of the signal that came last before the notice',
  ],
  ['help', 'answers this list'],
] as const;

export function wordHelp(answer: Answer): Message {
  const message = wordAnswer(answer);
  const list = WORDS.map(([word, does]) => `${word}: ${does}`).join('\n');
  return {
    ...message,
    lead: [
      answer.what,
      '',
      'The first line of a reply is read, above the quoted mail:',
      '',
      list,
      '',
      'A number behind the word means another event: mine #123',
    ].join('\n'),
  };
}
