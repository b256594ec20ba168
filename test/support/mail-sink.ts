/** A mail server that takes what it is told to take, and remembers it. */
import { afterEach, beforeEach } from '@jest/globals';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';

export interface Refusal {
  code: number;
  message: string;
}

export interface SunkMail {
  to: string;
  parsed: ParsedMail;
  raw: Buffer;
}

const ANSWER_AT_ONCE = async (_mail: SunkMail): Promise<void> => Promise.resolve();

/** For each test of the file, empty at its start. */
export function useMailSink(): MailSink {
  const sink = new MailSink();
  beforeEach(() => sink.open());
  afterEach(() => sink.close());
  return sink;
}

export class MailSink {
  readonly mails: SunkMail[] = [];
  /** Answers for the next recipients; then every recipient is welcome. */
  readonly refusals: Refusal[] = [];
  /** RCPT commands seen, refused ones too. */
  attempts = 0;
  /** Has its turn when a mail is there as a whole, before it is answered with 250 and remembered. */
  beforeAnswer = ANSWER_AT_ONCE;
  #server: SMTPServer | null = null;

  static async open(): Promise<MailSink> {
    const sink = new MailSink();
    await sink.open();
    return sink;
  }

  async open(): Promise<void> {
    this.mails.length = 0;
    this.refusals.length = 0;
    this.attempts = 0;
    this.beforeAnswer = ANSWER_AT_ONCE;
    const server = this.#serve();
    this.#server = server;
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
  }

  get url(): string {
    const address = this.#server?.server.address();
    return `smtp://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  }

  /** Of a world whose notices come here. */
  get settings(): Record<string, string> {
    return { DATAMER_SMTP_OUT_URL: this.url, DATAMER_MAIL_FROM: 'datamer@alerts.example' };
  }

  /** What somebody of acme has got. */
  mailsTo(name: string): SunkMail[] {
    return this.mails.filter(({ to }) => to === `${name}@acme.example`);
  }

  async close(): Promise<void> {
    const server = this.#server;
    await new Promise<void>((resolve) => {
      if (server) server.close(resolve);
      else resolve();
    });
  }

  #serve(): SMTPServer {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      logger: false,
      onRcptTo: (_address, _session, answer) => {
        this.attempts += 1;
        const refusal = this.refusals.shift();
        answer(refusal ? Object.assign(new Error(refusal.message), { responseCode: refusal.code }) : null);
      },
      onData: (stream, session, answer) => {
        void this.#take(stream, session.envelope.rcptTo[0]?.address ?? '').then(() => {
          answer();
        });
      },
    });
    server.on('error', () => undefined);
    return server;
  }

  async #take(stream: AsyncIterable<Buffer>, to: string): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    const raw = Buffer.concat(chunks);
    const mail = { to, raw, parsed: await simpleParser(raw) };
    await this.beforeAnswer(mail);
    this.mails.push(mail);
  }
}

/** @returns the path of the link by which its reader ends mails like it, '' without one */
export function unsubscribePathOf(mail: SunkMail | undefined): string {
  const unfolded = mail?.raw.toString().replaceAll(/\r\n[ \t]/g, ' ') ?? '';
  return /^List-Unsubscribe: <https?:\/\/[^/]+([^>]+)>/m.exec(unfolded)?.[1] ?? '';
}
