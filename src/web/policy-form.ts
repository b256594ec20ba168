/** The form of an escalation policy: filled in by what was typed, else by the policy as it is. Works without a script. */
import type { EscalationPolicy } from '../outbound/escalation/policy.ts';
import type { Targets } from '../outbound/escalation/targets.ts';
import type { PageScope } from './page.ts';
import { presentForm, presentOptions } from './presenters/form.ts';

const KEY = 'policy';
/** Room for more steps and targets than there are. */
const EMPTY_STEPS = 2;
const EMPTY_TARGETS = 1;
const MOST_STEPS = 10;

interface Row {
  afterMinutes: string;
  targets: string[];
}

export function loadPolicyForm({ flash }: PageScope, policy: EscalationPolicy | null, targets: Targets) {
  const form = presentForm(flash, KEY, {
    name: policy?.name ?? '',
    patterns: policy?.patterns.join(' ') ?? '',
    severityFloor: policy?.severityFloor ?? 'critical',
    repeats: policy?.repeats ?? 0,
    steps: '',
  });
  const refused = form.isRefused ? flash : null;
  const faultOf = (name: string): string | null =>
    refused?.faults.find(({ field }) => field === name)?.message ?? null;
  const rows = refused ? typedRows(refused.values['steps']) : rowsOf(policy);
  const empty = Math.min(EMPTY_STEPS, MOST_STEPS - rows.length);
  const all = [...rows, ...Array.from({ length: empty }, () => ({ afterMinutes: '', targets: [] }))];
  const reminder = (refused?.values['reminder'] ?? policy?.reminder ?? {}) as Record<string, unknown>;
  return {
    form,
    isNew: policy === null,
    heading: policy ? policy.name : 'New policy',
    action: policy ? `/escalations/${policy.id}` : '/escalations',
    page: policy ? `/settings/escalation/${policy.id}` : '/settings/escalation/new',
    floors: presentOptions(
      [
        ['critical', 'critical only'],
        ['warn', 'warn and above'],
        ['info', 'every severity'],
      ],
      form.severityFloor.value,
    ),
    steps: all.map((row, index) => ({
      number: index + 1,
      name: `steps[${index}]`,
      afterMinutes: row.afterMinutes,
      isFirst: index === 0,
      choices: [...row.targets, ...Array<string>(EMPTY_TARGETS).fill('')].map((chosen, place) => ({
        number: place + 1,
        groups: listChoices(targets, chosen),
      })),
      fault: faultOf(`steps.${index}.afterMinutes`) ?? faultOf(`steps.${index}.targets`),
    })),
    stepsFault: faultOf('steps'),
    reminder: {
      after: textOf(reminder['afterMinutes']),
      every: textOf(reminder['everyMinutes']),
      fault: faultOf('reminder.afterMinutes') ?? faultOf('reminder.everyMinutes'),
    },
  };
}

function rowsOf(policy: EscalationPolicy | null): Row[] {
  return (policy?.steps ?? []).map(({ afterMinutes, targets }) => ({
    afterMinutes: String(afterMinutes),
    targets: targets.map(({ kind, id }) => `${kind}:${id}`),
  }));
}

/** Without the rows that were left empty, as the operation reads them: faults are numbered so. */
function typedRows(steps: unknown): Row[] {
  const typed = Object.values((steps ?? {}) as Record<string, Record<string, unknown>>);
  return typed
    .map(({ afterMinutes, targets }) => ({
      afterMinutes: textOf(afterMinutes),
      targets: (Array.isArray(targets) ? targets : [targets]).map(textOf).filter(Boolean),
    }))
    .filter((row) => row.afterMinutes !== '' || row.targets.length > 0);
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function listChoices({ rotas, groups, people, channels }: Targets, chosen: string) {
  const options = (kind: string, named: ReadonlyMap<string, { name: string }>, words = '') =>
    presentOptions(
      [...named].map(([id, { name }]) => [`${kind}:${id}`, words + name] as const),
      chosen,
    );
  // A person's own group says no more than the person.
  const shared = new Map([...groups].filter(([, { name }]) => !name.includes('@')));
  return [
    { label: 'Whoever is on call', options: options('rota', rotas, 'on call in ') },
    { label: 'All of the group', options: options('group', shared) },
    { label: 'Person', options: options('user', people) },
    { label: 'Channel of the team', options: options('channel', channels) },
  ].filter((group) => group.options.length > 0);
}
