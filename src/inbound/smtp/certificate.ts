/**
 * The certificate of the SMTP doors: as configured, or a self-signed one kept in the data folder. Mail servers
 * encrypt opportunistically and do not verify it; a configured one serves those that do.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { Settings } from '../../config/schema.ts';
import { DAY, later } from '../../kernel/clock.ts';

export interface Certificate {
  cert: string;
  key: string;
}

type CertificateSettings = Pick<Settings, 'DATAMER_TLS_CERT' | 'DATAMER_TLS_KEY' | 'DATAMER_DATA_DIR'>;

const FILE = 'smtp-certificate.pem';
const VALID_FOR = 3650 * DAY;

export async function loadCertificate(
  settings: CertificateSettings,
  hostName: string,
  now: Date,
): Promise<Certificate> {
  const { DATAMER_TLS_CERT: cert, DATAMER_TLS_KEY: key } = settings;
  if (cert !== null && key !== null) return { cert, key };
  const file = path.join(settings.DATAMER_DATA_DIR, FILE);
  const kept = fs.existsSync(file) ? split(fs.readFileSync(file, 'utf8')) : null;
  return kept ?? create(file, hostName, now);
}

async function create(file: string, hostName: string, now: Date): Promise<Certificate> {
  // Needed once in an installation's life, and slow to load.
  const { generate } = await import('selfsigned');
  const made = await generate([{ name: 'commonName', value: hostName }], {
    keyType: 'ec',
    notBeforeDate: now,
    notAfterDate: later(now, VALID_FOR),
  });
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, made.private + made.cert, { mode: 0o600 });
  return { cert: made.cert, key: made.private };
}

function split(pem: string): Certificate | null {
  const key = /-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]+-----END [A-Z ]*PRIVATE KEY-----/.exec(pem)?.[0];
  const cert = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(pem)?.[0];
  return key && cert ? { cert, key } : null;
}
