/**
 * People's automatic replies. They quote the subject of an alert, and yet say nothing about it: neither a problem nor
 * its end, and nothing about its host.
 */
import type { Reader } from '../parser.ts';
import { senderHost } from '../sender-host.ts';

/** How mail programs begin the subject, language by language. */
const PREFIXES = [
  'automatic reply:',
  'auto reply:',
  'autoreply:',
  'out of office:',
  'out of the office',
  'automatische antwort:',
  'abwesenheitsnotiz',
  'abwesend:',
  'réponse automatique',
  "message d'absence",
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

export const outOfOffice: Reader = {
  tool: 'out-of-office',
  signs: PREFIXES.map((subject) => ({ subject })),
  read: (mail) => {
    const prefix = PREFIXES.find((one) => mail.lowerSubject.startsWith(one));
    if (!prefix) return null;
    const reason = `“${prefix}” begins the subject`;
    const host = senderHost(mail);
    return {
      tool: 'out-of-office',
      state: { value: 'unknown', reason },
      severity: { value: null, reason },
      hosts: { value: host ? [host] : [], reason },
      service: { value: 'auto-reply', reason },
    };
  },
};
