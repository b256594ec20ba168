/** A mail of the story as its sender would have written it. */
import type { StoryMail } from './story.ts';

export const DEMO_DOMAIN = 'shop.example';
export const DEMO_ADDRESS = `alerts@${DEMO_DOMAIN}`;

export function messageIdOf(id: string): string {
  return `<${id}@${DEMO_DOMAIN}>`;
}

export function writeMail({ id, at, from, subject, body }: StoryMail): Buffer {
  const lines = [
    `From: ${from}`,
    `To: ${DEMO_ADDRESS}`,
    `Subject: ${subject}`,
    `Date: ${at.toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: ${messageIdOf(id)}`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    ...body.split('\n'),
    '',
  ];
  return Buffer.from(lines.join('\r\n'));
}
