/** A web server that takes what is posted to it, remembers it, and answers as it is told. */
import { afterEach, beforeEach } from '@jest/globals';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';

export interface SunkRequest {
  method: string;
  path: string;
  headers: http.IncomingHttpHeaders;
  body: string;
}

export interface SinkAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

/** For each test of the file, empty at its start. */
export function useHttpSink(): HttpSink {
  const sink = new HttpSink();
  beforeEach(() => sink.open());
  afterEach(() => sink.close());
  return sink;
}

export class HttpSink {
  readonly requests: SunkRequest[] = [];
  /** For the next requests; then all are welcome. `hang` answers nothing until the sink is closed. */
  readonly answers: (SinkAnswer | 'hang')[] = [];
  readonly #server: http.Server | https.Server;

  constructor(certificate?: { cert: string; key: string }) {
    this.#server = certificate ? https.createServer(certificate) : http.createServer();
    this.#server.on('request', (request: http.IncomingMessage, response: http.ServerResponse) => {
      void this.#take(request, response);
    });
  }

  static async open(certificate?: { cert: string; key: string }): Promise<HttpSink> {
    const sink = new HttpSink(certificate);
    await sink.open();
    return sink;
  }

  async open(): Promise<void> {
    this.requests.length = 0;
    this.answers.length = 0;
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `${this.#server instanceof https.Server ? 'https' : 'http'}://127.0.0.1:${this.port}`;
  }

  /** The bodies of all requests, as JSON. */
  json<T>(): T[] {
    return this.requests.map(({ body }) => JSON.parse(body) as T);
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
      this.#server.closeAllConnections();
    });
  }

  async #take(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    this.requests.push({
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    });
    const answer = this.answers.shift() ?? { status: 200, body: 'ok' };
    if (answer === 'hang') return;
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }
}
