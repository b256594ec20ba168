/** SMTP by hand over a socket: what a library would hide (pipelining, chunks, dots) is what is tested. */
import net from 'node:net';

export class SmtpClient {
  readonly #socket: net.Socket;
  #text = '';
  #waiting: (() => void) | null = null;
  #closed = false;

  private constructor(socket: net.Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      this.#text += chunk.toString('latin1');
      this.#waiting?.();
    });
    socket.on('close', () => {
      this.#closed = true;
      this.#waiting?.();
    });
    socket.on('error', () => undefined);
  }

  /** Connects and greets. */
  static async connect(port: number, greeting = 'EHLO client.example'): Promise<SmtpClient> {
    const client = new SmtpClient(net.connect(port, '127.0.0.1'));
    await client.reply();
    await client.ask(greeting);
    return client;
  }

  /** Sends a line. @returns the reply to it */
  async ask(line: string): Promise<string> {
    this.#socket.write(`${line}\r\n`);
    return this.reply();
  }

  write(bytes: Buffer): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.write(bytes, () => {
        resolve();
      });
    });
  }

  /** The next whole reply, its lines joined. */
  async reply(): Promise<string> {
    for (;;) {
      const match = /^(?:\d{3}-[^\r\n]*\r\n)*\d{3} [^\r\n]*\r\n/.exec(this.#text);
      if (match) {
        this.#text = this.#text.slice(match[0].length);
        return match[0].trimEnd();
      }
      if (this.#closed) throw new Error(`the server closed the connection, having said: ${this.#text}`);
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
      this.#waiting = null;
    }
  }

  /** A whole mail. @returns the reply to the final dot, or the first refusal */
  async send(
    from: string,
    to: string[],
    raw: Buffer,
    chunks: (bytes: Buffer) => Buffer[] = (bytes) => [bytes],
  ): Promise<string> {
    for (const line of [`MAIL FROM:<${from}>`, ...to.map((address) => `RCPT TO:<${address}>`), 'DATA']) {
      const reply = await this.ask(line);
      if (!/^[23]/.test(reply)) return reply;
    }
    for (const chunk of chunks(stuffed(raw))) await this.write(chunk);
    return this.reply();
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** Dot-stuffing (RFC 5321 §4.5.2), and the end of data. */
function stuffed(raw: Buffer): Buffer {
  const text = raw.toString('latin1').replace(/^\./gm, '..');
  const end = text.endsWith('\r\n') ? '.\r\n' : '\r\n.\r\n';
  return Buffer.from(text + end, 'latin1');
}
