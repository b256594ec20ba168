/** The secret key: as configured, or kept in the data folder, created at the first start. */
import { randomBytes, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { errorCode } from '../kernel/errors.ts';
import type { Settings } from './schema.ts';

const KEY_FILE = 'secret-key';

export function loadSecretKey(settings: Settings): string {
  if (settings.DATAMER_SECRET_KEY !== null) return settings.DATAMER_SECRET_KEY;
  const file = path.join(settings.DATAMER_DATA_DIR, KEY_FILE);
  fs.mkdirSync(settings.DATAMER_DATA_DIR, { recursive: true });
  if (!fs.existsSync(file)) createKeyFile(file);
  return fs.readFileSync(file, 'utf8').trim();
}

/** Written aside and linked into place: of two processes that start together one creates, and both read it whole. */
function createKeyFile(file: string): void {
  const draft = `${file}.${randomUUID()}`;
  fs.writeFileSync(draft, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 });
  try {
    fs.linkSync(draft, file);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  } finally {
    fs.rmSync(draft);
  }
}
