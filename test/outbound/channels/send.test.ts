/** The way to a channel over real sockets: what a receiver may answer, how it may fail, and what a person reads of it. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { createSocket } from 'node:dgram';
import fs from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import { createModuleStore, createReceiver, type Varbind } from 'net-snmp';
import { AuthProtocols, PrivProtocols, SecurityLevel } from 'net-snmp';
import { generate } from 'selfsigned';
import { inPackage } from '../../../src/kernel/package-root.ts';
import { NetworkGuard, parsePrivateTargets } from '../../../src/kernel/network-guard.ts';
import type { Means } from '../../../src/outbound/channels/channel-kind.ts';
import { testChannel } from '../../../src/outbound/channels/test-channel.ts';
import { KINDS } from '../../../src/outbound/channels/index.ts';
import { wordTest } from '../../../src/outbound/wording/test-notice.ts';
import { HttpSink, type SinkAnswer } from '../../support/http-sink.ts';

const NOW = new Date('2026-03-02T04:00:00Z');
const NOTICE = {
  message: wordTest({ who: 'Ana', tenantName: 'Acme', baseUrl: 'https://datamer.example' }),
  mailDomain: 'x',
};

const open: { close: () => Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map(async (one) => one.close()));
});

async function sink(...answers: (SinkAnswer | 'hang')[]): Promise<HttpSink> {
  const opened = await HttpSink.open();
  opened.answers.push(...answers);
  open.push(opened);
  return opened;
}

const inside: Means = {
  guard: new NetworkGuard(parsePrivateTargets('127.0.0.0/8')),
  mail: null,
  now: NOW,
};
const outside: Means = { ...inside, guard: new NetworkGuard(parsePrivateTargets('')) };

async function sendTo(url: string, means = inside) {
  const settings = { url, secret: '', authorization: '' };
  const outgoing = { ...NOTICE, id: 'd1', kind: 'test', messageId: '<d1@x>', eventId: null, createdAt: NOW };
  return KINDS.webhook.send(outgoing, settings, means, () => undefined);
}

/** `DNS ok, address ok, TCP failed: Nothing listens …`: up to the step that failed. */
async function tell(url: string, means = inside): Promise<string> {
  const steps = await testChannel('webhook', { url, secret: '', authorization: '' }, NOTICE, means);
  const failed = steps.find(({ status }) => status === 'failed');
  const passed = steps.filter(({ status }) => status === 'ok').map(({ step }) => step);
  return [passed.join(' '), ...(failed ? [`${failed.step}: ${failed.detail}`] : [])].join(' | ');
}

describe('A notice', () => {
  it.each<[string, SinkAnswer]>([
    ['200', { status: 200, body: 'ok' }],
    ['202', { status: 202 }],
    ['204', { status: 204 }],
  ])('is taken by %s', async (_status, answer) => {
    const { url, requests } = await sink(answer);
    await sendTo(`${url}/hook`);
    expect(requests).toMatchObject([{ method: 'POST', path: '/hook', headers: { 'idempotency-key': 'd1' } }]);
  });

  it.each<[string, SinkAnswer, boolean, Record<string, unknown>]>([
    ['is tried again', { status: 500 }, true, {}],
    ['is tried again', { status: 503, headers: { 'retry-after': '120' } }, true, { retryAfterMs: 120_000 }],
    [
      'waits as long as it is told',
      { status: 429, headers: { 'retry-after': '30' } },
      true,
      { retryAfterMs: 30_000 },
    ],
    ['is tried again', { status: 408 }, true, {}],
    ['is given up', { status: 400, body: 'invalid_payload' }, false, {}],
    ['is given up', { status: 404 }, false, {}],
    ['is given up', { status: 410 }, false, {}],
  ])('%s after %j', async (_promise, answer, temporary, detail) => {
    const { url } = await sink(answer);
    await expect(sendTo(url)).rejects.toMatchObject({ code: 'channel-refused', temporary, detail });
  });

  it('follows no redirect, wherever it leads', async () => {
    const secret = await sink();
    const { url } = await sink({ status: 302, headers: { location: `${secret.url}/admin` } });
    await expect(sendTo(url)).rejects.toMatchObject({ temporary: false });
    expect(secret.requests).toEqual([]);
  });

  it('is not kept by an answer without end', async () => {
    const { url } = await sink({ status: 400, body: 'x'.repeat(1_000_000) });
    await expect(sendTo(url)).rejects.toThrow(/^It answers 400 Bad Request: x{200}$/);
  });
});

