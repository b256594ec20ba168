/**
 * One process per data folder. PGlite itself would open a folder twice and corrupt it. The lock is a
 * listening local socket: the system drops it with the process, also after kill -9, so no stale lock can keep
 * a restart waiting and no process id can be mistaken for another's.
 */
import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { AppError } from '../../kernel/errors.ts';

/** sun_path holds 104 bytes on the BSDs and macOS, 108 on Linux. */
const LONGEST_SOCKET_PATH = 100;

export interface FolderLock {
  release: () => Promise<void>;
}

/** @throws AppError `folder-in-use` when another process has the folder */
export async function lockFolder(folder: string): Promise<FolderLock> {
  fs.mkdirSync(folder, { recursive: true });
  const address = socketAddress(fs.realpathSync(folder));
  const nonce = randomUUID();
  const greeting = `${process.pid} ${nonce}`;
  const holder = await whoHolds(address);
  if (holder) throw inUse(folder, holder);
  removeStale(address);
  const server = await listen(address, greeting, folder);
  // Two starters may both have found the socket stale, and the second removed the first one's: ask who is there now.
  const present = await whoHolds(address);
  if (present !== greeting) {
    server.close();
    throw inUse(folder, present ?? 'unknown');
  }
  return {
    release: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
  };
}

function socketAddress(folder: string): string {
  const digest = createHash('sha256').update(folder).digest('hex').slice(0, 24);
  if (process.platform === 'win32') return `\\\\.\\pipe\\datamer-${digest}`;
  const inside = path.join(folder, 'lock.sock');
  if (Buffer.byteLength(inside) <= LONGEST_SOCKET_PATH) return inside;
  return path.join(os.tmpdir(), `datamer-${digest}.sock`);
}

/** The holder's greeting; `unknown` when somebody accepts but is too busy to answer; null when nobody is there. */
async function whoHolds(address: string): Promise<string | null> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = net.connect(address, () => (answer = 'unknown'));
    socket.setEncoding('utf8');
    socket.setTimeout(2000, () => socket.destroy());
    socket.on('data', (text: string) => (answer = text));
    // A refused connection also closes: `close` alone answers.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve(answer || null);
    });
  });
}

function removeStale(address: string): void {
  if (process.platform !== 'win32') fs.rmSync(address, { force: true });
}

async function listen(address: string, greeting: string, folder: string): Promise<net.Server> {
  const server = net.createServer((socket) => socket.end(greeting));
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? inUse(folder, 'another process') : error);
    });
    server.listen(address, () => {
      server.unref();
      resolve(server);
    });
  });
}

function inUse(folder: string, holder: string): AppError {
  const pid = holder.split(' ')[0] ?? 'unknown';
  return new AppError(
    `The embedded database in ${folder} is in use by process ${pid}. ` +
      'Stop it first (the embedded database serves one process), or set DATABASE_URL to a PostgreSQL server, which serves many.',
    { code: 'folder-in-use' },
  );
}
