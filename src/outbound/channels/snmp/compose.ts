/** A notice as an SNMP notification, as docs/DATAMER-MIB.txt defines it. Pure. */
import { ObjectType, type Varbind } from 'net-snmp';
import type { EventFacts } from '../../wording/message.ts';
import type { Outgoing } from '../channel-kind.ts';

/** Below the number that RFC 5612 sets aside for documentation: DaTamer has none of its own. */
export const DATAMER_OID = '1.3.6.1.4.1.32473.1';

const NOTIFICATIONS = { event: 1, list: 2, test: 3 };

const SEVERITIES = { critical: 1, warn: 2, unclassified: 3, info: 4 } as const;

/** Everything stays in one packet of 1,472 bytes, which no network cuts into pieces. */
const LONGEST_BYTES = 160;

export interface Notification {
  oid: string;
  varbinds: Varbind[];
}

export function composeNotification({ id, kind, message }: Outgoing): Notification {
  const { event, subject } = message;
  const which = kind === 'test' ? 'test' : event ? 'event' : 'list';
  return {
    oid: `${DATAMER_OID}.0.${NOTIFICATIONS[which]}`,
    varbinds: [
      text(1, id),
      text(2, kind),
      text(3, subject),
      ...(event && which === 'event' ? eventObjects(event) : []),
    ],
  };
}

function eventObjects(event: EventFacts): Varbind[] {
  const { number, severity, kind, org, servers, title, createdAt, link } = event;
  return [
    { oid: oidOf(4), type: ObjectType.Gauge, value: number },
    { oid: oidOf(5), type: ObjectType.Integer, value: SEVERITIES[severity] },
    text(6, kind),
    text(7, org ?? ''),
    text(8, servers.join(' ')),
    text(9, title),
    { oid: oidOf(10), type: ObjectType.OctetString, value: dateAndTime(new Date(createdAt)) },
    text(11, link),
  ];
}

function oidOf(object: number): string {
  return `${DATAMER_OID}.1.${object}.0`;
}

function text(object: number, value: string): Varbind {
  return { oid: oidOf(object), type: ObjectType.OctetString, value: clipBytes(value) };
}

/** UTF-8, without half a character at its end. */
function clipBytes(value: string): string {
  const bytes = Buffer.from(value);
  if (bytes.length <= LONGEST_BYTES) return value;
  return bytes.toString('utf8', 0, LONGEST_BYTES).replace(/\ufffd+$/, '');
}

/** SNMPv2-TC DateAndTime: eleven octets, in UTC. */
export function dateAndTime(at: Date): Buffer {
  const octets = Buffer.alloc(11);
  octets.writeUInt16BE(at.getUTCFullYear(), 0);
  octets.set(
    [
      at.getUTCMonth() + 1,
      at.getUTCDate(),
      at.getUTCHours(),
      at.getUTCMinutes(),
      at.getUTCSeconds(),
      Math.floor(at.getUTCMilliseconds() / 100),
    ],
    2,
  );
  octets.set([0x2b, 0, 0], 8);
  return octets;
}
