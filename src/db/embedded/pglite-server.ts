/**
 * The embedded database as node-postgres sees it: `stream()` gives a socket-like duplex whose other end is
 * PGlite in a worker thread. So the same pool, queries and migrations serve both databases.
 */
import { Duplex } from 'node:stream';
import { Worker } from 'node:worker_threads';
import type { Reply, Request, WorkerInput } from './pglite-worker.ts';
import { TERMINATE, wholeMessages } from './wire.ts';

export class PgliteServer {
  readonly #worker: Worker;
  readonly #sockets = new Map<number, PgliteSocket>();
  readonly #onDeath: (reason: string) => void;
  #isClosing = false;
  #lastClient = 0;

  private constructor(worker: Worker, onDeath: (reason: string) => void) {
    this.#worker = worker;
    this.#onDeath = onDeath;
    worker.on('message', (reply: Reply) => {
      this.#receive(reply);
    });
    worker.on('error', (error) => {
      this.#die(error.message);
    });
  }

  /** @param onDeath told when the database cannot go on; the process should end and be started again */
  static async open(input: WorkerInput, onDeath: (reason: string) => void): Promise<PgliteServer> {
    const worker = new Worker(new URL('./pglite-worker.js', import.meta.url), { workerData: input });
    await new Promise<void>((resolve, reject) => {
      worker.once('message', () => {
        resolve();
      });
      worker.once('error', reject);
    });
    return new PgliteServer(worker, onDeath);
  }

  stream(): Duplex {
    const client = ++this.#lastClient;
    const socket = new PgliteSocket(client, (request) => {
      this.#post(request);
      if (request.kind === 'gone') this.#sockets.delete(client);
    });
    this.#sockets.set(client, socket);
    return socket;
  }

  /** The whole data directory as a tar file, to start others from. */
  async dump(): Promise<Uint8Array> {
    const reply = await this.#ask({ kind: 'dump' }, 'dumped');
    return reply.bytes;
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#ask({ kind: 'close' }, 'closed');
    await this.#worker.terminate();
  }

  #post(request: Request): void {
    this.#worker.postMessage(request);
  }

  async #ask<Kind extends Reply['kind']>(
    request: Request,
    expected: Kind,
  ): Promise<Extract<Reply, { kind: Kind }>> {
    return new Promise((resolve) => {
      const listen = (reply: Reply): void => {
        if (reply.kind !== expected) return;
        this.#worker.off('message', listen);
        resolve(reply as Extract<Reply, { kind: Kind }>);
      };
      this.#worker.on('message', listen);
      this.#post(request);
    });
  }

  #receive(reply: Reply): void {
    if (reply.kind === 'bytes') this.#sockets.get(reply.client)?.push(Buffer.from(reply.bytes));
    else if (reply.kind === 'failed') this.#sockets.get(reply.client)?.destroy(new Error(reply.reason));
    else if (reply.kind === 'died') this.#die(reply.reason);
  }

  #die(reason: string): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    for (const socket of this.#sockets.values()) socket.destroy(new Error(`embedded database: ${reason}`));
    this.#onDeath(reason);
  }
}

/** One client's end. node-postgres calls `connect`, `setNoDelay` and so on as on a net.Socket. */
class PgliteSocket extends Duplex {
  readonly #client: number;
  readonly #send: (request: Request) => void;
  #pending: Buffer = Buffer.alloc(0);
  #hasGreeted = false;
  #hasLeft = false;

  constructor(client: number, send: (request: Request) => void) {
    super();
    this.#client = client;
    this.#send = send;
  }

  connect(): this {
    process.nextTick(() => this.emit('connect'));
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }

  override _read(): void {
    // Bytes are pushed as the worker sends them.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#pending = this.#pending.length > 0 ? Buffer.concat([this.#pending, chunk]) : chunk;
    if (!this.#hasGreeted && !this.#takeStartupPacket()) {
      done();
      return;
    }
    this.#sendWholeMessages();
    done();
  }

  /** The start-up packet alone has no letter in front. */
  #takeStartupPacket(): boolean {
    if (this.#pending.length < 4) return false;
    const length = this.#pending.readInt32BE(0);
    if (this.#pending.length < length) return false;
    this.#pending = this.#pending.subarray(length);
    this.#hasGreeted = true;
    this.#send({ kind: 'greet', client: this.#client });
    return true;
  }

  #sendWholeMessages(): void {
    const { messages, length } = wholeMessages(this.#pending);
    if (length === 0) return;
    if (messages.some((message) => message[0] === TERMINATE)) {
      this.end();
      return;
    }
    const bytes = Uint8Array.from(this.#pending.subarray(0, length));
    this.#pending = this.#pending.subarray(length);
    this.#send({ kind: 'bytes', client: this.#client, bytes });
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#leave();
    this.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#leave();
    done(error);
  }

  #leave(): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#send({ kind: 'gone', client: this.#client });
  }
}
