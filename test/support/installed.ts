/** Where the programs are that some tests need. */
import fs from 'node:fs';
import path from 'node:path';

/** Folder of initdb and postgres: the newest Debian one, else where the PATH has them. */
export function findPostgres(): string | null {
  const debian = '/usr/lib/postgresql';
  const versions = fs.existsSync(debian)
    ? fs
        .readdirSync(debian)
        .map(Number)
        .sort((a, b) => b - a)
    : [];
  const folders = [...versions.map((version) => `${debian}/${version}/bin`), ...pathFolders()];
  return folders.find((folder) => hasFile(folder, 'initdb') && hasFile(folder, 'postgres')) ?? null;
}

export function findDovecot(): string | null {
  return findProgram('dovecot');
}

export function findChromium(): string | null {
  return findProgram('chromium') ?? findProgram('chromium-browser') ?? findProgram('google-chrome');
}

function findProgram(name: string): string | null {
  const folder = pathFolders().find((one) => hasFile(one, name));
  return folder ? path.join(folder, name) : null;
}

function pathFolders(): string[] {
  return [...(process.env['PATH'] ?? '').split(path.delimiter), '/usr/sbin', '/usr/local/sbin'];
}

function hasFile(folder: string, name: string): boolean {
  return fs.existsSync(path.join(folder, name));
}
