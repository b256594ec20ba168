/** ntfy: published as JSON to the server, with the topic inside. */
import { asBrief, clip } from '../../wording/as-brief.ts';
import type { Message } from '../../wording/message.ts';
import type { HttpCall } from '../call-http.ts';
import type { Outgoing } from '../channel-kind.ts';
import { urgencyOf, type Urgency } from '../urgency.ts';
import { jsonHeaders } from '../via-http.ts';

export interface NtfySettings extends Record<string, string> {
  url: string;
  token: string;
}

/** ntfy turns longer texts (4,096 bytes) into an attached file; a character has up to three. */
const LONGEST_TEXT = 1300;
/** As many buttons as ntfy shows. */
const MOST_BUTTONS = 3;

/** 5 goes on ringing until it is looked at, 2 makes no sound. */
const PRIORITIES: Record<Urgency, number> = {
  critical: 5,
  warn: 4,
  unclassified: 3,
  test: 3,
  info: 2,
  quiet: 2,
};
/** Short codes of the emoji in front of the title. */
const TAGS: Partial<Record<Urgency, string>> = {
  critical: 'rotating_light',
  warn: 'warning',
  unclassified: 'grey_question',
  info: 'information_source',
};

export function composeNtfy(outgoing: Outgoing, { url, token }: NtfySettings): HttpCall {
  const { message } = outgoing;
  const { subject, actions } = message;
  const urgency = urgencyOf(outgoing);
  const tag = outgoing.kind === 'recovered' ? 'white_check_mark' : TAGS[urgency];
  const { server, topic } = splitTopic(url);
  const body = JSON.stringify({
    topic,
    title: clip(subject, 250),
    message: clip(asBrief(message), LONGEST_TEXT),
    priority: PRIORITIES[urgency],
    tags: tag ? [tag] : [],
    ...clickOf(message),
    actions: actions
      .slice(0, MOST_BUTTONS)
      .map(({ label, link }) => ({ action: 'view', label, url: link, clear: true })),
  });
  return {
    method: 'POST',
    url: server,
    headers: { ...jsonHeaders(outgoing), ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body,
  };
}

function clickOf({ event }: Message): { click?: string } {
  return event ? { click: event.link } : {};
}

/** `https://ntfy.example.com/my-topic`, also below a path of a reverse proxy. */
export function splitTopic(address: string): { server: string; topic: string } {
  const url = new URL(address);
  const parts = url.pathname.split('/').filter(Boolean);
  const topic = parts.pop() ?? '';
  return { server: `${url.origin}/${parts.map((part) => `${part}/`).join('')}`, topic };
}
