/** A mail server that takes what it is told to take, and remembers it. */
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

export class MailSink {
  readonly mails: SunkMail[] = [];
  /** Answers for the next recipients; then every recipient is welcome. */
  readonly refusals: Refusal[] = [];
  /** RCPT commands seen, refused ones too. */
  attempts = 0;
  /** Has its turn when a mail is there as a whole, before it is answered with 250 and remembered. */
  beforeAnswer: (mail: SunkMail) => Promise<void> = () => Promise.resolve();
  readonly #server: SMTPServer;

  private constructor() {
    this.#server = new SMTPServer({
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
    this.#server.on('error', () => undefined);
  }

  static async open(): Promise<MailSink> {
    const sink = new MailSink();
    await new Promise<void>((resolve) => {
      sink.#server.listen(0, '127.0.0.1', resolve);
    });
    return sink;
  }

  get url(): string {
    const address = this.#server.server.address();
    return `smtp://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(resolve);
    });
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
