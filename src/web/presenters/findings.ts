/** The explain card: what triage decided about a mail, by which source, how surely and why. */
import { describeExpectation } from '../../watchdog/expectation.ts';
import type { ListedMse } from '../../triage/list-mses.ts';
import type { Clue, Finding, Source } from '../../triage/mse.ts';
import type { Flash } from '../session.ts';
import { presentForm, presentOptions, type ShownForm } from './form.ts';
import { presentSeverity, type ShownSeverity } from './severity.ts';

export interface ShownFinding {
  name: string;
  /** Set for the severity, which is shown as shape, word and colour. */
  severity: ShownSeverity | null;
  value: string | null;
  source: string;
  confidence: string | null;
  reason: string;
  /** What spoke for and against it. */
  clues: ShownClue[];
  /** What the other sources would have said. */
  others: ShownOther[];
  /** The form that puts it right; null for what follows from the others. */
  fix: ShownFix | null;
  /** True when its form was refused and is shown again. */
  isRefused: boolean;
}

interface ShownClue {
  text: string;
  weight: string;
  isAgainst: boolean;
  /** Length of its bar, of 100 for the strongest. */
  share: number;
}

interface ShownOther {
  source: string;
  value: string;
  confidence: string;
  reason: string;
  isSame: boolean;
}

interface ShownFix {
  name: string;
  label: string;
  form: ShownForm<'value'>;
  options: ReturnType<typeof presentOptions> | null;
  /** Id of a datalist. */
  list: string | null;
  hint: string | null;
}

const SOURCE_WORDS: Record<Source, string> = {
  tag: 'tag',
  rule: 'rule',
  parser: 'wording',
  model: 'model',
  human: 'a person',
  none: 'nobody',
};

export function presentFindings(mse: ListedMse, flash: Flash | null): ShownFinding[] {
  return listFindings(mse, flash).map((finding) => ({
    ...finding,
    others: presentOthers(mse, finding),
    isRefused: finding.fix?.form.isRefused ?? false,
  }));
}

type Decided = Omit<ShownFinding, 'isRefused' | 'others'>;

function presentOthers({ findings: { others = [] } }: ListedMse, { name, value }: Decided): ShownOther[] {
  return others
    .filter(({ field }) => field === name.toLowerCase())
    .map((other) => ({
      source: SOURCE_WORDS[other.source],
      value: describeValue(other.value),
      confidence: presentConfidence(other.confidence),
      reason: other.reason,
      isSame: describeValue(other.value) === value,
    }));
}

function describeValue(value: unknown): string {
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function listFindings(mse: ListedMse, flash: Flash | null): Decided[] {
  const { findings } = mse;
  const schedule = findings.schedule;
  return [
    {
      ...presentFinding('Severity', mse.severity, mse.severity ? findings.severity : undefined),
      severity: presentSeverity(mse.severity),
      fix: {
        ...fix(mse, flash, 'severity', mse.severity ?? ''),
        options: presentOptions(SEVERITY_OPTIONS, mse.severity ?? ''),
      },
    },
    {
      ...presentFinding('Org', mse.orgs.join(', ') || mse.org, mse.org ? findings.org : undefined),
      fix: { ...fix(mse, flash, 'org', mse.org ?? ''), list: 'orgs', hint: 'Such as shop.frontend.api' },
    },
    {
      ...presentFinding(
        'Servers',
        mse.servers.join(', '),
        mse.servers.length > 0 ? findings.servers : undefined,
      ),
      fix: { ...fix(mse, flash, 'servers', mse.servers.join(' ')), hint: 'Host names, with spaces between' },
    },
    presentFinding('State', mse.state, findings.state),
    ...(findings.mentions
      ? [{ ...presentFinding('Also named', findings.mentions.join(', '), undefined), ...NAMED_BESIDE }]
      : []),
    ...(schedule
      ? [presentFinding('Schedule', describeExpectation({ ...schedule.value, graceSeconds: null }), schedule)]
      : []),
    ...(mse.isNoise ? [presentFinding('Noise', 'noise', findings.noise)] : []),
  ];
}

function presentFinding(name: string, value: string | null, finding: Finding<unknown> | undefined): Decided {
  return {
    name,
    severity: null,
    value: value || null,
    source: SOURCE_WORDS[finding?.source ?? 'none'],
    confidence: finding ? presentConfidence(finding.confidence) : null,
    reason: finding?.reason ?? 'nothing in the mail says so',
    clues: presentClues(finding?.clues ?? []),
    fix: null,
  };
}

function presentClues(clues: readonly Clue[]): ShownClue[] {
  const strongest = Math.max(...clues.map(({ weight }) => Math.abs(weight)));
  return clues.map(({ text, weight }) => ({
    text,
    weight: `${weight < 0 ? '−' : '+'}${Math.abs(weight).toFixed(1)}`,
    isAgainst: weight < 0,
    share: Math.max(2, Math.round((100 * Math.abs(weight)) / strongest)),
  }));
}

const NAMED_BESIDE = {
  source: SOURCE_WORDS.parser,
  reason: 'servers that the text names, without being about them',
};

function presentConfidence(confidence: number): string {
  return confidence >= 1 ? 'certain' : confidence.toFixed(2);
}

const SEVERITY_OPTIONS = [
  ['', 'Choose…'],
  ['critical', 'Critical'],
  ['warn', 'Warn'],
  ['info', 'Info'],
] as const;

function fix({ id }: ListedMse, flash: Flash | null, name: string, value: string): ShownFix {
  const key = `fix-${name}-${id}`;
  return {
    name,
    label: LABELS[name] ?? name,
    form: presentFix(flash, key, name, value),
    options: null,
    list: null,
    hint: null,
  };
}

const LABELS: Record<string, string> = { severity: 'Severity', org: 'Org', servers: 'Servers' };

/** One field a form, whatever its name in the API is. */
function presentFix(flash: Flash | null, key: string, name: string, value: string): ShownForm<'value'> {
  const form = presentForm(flash, key, { [name]: value });
  return { value: form[name], key, isRefused: form.isRefused } as ShownForm<'value'>;
}
