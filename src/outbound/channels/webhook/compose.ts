/** The body of a webhook and its signature, as docs/webhooks.md tells receivers. */
import { createHmac } from 'node:crypto';
import { asSentence } from '../../wording/as-brief.ts';
import type { EventFacts } from '../../wording/message.ts';
import type { HttpCall } from '../call-http.ts';
import type { Outgoing } from '../channel-kind.ts';
import { jsonHeaders } from '../via-http.ts';

export interface WebhookSettings extends Record<string, string> {
  url: string;
  secret: string;
  authorization: string;
}

/** Raised when a field changes its meaning or goes; new ones are added without. */
const VERSION = 1;

export const SIGNATURE_HEADER = 'datamer-signature';

export function composeWebhook(outgoing: Outgoing, settings: WebhookSettings, now: Date): HttpCall {
  const { id, kind, createdAt, message } = outgoing;
  const { subject, lead, event, sections, actions } = message;
  const body = JSON.stringify({
    version: VERSION,
    id,
    kind,
    createdAt: createdAt.toISOString(),
    subject,
    lead: asSentence(lead),
    event: event && withoutZone(event),
    sections,
    actions,
  });
  const { url, secret, authorization } = settings;
  return {
    method: 'POST',
    url,
    headers: {
      ...jsonHeaders(outgoing),
      ...(secret ? { [SIGNATURE_HEADER]: signBody(body, secret, now) } : {}),
      ...(authorization ? { authorization } : {}),
    },
    body,
  };
}

/** Programs read instants in UTC. */
function withoutZone({ timeZone: _, ...event }: EventFacts) {
  return event;
}

/** The time is signed with the body, so that what somebody recorded is worth nothing tomorrow. */
export function signBody(body: string, secret: string, now: Date): string {
  const seconds = Math.floor(now.getTime() / 1000);
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}
