/**
 * Runs in a worker thread: one PGlite, many virtual clients. In the main thread an awaited loop of queries
 * would starve HTTP and IMAP (measured: a 10 ms timer fired 0 of 84 times), because PGlite computes in place.
 *
 * PGlite has one session. It belongs to one client from its first byte until a ReadyForQuery with status `I`;
 * the others queue. A client that disappears inside a transaction is rolled back.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { describeError } from '../../kernel/errors.ts';
import { DurableNodeFS } from './durable-fs.ts';
import { GREETING, lastStatus, NOTIFICATION, startsCopyFromClient, wholeMessages } from './wire.ts';

export interface WorkerInput {
  /** Folder of the database; null keeps it in memory. */
  folder: string | null;
  /** A data directory to start from, as `dump` answered it: saves initdb in tests. */
  template: Uint8Array | null;
}

/** Main thread → worker. */
export type Request =
  | { kind: 'greet'; client: number }
  | { kind: 'bytes'; client: number; bytes: Uint8Array }
  | { kind: 'gone'; client: number }
  | { kind: 'dump' }
  | { kind: 'close' };

/** Worker → main thread. */
export type Reply =
  | { kind: 'ready' }
  | { kind: 'bytes'; client: number; bytes: Uint8Array }
  | { kind: 'failed'; client: number; reason: string }
  | { kind: 'died'; reason: string }
  | { kind: 'dumped'; bytes: Uint8Array }
  | { kind: 'closed' };

const port = parentPort;
if (!port) throw new Error('pglite-worker runs in a worker thread only');
const { folder, template } = workerData as WorkerInput;

function reply(answer: Reply): void {
  port?.postMessage(answer);
}

const database = await open();
const clients = new Set<number>();
const queue: Extract<Request, { kind: 'bytes' | 'gone' }>[] = [];
let owner: number | null = null;
let isPumping = false;

port.on('message', (request: Request) => {
  void handle(request);
});
reply({ kind: 'ready' });

async function open(): Promise<PGlite> {
  const loadDataDir = template ? { loadDataDir: new Blob([template]) } : {};
  if (folder === null) return PGlite.create('memory://', loadDataDir);
  return PGlite.create({
    ...loadDataDir,
    fs: new DurableNodeFS(folder),
    startParams: [
      ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
      '-c',
      'wal_sync_method=fsync',
    ],
  });
}

async function handle(request: Request): Promise<void> {
  switch (request.kind) {
    case 'greet':
      clients.add(request.client);
      reply({ kind: 'bytes', client: request.client, bytes: Uint8Array.from(GREETING) });
      return;
    case 'dump': {
      const dump = await database.dumpDataDir('none');
      reply({ kind: 'dumped', bytes: new Uint8Array(await dump.arrayBuffer()) });
      return;
    }
    case 'close':
      await database.close();
      reply({ kind: 'closed' });
      port?.close();
      return;
    default:
      queue.push(request);
      await pump();
  }
}

async function pump(): Promise<void> {
  if (isPumping) return;
  isPumping = true;
  try {
    for (let next = takeNext(); next; next = takeNext()) {
      if (next.kind === 'gone') await forget(next.client);
      else await serve(next.client, Buffer.from(next.bytes));
      // Messages that arrived meanwhile are delivered by the event loop only when it gets a turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    isPumping = false;
  }
}

function takeNext() {
  const index = owner === null ? 0 : queue.findIndex((request) => request.client === owner);
  return index < 0 ? undefined : queue.splice(index, 1)[0];
}

async function forget(client: number): Promise<void> {
  clients.delete(client);
  if (owner === client) await releaseSession();
}

async function serve(client: number, bytes: Buffer): Promise<void> {
  if (startsCopyFromClient(bytes)) {
    reply({ kind: 'failed', client, reason: 'COPY FROM STDIN is not possible on the embedded database' });
    return;
  }
  owner = client;
  try {
    const status = route(client, await database.execProtocolRaw(bytes));
    if (status === 'I') owner = null;
  } catch (error) {
    const reason = describeError(error);
    // Emscripten's exit leaves nothing to talk to: every later query would hang.
    if (reason.includes('Program terminated')) {
      reply({ kind: 'died', reason });
      return;
    }
    reply({ kind: 'failed', client, reason });
    await releaseSession();
  }
}

async function releaseSession(): Promise<void> {
  await database.exec('rollback').catch(() => undefined);
  owner = null;
}

/** Notifications go to everybody, the rest to the client that asked. */
function route(client: number, bytes: Uint8Array): ReturnType<typeof lastStatus> {
  const { messages } = wholeMessages(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const own: Buffer[] = [];
  for (const one of messages) {
    if (one[0] === NOTIFICATION) {
      for (const other of clients) reply({ kind: 'bytes', client: other, bytes: Uint8Array.from(one) });
    } else {
      own.push(one);
    }
  }
  if (own.length > 0) reply({ kind: 'bytes', client, bytes: Uint8Array.from(Buffer.concat(own)) });
  return lastStatus(own);
}
