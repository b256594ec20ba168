/** What a mail says once a correction of it is taken back. Pure; `undo-correction.ts` reads and writes. */
import type { MaybeSeverity, Severity } from '../events/severity.ts';
import type { MseId } from '../kernel/ids.ts';
import type { Finding, Findings, OtherFinding } from './mse.ts';

const FIELDS = ['severity', 'org', 'servers'] as const;
type Field = (typeof FIELDS)[number];

interface Values {
  severity: MaybeSeverity;
  org: string | null;
  orgs: string[];
  servers: string[];
}

type StoredFindings = Findings & { others?: OtherFinding[] };

/** What stood in a mail before it was put right. */
export type Formerly = Values & { findings: Partial<Record<Field, Finding<unknown> | null>> };

/** A mail as it stands, with a correction of it. */
export interface StandingMail extends Values {
  mseId: MseId;
  findings: StoredFindings;
  said: { severity: Severity | null; org: string | null; servers: string[] | null };
  formerly: Formerly;
  /** The next correction of the field that still holds. */
  later: Record<Field, string | null>;
}

export interface TakenBack {
  /** As it stands now; null when later corrections hold for all of it. */
  mail: (Values & { id: MseId; findings: StoredFindings }) | null;
  /** What later corrections replaced in truth. */
  later: { id: string; formerly: Partial<Formerly> }[];
  /** What the model is told to be right instead: what stood before, or what people said later; null: nobody knows. */
  lesson: { org: string | null; severity: Severity | null };
}

export function takeBack(standing: StandingMail): TakenBack {
  const { mseId, said, formerly } = standing;
  const { severity, org, orgs, servers } = standing;
  const mail = { id: mseId, severity, org, orgs, servers, findings: { ...standing.findings } };
  const result: TakenBack = { mail: null, later: [], lesson: { org: null, severity: null } };
  for (const field of FIELDS.filter((name) => said[name] !== null)) {
    const before = valuesOf(field, formerly);
    const later = standing.later[field];
    if (later) {
      const findings = { [field]: formerly.findings[field] ?? null };
      result.later.push({ id: later, formerly: { ...before, findings } });
      if (field !== 'servers') Object.assign(result.lesson, { [field]: standing[field] });
      continue;
    }
    Object.assign(mail, before);
    mail.findings = restoreFinding(mail.findings, field, formerly.findings[field] ?? null);
    result.mail = mail;
    if (field !== 'servers' && isStated(formerly.findings[field]))
      Object.assign(result.lesson, { [field]: formerly[field] });
  }
  return result;
}

function valuesOf(field: Field, { severity, org, orgs, servers }: Values): Partial<Values> {
  if (field === 'severity') return { severity };
  return field === 'org' ? { org, orgs } : { servers };
}

function restoreFinding(
  { others, ...present }: StoredFindings,
  field: Field,
  former: Finding<unknown> | null,
): StoredFindings {
  const wasPutRight = present[field]?.source === 'human';
  const kept = Object.entries(present).filter(([name]) => name !== field);
  const findings: StoredFindings = Object.fromEntries(former ? [...kept, [field, former]] : kept);
  if (!others) return findings;
  // A correction keeps what it replaces in front of what the other sources say.
  const own = others.findIndex((other) => other.field === field && other.source === former?.source);
  return { ...findings, others: wasPutRight && own >= 0 ? others.toSpliced(own, 1) : others };
}

/** What the model itself guessed is no proof for it. */
function isStated(finding: Finding<unknown> | null | undefined): boolean {
  return finding !== null && finding !== undefined && finding.source !== 'model';
}
