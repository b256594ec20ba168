/** How bad a mail says it is: only what is stated counts, in a field of its own or as a mark of the subject. */
import type { Severity } from '../../../events/severity.ts';
import type { Token } from './find-phrases.ts';
import { fold } from './lexicon.ts';

/** As values of "Severity:", "Priority:" and the like. */
const VALUES: Record<Severity, string> = {
  critical: `critical crit emergency emerg panic fatal disaster high highest alert severe blocker p1 p0 sev1 sev0 s1 sev-1 urgent very_high failure red
    error kritisch hoch katastrophe notfall dringend critique haute eleve elevee majeure urgence critico critica alta alto grave desastre urgente
    kritiek hoog dringend muito_alta fehler erreur errore`,
  warn: `warning warn average medium minor moderate low major degraded err p2 p3 sev2 sev3 s2 s3 sev-2 sev-3 warnung mittel niedrig gering
    avertissement moyenne moyen mineure basse advertencia media medio menor baja baixa avviso bassa waarschuwing gemiddeld laag aviso
    caution yellow amber orange attention trouble unusual`,
  info: `info information informational informative notice debug ok okay normal none p4 p5 sev4 sev5 s4 s5 not_classified lowest hinweis informativo
    informazione informatie clear cleared minimal verbose trace recovered resolved closed green`,
};

const SEVERITY_OF = new Map<string, Severity>();
for (const severity of Object.keys(VALUES) as Severity[]) {
  for (const word of VALUES[severity].split(/\s+/)) SEVERITY_OF.set(word, severity);
}

/** Between warning and critical where a tool counts as syslog does; the worst where it knows information and warning. */
const OF_LOGS = /log|level|niveau|nivel|livello/;

/** @param value of a severity field: "High", "P1 - Critical", "3 (warning)". @param name of the field, as folded */
export function severityOfValue(value: string, name = ''): Severity | null {
  const folded = fold(value).trim();
  const severity = ofWhole(folded) ?? ofFirstWord(folded.split(/->|=>|→|\b(?:to|auf)\b/).at(-1) ?? '');
  return severity === 'critical' && OF_LOGS.test(name) && folded.startsWith('error') ? 'warn' : severity;
}

function ofWhole(folded: string): Severity | null {
  return SEVERITY_OF.get(folded.replace(/\s+/g, '_')) ?? null;
}

function ofFirstWord(folded: string): Severity | null {
  for (const word of folded.split(/[^\p{L}\p{N}-]+/u).slice(0, 5)) {
    const severity = SEVERITY_OF.get(word);
    if (severity) return severity;
  }
  return null;
}

const asMap = (words: Record<Severity, string>): ReadonlyMap<string, Severity> =>
  new Map(
    (Object.keys(words) as Severity[]).flatMap((severity) =>
      words[severity].split(/\s+/).map((word): [string, Severity] => [word, severity]),
    ),
  );

/** In capitals they are a statement anywhere: "disk CRITICAL on db1". */
const IN_CAPITALS = asMap({
  critical: 'critical crit emergency emerg fatal panic disaster kritisch critique critico kritiek',
  warn: 'warning warn warnung avertissement advertencia avviso waarschuwing aviso caution',
  info: 'info notice informational',
});
/** In brackets, between marks, or as what something is: "[High]", "Drive Warning: /home", "is red". */
const AS_MARK = asMap({
  critical: `critical crit emergency emerg fatal panic disaster kritisch critique critico critica kritiek high severe error red down
    p0 p1 sev0 sev1 criticals`,
  warn: `warning warn warnung avertissement advertencia avviso waarschuwing aviso caution minor average medium moderate yellow amber
    trouble warnings p2 p3 sev2 sev3 major`,
  info: 'info information informational notice p4 p5 sev4 sev5 green',
});
const BEFORE = new Set(
  'is severity status level priority now went schweregrad gravite gravedad gravita'.split(' '),
);
const BEHIND = new Set('severity priority found'.split(' '));
const ALARM = new Set('alert alarm event issue incident alarme alerta allarme'.split(' '));
const MACHINES = new Set(
  'host node device machine computer router switch rechner serveur equipo maquina macchina'.split(' '),
);
const NUMBERED = /^(?:p|sev)[0-5]$/;

export interface StatedSeverity {
  severity: Severity;
  words: string;
}

/** The worst that is stated. @param isOver "RESOLVED: node is down": no level any more, but its state before */
export function severityIn(tokens: readonly Token[], isOver = false): StatedSeverity | null {
  let worst: StatedSeverity | null = null;
  tokens.forEach((token, at) => {
    const severity = isOver && token.word === 'down' ? undefined : statedAt(tokens, token, at);
    if (severity && (!worst || RANK[severity] > RANK[worst.severity]))
      worst = { severity, words: token.word };
  });
  return worst;
}

const RANK: Record<Severity, number> = { critical: 2, warn: 1, info: 0 };

function statedAt(tokens: readonly Token[], token: Token, at: number): Severity | undefined {
  const { word, isUpper, isOpened, isClosed, isArrived, after } = token;
  if (isUpper && word === 'unknown' && tokens[at - 1]?.word === 'is') return 'warn';
  if (isUpper && IN_CAPITALS.has(word)) return IN_CAPITALS.get(word);
  const severity = AS_MARK.get(word);
  if (!severity) return undefined;
  if (isArrived || (isOpened && isClosed)) return severity;
  // "[Down]" is a level; "server x is down" is a sentence, unless of a machine.
  if (word === 'down' && !tokens.some((one) => MACHINES.has(one.word))) return undefined;
  if (NUMBERED.test(word)) return isOpened || isClosed ? severity : undefined;
  if (BEFORE.has(tokens[at - 1]?.word ?? '')) return severity;
  const next = tokens[at + 1]?.word ?? '';
  if (BEHIND.has(next) || (isOpened && ALARM.has(next))) return severity;
  // "Drive Critical: /home", "db2 ERROR": what ends a name, not a sentence.
  return (after === ':' || (after === '' && isUpper)) && !CALLED.has(word) ? severity : undefined;
}

/** Before a colon they are as often the matter: "Response time high: 12 s". */
const CALLED = new Set('high medium major moderate average minor info information notice'.split(' '));
