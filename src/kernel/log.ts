/**
 * One line per decision, structured. No message bodies, no secrets. Lines go to stderr, because stdout
 * belongs to what commands print for people and scripts.
 */
import { pino, type Logger } from 'pino';
import pretty from 'pino-pretty';

export type Log = Logger;

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** @param format `json` for machines, `pretty` for terminals. */
export function createLog(level: LogLevel, format: 'json' | 'pretty'): Log {
  const stderr = 2;
  const stream =
    format === 'pretty'
      ? pretty({ destination: stderr, colorize: process.stderr.isTTY, ignore: 'pid,hostname', sync: true })
      : pino.destination({ fd: stderr, sync: true });
  return pino({ level, base: {}, timestamp: pino.stdTimeFunctions.isoTime }, stream);
}

export const silentLog: Log = pino({ level: 'silent' });
