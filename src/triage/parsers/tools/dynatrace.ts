/** Dynatrace: problems; their severity is what kind of harm they do. */
import type { ToolParser } from '../parser.ts';

export const dynatrace: ToolParser = {
  tool: 'dynatrace',
  signs: [
    { from: 'dynatrace' },
    { subject: 'dynatrace' },
    { subject: ' problem p-', body: 'problem severity' },
  ],
  clues: [
    {
      in: 'subject',
      pattern: /\b(?<state>OPEN|RESOLVED|MERGED) Problem P?-?\d{1,12}: (?<service>.{1,200})/i,
    },
    {
      in: 'subject',
      pattern: /\bProblem P?-?\d{1,12} (?<state>OPEN|RESOLVED|MERGED) - (?<service>.{1,200})/i,
    },
    { in: 'body', pattern: /^\s{0,20}Problem severity: (?<severity>\w{2,25})/im },
    { in: 'body', pattern: /^\s{0,20}Host: (?<host>\S{1,253})/im },
  ],
  words: {
    merged: { state: 'unknown' },
    availability: { severity: 'critical' },
    performance: { severity: 'warn' },
    resource_contention: { severity: 'warn' },
    custom_alert: { severity: null },
  },
  otherwise: { severity: null, hosts: 'none' },
};