describe('A test says how far it came', () => {
  it('all the way', async () => {
    const { url } = await sink();
    expect(await tell(url)).toBe('DNS address TCP TLS answer accepted');
  });

  it('to an answer that is no', async () => {
    const { url } = await sink({ status: 404, body: 'no such hook' });
    expect(await tell(url)).toBe(
      'DNS address TCP TLS answer | accepted: It answers 404 Not Found: no such hook',
    );
  });

  it('to a receiver that says nothing', async () => {
    const { url } = await sink('hang');
    expect(await tell(url, { ...inside, limitMs: 200 })).toBe(
      'DNS address TCP TLS | answer: 127.0.0.1 did not answer within 0.2 s.',
    );
  });

  it('to a certificate that nobody vouches for', async () => {
    const made = await generate([{ name: 'commonName', value: 'localhost' }], { keyType: 'ec' });
    const secure = await HttpSink.open({ cert: made.cert, key: made.private });
    open.push(secure);
    expect(await tell(secure.url)).toBe(
      'DNS address TCP | TLS: The certificate is self-signed. Install its authority (NODE_EXTRA_CA_CERTS).',
    );
  });

  it('to a port that speaks something else', async () => {
    const server = net.createServer((socket) => socket.resume().end('220 mail.example ESMTP\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push({ close: async () => new Promise((resolve) => server.close(() => resolve())) });
    const { port } = server.address() as AddressInfo;
    expect(await tell(`http://127.0.0.1:${port}`)).toBe(
      'DNS address TCP TLS | answer: What answers is no web server.',
    );
  });

  it('to a port at which nothing listens', async () => {
    const { url, close } = await HttpSink.open().then(async (one) => ({ url: one.url, close: one.close() }));
    await close;
    expect(await tell(url)).toBe('DNS address | TCP: Nothing listens at this host and port.');
  });

  it.each([
    'http://127.0.0.1',
    'http://[::1]',
    'http://0x7f.1',
    'http://localhost',
    'http://[::ffff:10.0.0.1]',
  ])('not to %s, which is inside', async (host) => {
    const { port, requests } = await sink();
    expect(await tell(`${host}:${port}/`, outside)).toMatch(
      /^DNS \| address: .* no address on the public internet/,
    );
    expect(requests).toEqual([]);
  });

  it('not to a public name that answers differently when it is asked again', async () => {
    const { port, requests } = await sink();
    const answers = ['93.184.216.34', '127.0.0.1'];
    const guard = new NetworkGuard(parsePrivateTargets(''), async () => [
      { address: answers.shift() ?? '127.0.0.1', family: 4 },
    ]);
    await tell(`http://rebind.example:${port}/`, { ...outside, guard, limitMs: 200 });
    expect(answers).toEqual(['127.0.0.1']);
    expect(requests).toEqual([]);
  });

  it('by mail, where there is no mail server', async () => {
    const steps = await testChannel('sms-mail', { address: '49151@sms.example' }, NOTICE, inside);
    expect(steps).toMatchObject([{ step: 'accepted', status: 'failed' }]);
  });
});

interface ModuleStore {
  loadFromFile: (file: string) => void;
  getModule: (name: string) => unknown;
}

interface Received {
  pdu: { varbinds: Varbind[] };
}

/** The MIB as people load it, read by a parser that is not ours. */
function readMib(): Map<string, string> {
  const store = createModuleStore() as ModuleStore;
  store.loadFromFile(inPackage('docs', 'DATAMER-MIB.txt'));
  const objects = store.getModule('DATAMER-MIB') as Record<string, { OID?: string; ObjectName?: string }>;
  return new Map(
    Object.values(objects).flatMap(({ OID, ObjectName }) => (OID && ObjectName ? [[OID, ObjectName]] : [])),
  );
}

describe('An SNMP receiver', () => {
  const user = {
    name: 'datamer',
    level: SecurityLevel.authPriv,
    authProtocol: AuthProtocols.sha256,
    authKey: 'authenticate me',
    privProtocol: PrivProtocols.aes,
    privKey: 'encrypt me too',
  };

  async function receiver(): Promise<{ port: number; received: Received[] }> {
    const probe = createSocket('udp4');
    await new Promise<void>((resolve) => probe.bind(0, '127.0.0.1', resolve));
    const { port } = probe.address();
    await new Promise<void>((resolve) => probe.close(resolve));
    const received: Received[] = [];
    const opened = createReceiver(
      { port, address: '127.0.0.1' },
      (error: Error | null, notification: Received) => {
        if (!error) received.push(notification);
      },
    ) as {
      getAuthorizer: () => { addCommunity: (c: string) => void; addUser: (u: object) => void };
      close: (done: () => void) => void;
    };
    opened.getAuthorizer().addCommunity('s3cret');
    opened.getAuthorizer().addUser(user);
    open.push({ close: async () => new Promise((resolve) => opened.close(resolve)) });
    return { port, received };
  }

  it.each([
    ['trap-2c', { community: 's3cret' }],
    ['inform-2c', { community: 's3cret' }],
    ['inform-3', { user: user.name, authentication: 'sha256', authKey: user.authKey, privKey: user.privKey }],
  ])('reads a %s by the MIB', async (version, given) => {
    const { port, received } = await receiver();
    const settings = KINDS.snmp.settings.parse({ host: '127.0.0.1', port, version, ...given });
    const steps = await testChannel('snmp', settings, NOTICE, inside);
    expect(steps.map(({ step, status }) => `${step} ${status}`)).toEqual([
      'DNS ok',
      'address ok',
      'accepted ok',
    ]);
    while (received.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const mib = readMib();
    const [, trapOid, ...objects] = received[0]?.pdu.varbinds ?? [];
    expect(mib.get(String(trapOid?.value))).toBe('datamerTestNotice');
    expect(
      Object.fromEntries(objects.map(({ oid, value }) => [mib.get(oid.replace(/\.0$/, '')), String(value)])),
    ).toMatchObject({
      datamerNoticeKind: 'test',
      datamerNoticeSubject: '[test] DaTamer reaches you here: Acme',
    });
  });

  it('that does not know the community leaves an inform unanswered, and that is said', async () => {
    const { port } = await receiver();
    const settings = KINDS.snmp.settings.parse({
      host: '127.0.0.1',
      port,
      version: 'inform-2c',
      community: 'wrong',
    });
    const steps = await testChannel('snmp', settings, NOTICE, { ...inside, limitMs: 200 });
    expect(steps.at(-1)).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('No receiver acknowledged'),
    });
  });

  it('is found in a MIB that needs nothing but the SMI', () => {
    expect(fs.readFileSync(inPackage('docs', 'DATAMER-MIB.txt'), 'utf8').match(/FROM ([\w-]+)/g)).toEqual([
      'FROM SNMPv2-SMI',
      'FROM SNMPv2-TC',
      'FROM SNMPv2-CONF',
    ]);
  });
});
