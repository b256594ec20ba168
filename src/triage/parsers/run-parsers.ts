/**
 * Stage: what the mail's own wording says. The parsers of single tools (one file each, in tools/) come before the
 * general reader of wording, which works on tools never seen.
 */
import { decide, type Mse } from '../mse.ts';
import { readGenerally } from './general.ts';
import { isAddress, isFullName } from './hosts.ts';
import { viewOf, type MailView } from './mail-view.ts';
import type { Reader, Reading, ToolParser } from './parser.ts';
import { isSigned, readByParser } from './read-tool.ts';
import { PARSERS } from './registry.ts';
import { fullNameOf } from './sender-host.ts';

export function runParsers(mses: Mse[]): void {
  for (const mse of mses) applyReading(mse, viewOf(mse.mail, mse.raw));
}

/** @param parsers all of the house, or fewer for measuring what the general reader does alone */
export function readMailBy(mail: MailView, parsers: readonly (ToolParser | Reader)[]): Reading {
  const reading = readByTools(mail, parsers) ?? readGenerally(mail);
  if (reading.hosts) {
    const value = reading.hosts.value.map((host) => fullNameOf(host, mail) ?? host);
    reading.hosts = { ...reading.hosts, value: [...new Set(value)] };
  }
  return reading;
}

function readByTools(mail: MailView, parsers: readonly (ToolParser | Reader)[]): Reading | null {
  for (const parser of parsers) {
    if (!isSigned(mail, parser.signs)) continue;
    const reading = 'read' in parser ? parser.read(mail) : readByParser(mail, parser);
    if (reading) return completed(reading, mail);
  }
  return null;
}

/** What a tool's parser has left open, the general reader may know. */
function completed(reading: Reading, mail: MailView): Reading {
  if (reading.state && reading.severity && reading.hosts) return reading;
  return { ...readGenerally(mail), ...reading };
}

const CONFIDENCE = {
  /** The tool's own words in their own place. */
  tool: 0.97,
  /** Wording of a tool never seen: right nearly always; people's rules and corrections still go first. */
  general: 0.9,
  /** Repeated by a mail that says all is well: true of the alert, and often called harmless by people. */
  ofRecovery: 0.5,
};

function applyReading(mse: Mse, mail: MailView): void {
  const reading = readMailBy(mail, PARSERS);
  const source = 'parser' as const;
  const confidence = reading.tool === 'general' ? CONFIDENCE.general : CONFIDENCE.tool;
  const { state, severity, service } = reading;
  const hosts = reading.hosts?.value ?? [];
  if (state) decide(mse, 'state', { ...state, source, confidence });
  if (severity?.value) {
    const isRepeated = state?.value === 'recovery' && severity.value !== 'info';
    decide(mse, 'severity', {
      value: severity.value,
      reason: severity.reason,
      source,
      confidence: isRepeated ? CONFIDENCE.ofRecovery : confidence,
    });
  }
  const servers = serversAmong(hosts);
  if (servers.length > 0 && reading.hosts) {
    decide(mse, 'servers', { value: servers, source, confidence, reason: reading.hosts.reason });
  }
  if (reading.tool !== 'general' || hosts.length > 0) {
    mse.reading = { tool: reading.tool, hosts, service: service?.value ?? null };
  }
}

/** Full names; an address only where the mail has no name for the machine. */
function serversAmong(hosts: readonly string[]): string[] {
  const full = hosts.filter(isFullName);
  return full.length > 0 ? full : hosts.filter(isAddress);
}
