/**
 * One HTTP request to an address that a tenant typed in: to checked addresses only, without following redirects, within
 * a time limit. Every failure says whether trying again helps.
 */
import http from 'node:http';
import https from 'node:https';
import type { LookupAddress } from 'node:dns';
import type { LookupFunction, Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { SECOND } from '../../kernel/clock.ts';
import { AppError, describeError, errorCode } from '../../kernel/errors.ts';
import { withinMs } from '../../kernel/stop-stack.ts';
import type { Means, Passed } from './channel-kind.ts';
import { readRetryAfter } from './retry-after.ts';
import { describeFound } from './describe-found.ts';

export interface HttpCall {
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  body: string | null;
}

/** A receiver that needs longer has not understood that it is to take the notice and work later. */
const LIMIT_MS = 10 * SECOND;
/** Enough for a sentence that says what is wrong; an endless answer stops here. */
const LARGEST_ANSWER = 4 * 1024;

export interface HttpAnswer {
  status: number;
  /** The beginning of the body. */
  text: string;
}

/** @throws AppError */
export async function callHttp(
  call: HttpCall,
  { guard, now, limitMs = LIMIT_MS }: Pick<Means, 'guard' | 'now' | 'limitMs'>,
  passed: Passed,
): Promise<HttpAnswer> {
  const url = readUrl(call.url);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  try {
    const found = await withinMs(limitMs, guard.resolve(host), `Looking up ${host}`);
    passed('DNS', describeFound(host, found));
    const addresses = guard.permit(host, found);
    passed('address', 'It may be connected to.');
    const { answer, headers } = await exchange(url, call, addresses, limitMs, passed);
    passed('answer', describeAnswer(answer));
    requireAccepted(answer, readRetryAfter(headers['retry-after'], now));
    passed('accepted', 'The notice is taken.');
    return answer;
  } catch (error) {
    throw asAppError(error, host, limitMs);
  }
}

/** @throws AppError, permanent */
function readUrl(text: string): URL {
  if (!URL.canParse(text)) throw refusal('This is no address. It begins with https://');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw refusal(`Only https:// and http:// are connected to, not ${url.protocol}//`);
  }
  return url;
}

interface Exchanged {
  answer: HttpAnswer;
  headers: http.IncomingHttpHeaders;
}

function exchange(
  url: URL,
  { method, headers, body }: HttpCall,
  addresses: LookupAddress[],
  limitMs: number,
  passed: Passed,
): Promise<Exchanged> {
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? https : http).request(url, {
      method,
      headers: {
        'user-agent': 'DaTamer',
        ...headers,
        ...(body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
      },
      // A pooled connection may be one to an address that was checked for somebody else.
      agent: false,
      lookup: answering(addresses),
      signal: AbortSignal.timeout(limitMs),
    });
    request.on('socket', (socket) => {
      watch(socket, url, passed);
    });
    request.on('error', reject);
    request.on('response', (response) => {
      readBeginning(response).then((text) => {
        request.destroy();
        resolve({ answer: { status: response.statusCode ?? 0, text }, headers: response.headers });
      }, reject);
    });
    request.end(body ?? undefined);
  });
}

/** The name has been looked up; asking again might give another answer. */
function answering(addresses: LookupAddress[]): LookupFunction {
  return (_host, options, answer) => {
    const [first] = addresses;
    if (options.all) answer(null, addresses);
    else answer(null, first?.address ?? '', first?.family);
  };
}

function watch(socket: Socket, url: URL, passed: Passed): void {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  socket.once('connect', () => {
    passed('TCP', `Port ${port} answers.`);
    if (url.protocol === 'http:')
      passed('TLS', 'None: what is sent can be read on the way. Use https:// where it is offered.');
  });
  socket.once('secureConnect', () => {
    if (!(socket instanceof TLSSocket)) return;
    passed(
      'TLS',
      `${socket.getProtocol() ?? 'TLS'}, certificate valid until ${socket.getPeerCertificate().valid_to}.`,
    );
  });
}

async function readBeginning(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= LARGEST_ANSWER) break;
  }
  return Buffer.concat(chunks).toString('utf8', 0, LARGEST_ANSWER);
}

const LONGEST_QUOTE = 200;

function describeAnswer({ status, text }: HttpAnswer): string {
  const quote = text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, LONGEST_QUOTE);
  const reason = http.STATUS_CODES[status];
  return `${status}${reason ? ` ${reason}` : ''}${quote ? `: ${quote}` : ''}`;
}

/** Not now, but later: too early, too slow, too many, and whatever is the receiver's own fault. */
const TEMPORARY = new Set([408, 425, 429]);

function requireAccepted(answer: HttpAnswer, retryAfterMs: number | null): void {
  const { status } = answer;
  if (status >= 200 && status < 300) return;
  const isRedirect = status >= 300 && status < 400;
  throw new AppError(
    isRedirect
      ? `It answers ${describeAnswer(answer)}, which is not followed. Give the address that it leads to.`
      : `It answers ${describeAnswer(answer)}`,
    {
      code: 'channel-refused',
      temporary: TEMPORARY.has(status) || status >= 500,
      detail: retryAfterMs === null ? {} : { retryAfterMs },
    },
  );
}

const ADVICE: Record<string, string> = {
  ECONNREFUSED: 'Nothing listens at this host and port.',
  ETIMEDOUT: 'It does not answer. A firewall may be in the way.',
  EHOSTUNREACH: 'It cannot be reached from here.',
  ENETUNREACH: 'It cannot be reached from here.',
  ECONNRESET: 'It closed the connection without an answer.',
  EPROTO: 'The TLS handshake failed. This port may not speak TLS.',
  ERR_SSL_WRONG_VERSION_NUMBER: 'This port does not speak TLS.',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'The certificate is self-signed. Install its authority (NODE_EXTRA_CA_CERTS).',
  SELF_SIGNED_CERT_IN_CHAIN:
    'The certificate comes from an authority unknown here. Install it (NODE_EXTRA_CA_CERTS).',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'The certificate chain is incomplete. Install the missing authority (NODE_EXTRA_CA_CERTS).',
  CERT_HAS_EXPIRED: 'The certificate has expired.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'The certificate is for another host name.',
  HPE_INVALID_CONSTANT: 'What answers is no web server.',
};

function asAppError(error: unknown, host: string, limitMs: number): AppError {
  if (error instanceof AppError) return error;
  const isLate = (error as { name?: unknown }).name === 'AbortError';
  const advice = isLate
    ? `${host} did not answer within ${limitMs / SECOND} s.`
    : (ADVICE[errorCode(error) ?? ''] ?? describeError(error));
  return new AppError(advice, { code: 'channel-unreachable', temporary: true, cause: error });
}

function refusal(message: string): AppError {
  return new AppError(message, { code: 'channel-refused', temporary: false });
}
