/**
 * Encrypts what must be readable again, such as mailbox passwords: AES-256-GCM under a key derived from
 * DATAMER_SECRET_KEY. A changed key makes boxes unreadable, and says so.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { AppError } from './errors.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export class SecretBox {
  readonly #key: Buffer;

  constructor(secretKey: string) {
    this.#key = Buffer.from(hkdfSync('sha256', secretKey, 'datamer', 'secret-box', 32));
  }

  /** @returns nonce ‖ tag ‖ ciphertext */
  seal(plain: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce);
    const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  }

  open(box: Buffer): string {
    const nonce = box.subarray(0, NONCE_BYTES);
    const tag = box.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', this.#key, nonce);
    decipher.setAuthTag(tag);
    try {
      const plain = Buffer.concat([decipher.update(box.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
      return plain.toString('utf8');
    } catch (error) {
      throw new AppError(
        'A stored password cannot be decrypted: DATAMER_SECRET_KEY is not the one it was stored with. ' +
          'Start with the former key, or enter the password again.',
        { code: 'secret-key-changed', cause: error },
      );
    }
  }
}
