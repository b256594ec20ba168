/** Sends a notification over UDP, to a checked address only; an inform waits until it is acknowledged. */
import {
  AuthProtocols,
  createSession,
  createV3Session,
  PrivProtocols,
  SecurityLevel,
  Version2c,
  type Session,
} from 'net-snmp';
import { SECOND } from '../../../kernel/clock.ts';
import { AppError, describeError } from '../../../kernel/errors.ts';
import { withinMs } from '../../../kernel/stop-stack.ts';
import type { Means, Outgoing, Passed } from '../channel-kind.ts';
import { composeNotification, type Notification } from './compose.ts';
import { describeFound } from '../describe-found.ts';

export interface SnmpSettings extends Record<string, string | number> {
  host: string;
  port: number;
  /** v3 is sent as an inform: the receiver's clock proves it fresh, where a trap would need one of ours. */
  version: 'trap-2c' | 'inform-2c' | 'inform-3';
  community: string;
  user: string;
  authentication: 'sha' | 'sha256' | 'sha512';
  authKey: string;
  privKey: string;
}

const TIMEOUT_MS = 3 * SECOND;
const RETRIES = 1;
const LIMIT_MS = 10 * SECOND;

/** @throws AppError */
export async function sendNotification(
  outgoing: Outgoing,
  settings: SnmpSettings,
  { guard, limitMs = LIMIT_MS }: Means,
  passed: Passed,
): Promise<void> {
  const { host, port, version } = settings;
  const found = await withinMs(limitMs, guard.resolve(host), `Looking up ${host}`);
  passed('DNS', describeFound(host, found));
  const [target] = guard.permit(host, found);
  if (!target) return;
  passed('address', 'It may be sent to.');
  const session = open(settings, target.address, target.family === 6 ? 'udp6' : 'udp4');
  try {
    await withinMs(limitMs, emit(session, composeNotification(outgoing), version !== 'trap-2c'), host);
    passed(
      'accepted',
      version === 'trap-2c'
        ? `Sent to port ${port}; nobody acknowledges a trap.`
        : 'The receiver acknowledged it.',
    );
  } catch (error) {
    throw new AppError(
      `${host}: ${describeError(error)}${version === 'trap-2c' ? '' : '. No receiver acknowledged it: check port, community or keys.'}`,
      { code: 'channel-unreachable', temporary: true, cause: error },
    );
  } finally {
    session.close();
  }
}

function open(settings: SnmpSettings, address: string, transport: 'udp4' | 'udp6'): Session {
  const { port, version, community } = settings;
  const options = { port, trapPort: port, transport, timeout: TIMEOUT_MS, retries: RETRIES };
  const session =
    version === 'inform-3'
      ? createV3Session(address, asUser(settings), options)
      : createSession(address, community, { ...options, version: Version2c });
  // What goes wrong is told to the request that is under way; without a listener it would end the process.
  session.on('error', () => undefined);
  return session;
}

function asUser({ user: name, authentication, authKey, privKey }: SnmpSettings) {
  const authProtocol = AuthProtocols[authentication];
  if (!authKey) return { name, level: SecurityLevel.noAuthNoPriv };
  if (!privKey) return { name, level: SecurityLevel.authNoPriv, authProtocol, authKey };
  return {
    name,
    level: SecurityLevel.authPriv,
    authProtocol,
    authKey,
    privProtocol: PrivProtocols.aes,
    privKey,
  };
}

function emit(session: Session, { oid, varbinds }: Notification, isInform: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null): void => {
      if (error) reject(error);
      else resolve();
    };
    if (isInform) session.inform(oid, varbinds, done);
    else session.trap(oid, varbinds, done);
  });
}
