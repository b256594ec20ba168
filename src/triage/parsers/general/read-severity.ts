/** How bad a mail says it is: only what is stated counts, in a field of its own or as a mark of the subject. */
import type { Severity } from '../../../events/severity.ts';
import { fold } from './lexicon.ts';

/** As values of "Severity:", "Priority:" and the like. */
const VALUES: Record<Severity, string> = {
  critical: `critical crit emergency emerg panic fatal disaster high highest alert severe blocker p1 p0 sev1 sev0 s1 sev-1 urgent very_high
    kritisch hoch katastrophe notfall dringend critique haute eleve elevee majeure urgence critico critica alta alto grave desastre urgente
    kritiek hoog dringend muito_alta`,
  warn: `warning warn average medium minor moderate low major degraded error err p2 p3 sev2 sev3 s2 s3 sev-2 sev-3 warnung mittel niedrig gering
    avertissement moyenne moyen mineure basse advertencia media medio menor baja baixa avviso bassa waarschuwing gemiddeld laag aviso fehler`,
  info: `info information informational informative notice debug ok okay normal none p4 p5 sev4 sev5 s4 s5 not_classified lowest hinweis informativo
    informazione informatie clear cleared minimal verbose trace`,
};

const SEVERITY_OF = new Map<string, Severity>();
for (const severity of Object.keys(VALUES) as Severity[]) {
  for (const word of VALUES[severity].split(/\s+/)) SEVERITY_OF.set(word, severity);
}

/** @param value of a severity field: "High", "P1 - Critical", "3 (warning)" */
export function severityOfValue(value: string): Severity | null {
  const folded = fold(value).trim();
  const whole = SEVERITY_OF.get(folded.replace(/\s+/g, '_'));
  if (whole) return whole;
  for (const word of folded.split(/[^\p{L}\p{N}-]+/u).slice(0, 4)) {
    const severity = SEVERITY_OF.get(word);
    if (severity) return severity;
  }
  return null;
}

/** `[CRITICAL]`, `WARNING:`, `is CRITICAL`, `P1`, `SEV2`: levels in capitals or as marks. */
const MARKS: readonly [Severity, RegExp][] = [
  ['warn', /\bis UNKNOWN\b/],
  [
    'critical',
    /(?:^|[[(|*:\s–-])(?:CRITICAL|CRIT|EMERGENCY|EMERG|FATAL|PANIC|DISASTER|KRITISCH|CRITIQUE|CRITICO|CRÍTICO|KRITIEK)(?=[\])|*:!,.\s–-]|$)/u,
  ],
  ['critical', /(?:^|[[(|*:\s–#-])(?:P[01]|SEV-?[01])(?=[\])|*:!,.\s–-]|$)/u],
  [
    'critical',
    /^\W{0,3}(?:critical|emergency|fatal|disaster)\b(?:\]|:| alert| alarm| -)|\[(?:critical|high|disaster)\]|\((?:critical|high|disaster)\)|\b(?:is|severity|status|level|->|→) {0,2}(?:now )?critical\b/i,
  ],
  [
    'warn',
    /(?:^|[[(|*:\s–-])(?:WARNING|WARN|WARNUNG|AVERTISSEMENT|ADVERTENCIA|AVVISO|WAARSCHUWING|AVISO)(?=[\])|*:!,.\s–-]|$)/u,
  ],
  ['warn', /(?:^|[[(|*:\s–#-])(?:P[23]|SEV-?[23])(?=[\])|*:!,.\s–-]|$)/u],
  [
    'warn',
    /^\W{0,3}warn(?:ing)?\b(?:\]|:| alert| -)|\[(?:warn|warning|minor|average|medium)\]|\((?:warn|warning|minor|average|medium)\)|\b(?:is|severity|status|level|->|→) {0,2}(?:now )?warning\b/i,
  ],
  [
    'info',
    /(?:^|[[(|*:\s–-])(?:INFO|NOTICE|P[45]|SEV-?[45])(?=[\])|*:!,.\s–-]|$)|\[(?:info|information|notice)\]/u,
  ],
];

export interface StatedSeverity {
  severity: Severity;
  words: string;
}

export function severityInSubject(subject: string): StatedSeverity | null {
  for (const [severity, pattern] of MARKS) {
    const match = pattern.exec(subject);
    if (match) return { severity, words: match[0] };
  }
  return null;
}
