/**
 * Signed tokens in notices, by which people act from their mail: the address to reply to, the links that do one thing,
 * the link that ends notices. Outbound signs; triage and web verify. Whoever holds a token holds what it allows, so each
 * kind is signed for itself, and says which notice it stood in.
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { parse, stringify } from 'uuid';
import { fromBase32, toBase32 } from '../../kernel/base32.ts';
import type { TenantId } from '../../kernel/ids.ts';

/** What a link in a notice does. The order is part of links that are under way: append only. */
export const LINK_VERBS = ['claim', 'snooze-hour', 'snooze-tomorrow', 'complete', 'unsubscribe'] as const;
export type LinkVerb = (typeof LINK_VERBS)[number];

export interface LinkToken {
  tenantId: TenantId;
  deliveryId: string;
  verb: LinkVerb;
  expiresAt: Date;
}

const ID_BYTES = 16;
/** 80 bits: short enough for the local part of an address (64 octets), and beyond guessing. */
const REPLY_SIGNATURE_BYTES = 10;
const REPLY_BYTES = ID_BYTES + REPLY_SIGNATURE_BYTES;
const LINK_SIGNATURE_BYTES = 16;
const LINK_HEAD_BYTES = 2 * ID_BYTES + 5;

export class MailTokens {
  readonly #key: Buffer;

  constructor(secretKey: string) {
    this.#key = Buffer.from(hkdfSync('sha256', secretKey, 'datamer', 'mail tokens', 32));
  }

  /** For the address to reply to: 42 letters and digits. */
  signReply(deliveryId: string): string {
    const id = Buffer.from(parse(deliveryId));
    return toBase32(Buffer.concat([id, this.#signature('reply', id, REPLY_SIGNATURE_BYTES)]));
  }

  /** @returns the delivery's id, or null when the token is not ours */
  verifyReply(token: string): string | null {
    const id = this.#opened('reply', token, ID_BYTES, REPLY_BYTES);
    return id && asId(id);
  }

  /** For a link: 85 letters and digits. */
  signLink({ tenantId, deliveryId, verb, expiresAt }: LinkToken): string {
    const head = Buffer.alloc(LINK_HEAD_BYTES);
    head.set(parse(tenantId), 0);
    head.set(parse(deliveryId), ID_BYTES);
    head.writeUInt8(LINK_VERBS.indexOf(verb), 2 * ID_BYTES);
    head.writeUInt32BE(Math.floor(expiresAt.getTime() / 1000), 2 * ID_BYTES + 1);
    return toBase32(Buffer.concat([head, this.#signature('link', head, LINK_SIGNATURE_BYTES)]));
  }

  /** @returns what the link was signed for, expired or not; null when it is not ours */
  verifyLink(token: string): LinkToken | null {
    const head = this.#opened('link', token, LINK_HEAD_BYTES, LINK_HEAD_BYTES + LINK_SIGNATURE_BYTES);
    const verb = head && LINK_VERBS[head.readUInt8(2 * ID_BYTES)];
    if (!head || !verb) return null;
    return {
      tenantId: asId(head.subarray(0, ID_BYTES)) as TenantId,
      deliveryId: asId(head.subarray(ID_BYTES, 2 * ID_BYTES)),
      verb,
      expiresAt: new Date(head.readUInt32BE(2 * ID_BYTES + 1) * 1000),
    };
  }

  #opened(purpose: string, token: string, headBytes: number, bytes: number): Buffer | null {
    const decoded = fromBase32(token.toLowerCase());
    if (decoded?.length !== bytes) return null;
    const head = decoded.subarray(0, headBytes);
    const expected = this.#signature(purpose, head, bytes - headBytes);
    return timingSafeEqual(decoded.subarray(headBytes), expected) ? head : null;
  }

  #signature(purpose: string, head: Buffer, bytes: number): Buffer {
    return createHmac('sha256', this.#key).update(`${purpose} `).update(head).digest().subarray(0, bytes);
  }
}

/** uuid's own writer refuses what is no UUID by its version bits; a signed head is one. */
function asId(bytes: Buffer): string {
  return stringify(bytes);
}

/** A text that others may read: its links act in the name of whom it was sent to. */
export function withoutTokens(text: string): string {
  return text.replaceAll(/\/(act|unsubscribe)\/[a-z2-7]{85}/g, '/$1/…');
}
