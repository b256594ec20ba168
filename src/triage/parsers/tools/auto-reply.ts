/**
 * People's automatic replies, told by their headers (the vacation program and its like) or by how mail programs begin
 * the subject. They quote an alert, and yet say nothing about it: neither a problem nor its end, and nothing of its host.
 */
import type { Reader } from '../parser.ts';
import { senderHost } from '../sender-host.ts';

/** How mail programs begin the subject, language by language. */
const PREFIXES = [
  'automatic reply:',
  'auto reply:',
  'autoreply:',
  'out of office',
  'out of the office',
  'automatische antwort:',
  'abwesenheitsnotiz',
  'abwesend:',
  'réponse automatique',
  "message d'absence",
  'away from my mail',
  'respuesta automática:',
  'fuera de la oficina',
  'risposta automatica:',
  'fuori sede',
  'automatisch antwoord:',
  'afwezig:',
  'resposta automática:',
  'autosvar:',
  'automatiskt svar:',
  'automaattinen vastaus:',
  'autoodpowiedź:',
  'odpowiedź automatyczna:',
  'automatická odpověď:',
  'автоответ:',
  '自動応答:',
];

/** "Automatic reply: …", "Out of office …". */
export function beginsAutomatically(subject: string): boolean {
  const lower = subject.trim().toLowerCase();
  return PREFIXES.some((prefix) => lower.startsWith(prefix));
}

export const autoReply: Reader = {
  tool: 'auto-reply',
  signs: [
    { header: ['auto-submitted', 'auto-replied'] },
    { header: ['x-autoreply', ''] },
    { header: ['x-autorespond', ''] },
    ...PREFIXES.map((subject) => ({ subject })),
  ],
  read: (mail) => {
    const prefix = PREFIXES.find((one) => mail.lowerSubject.startsWith(one));
    const header = MARKS.find(([name, begin]) => isMarked(mail.header(name), begin))?.[0];
    if (!prefix && header === undefined) return null;
    const reason = prefix ? `“${prefix}” begins the subject` : `the header ${header ?? ''}`;
    const host = senderHost(mail);
    return {
      tool: 'auto-reply',
      state: { value: 'unknown', reason },
      severity: { value: null, reason },
      hosts: { value: host ? [host] : [], reason },
      service: { value: 'auto-reply', reason },
    };
  },
};

const MARKS = [
  ['auto-submitted', 'auto-replied'],
  ['x-autoreply', ''],
  ['x-autorespond', ''],
] as const;

function isMarked(value: string, begin: string): boolean {
  return value !== '' && value.toLowerCase().startsWith(begin);
}
