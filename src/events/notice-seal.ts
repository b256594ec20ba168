/**
 * The signed header by which a notice is known again when it comes back, or comes back as a bounce. Outbound signs,
 * triage verifies.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

export const NOTICE_HEADER = 'X-DaTamer-Notice';

/** Signs and recognises the header of notices. */
export class NoticeSeal {
  readonly #secretKey: string;

  constructor(secretKey: string) {
    this.#secretKey = secretKey;
  }

  /** The header's value for a delivery: its id and a signature of it. */
  sign(deliveryId: string): string {
    return `${deliveryId}.${this.#signature(deliveryId)}`;
  }

  /** @returns the delivery's id, or null when the value is not ours */
  verify(value: string): string | null {
    const [id = '', signature = ''] = value.trim().split('.');
    const expected = Buffer.from(this.#signature(id));
    const given = Buffer.from(signature);
    return given.length === expected.length && timingSafeEqual(given, expected) ? id : null;
  }

  #signature(deliveryId: string): string {
    return createHmac('sha256', this.#secretKey).update(`notice ${deliveryId}`).digest('hex').slice(0, 32);
  }
}
