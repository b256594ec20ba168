/** Gotify: a message of an application. */
import { asBrief, clip } from '../../wording/as-brief.ts';
import type { HttpCall } from '../call-http.ts';
import type { Outgoing } from '../channel-kind.ts';
import { urgencyOf, type Urgency } from '../urgency.ts';
import { jsonHeaders } from '../via-http.ts';

export interface GotifySettings extends Record<string, string> {
  url: string;
  token: string;
}

const LONGEST_TEXT = 4000;

/** The Android app rings and vibrates from 8 on, makes a sound from 4 on, and shows nothing at 0. */
const PRIORITIES: Record<Urgency, number> = {
  critical: 8,
  warn: 5,
  unclassified: 4,
  test: 4,
  info: 2,
  quiet: 2,
};

export function composeGotify(outgoing: Outgoing, { url, token }: GotifySettings): HttpCall {
  const { event, subject } = outgoing.message;
  const body = JSON.stringify({
    title: clip(subject, 250),
    message: clip(asBrief(outgoing.message), LONGEST_TEXT),
    priority: PRIORITIES[urgencyOf(outgoing)],
    extras: {
      'client::display': { contentType: 'text/plain' },
      ...(event ? { 'client::notification': { click: { url: event.link } } } : {}),
    },
  });
  return {
    method: 'POST',
    url: `${url.replace(/\/+$/, '')}/message`,
    headers: { ...jsonHeaders(outgoing), 'x-gotify-key': token },
    body,
  };
}
