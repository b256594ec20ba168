/** Stage: engineers' rules, in their order. A rule fills what tags and earlier rules left open. */
import { decide, type Mse } from '../mse.ts';
import { compileCondition, type Match, type Matchable, type Matcher } from './match.ts';
import type { Actions, Rule } from './rule.ts';

export interface CompiledRule {
  rule: Rule;
  matches: Matcher;
}

/** Regexes are compiled once for each version of a rule, not once a batch. */
const compiled = new Map<string, Matcher>();
/** Thousands of tenants with dozens of rules; beyond that compiling again is cheaper than remembering. */
const MOST_COMPILED = 5000;

export function compileRule(rule: Rule): CompiledRule {
  const version = `${rule.id} ${rule.updatedAt.toISOString()}`;
  const matches = compiled.get(version) ?? compileCondition(rule.condition);
  if (compiled.size >= MOST_COMPILED) compiled.clear();
  compiled.set(version, matches);
  return { rule, matches };
}

export function applyRules(mses: Mse[], { rules }: { rules: readonly CompiledRule[] }): void {
  if (rules.length === 0) return;
  for (const mse of mses) {
    const mail = matchable(mse);
    for (const { rule, matches } of rules) {
      const match = matches(mail);
      if (!match) continue;
      mse.matchedRules.push(rule.id);
      applyActions(mse, rule.actions, match, `rule “${rule.name}”`);
      mail.org = mse.findings.org?.value ?? null;
      mail.severity = mse.findings.severity?.value ?? null;
    }
  }
}

export function applyActions(mse: Mse, actions: Actions, match: Match, reason: string): void {
  const byRule = { source: 'rule' as const, confidence: 1, reason };
  if (actions.severity) decide(mse, 'severity', { ...byRule, value: actions.severity });
  const org = actions.org ? fillIn(actions.org, match.groups, ORG_LETTERS) : null;
  if (org && decide(mse, 'org', { ...byRule, value: org })) mse.orgs = [org];
  const servers = (actions.servers ?? []).flatMap((one) => fillIn(one, match.groups, SERVER_LETTERS) ?? []);
  if (servers.length > 0) decide(mse, 'servers', { ...byRule, value: [...new Set(servers)] });
  if (actions.state) decide(mse, 'state', { ...byRule, value: actions.state });
  if (actions.schedule) decide(mse, 'schedule', { ...byRule, value: actions.schedule });
  if (actions.noise) decide(mse, 'noise', { ...byRule, value: true });
}

const ORG_LETTERS = /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/;
const SERVER_LETTERS = /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/;

/** Puts named groups in place of `${name}`. @returns null when a group is missing or its text cannot stand there */
function fillIn(template: string, groups: Record<string, string>, letters: RegExp): string | null {
  const filled = template
    .replace(/\$\{(\w+)\}/g, (_whole, name: string) => groups[name] ?? '\0')
    .toLowerCase();
  return letters.test(filled) ? filled : null;
}

export function matchable({ mail, findings }: Mse): Matchable {
  return {
    subject: mail.subject,
    text: mail.text,
    from: [mail.from.address, `${mail.from.name} <${mail.from.address}>`],
    to: mail.to,
    header: mail.header,
    get sources() {
      return sourcesOf(mail.from.address, mail.header('received'));
    },
    attachments: mail.attachments.map(({ name }) => name),
    org: findings.org?.value ?? null,
    severity: findings.severity?.value ?? null,
  };
}

const RECEIVED_FROM = /^from\s+([a-z0-9_.-]+)/i;

/** The sender's domain, and the host that handed the mail to the first server (the bottom Received line). */
function sourcesOf(fromAddress: string, received: string[]): string[] {
  const domain = fromAddress.split('@')[1];
  const origin = received.at(-1) ? RECEIVED_FROM.exec(received.at(-1)?.trim() ?? '')?.[1] : undefined;
  return [...new Set([domain, origin?.toLowerCase()].filter((host): host is string => Boolean(host)))];
}
