/** What DaTamer has learnt of org and severity, how far it may be believed, and the way back. */
import { may } from '../../../accounts/role.ts';
import { TRIAL_MAILS } from '../../../triage/model/candidate.ts';
import type { FieldFigures } from '../../../triage/model/figures.ts';
import { describeModel, type ModelOverview } from '../../../triage/model/overview.ts';
import type { Version } from '../../../triage/model/versions.ts';
import { page, type PageScope } from '../../page.ts';
import { presentNumber } from '../../presenters/number.ts';
import { presentTime } from '../../presenters/time.ts';
import { settingsTabs } from './tabs.ts';

const PATH = '/settings/model';
/** More classes are in the API. */
const MOST_CLASSES = 25;

export const modelPage = page({
  path: PATH,
  permission: 'read',
  load: async (scope) => {
    const { tx, tenant, role } = scope;
    const overview = await describeModel(tx, tenant.id);
    return {
      view: 'settings/model',
      title: 'Model',
      data: {
        tabs: settingsTabs(role, PATH),
        mayAdminister: may(role, 'administer'),
        present: overview.present && presentPresent(overview.present, overview, scope),
        versions: overview.versions.map((version) => presentVersion(version, scope)),
        candidate: presentCandidate(overview, scope),
        log: overview.log.map(({ at, ...deed }) => ({
          ...deed,
          at: presentTime(at, scope.now, scope.timeZone),
        })),
      },
    };
  },
});

function presentPresent(
  { version, savedAt, note, figures }: Version,
  { corrections }: ModelOverview,
  { now, timeZone }: PageScope,
) {
  const { tag, rule, person } = figures.from;
  return {
    version,
    saved: presentTime(savedAt, now, timeZone),
    note,
    learntFrom: `${presentNumber(tag)} mails with tags, ${presentNumber(rule)} by rules, ${presentNumber(person)} corrections`,
    setAside: corrections.setAside > 0 ? presentNumber(corrections.setAside) : null,
    takenBack: corrections.takenBack > 0 ? presentNumber(corrections.takenBack) : null,
    fields: [presentField('Org', figures.org), presentField('Severity', figures.severity)],
  };
}

function presentField(name: string, { judged, said, right, classes, threshold }: FieldFigures) {
  return {
    name,
    id: name.toLowerCase(),
    sentence:
      judged === 0
        ? 'not tried yet'
        : `of the last ${presentNumber(judged)} mails whose ${name.toLowerCase()} somebody stated, it would have said ${presentShare(said, judged)}, and of these ${presentShare(right, said)} rightly`,
    threshold: threshold.toFixed(2),
    classes: classes.slice(0, MOST_CLASSES).map((one) => ({
      value: one.value,
      learnt: presentNumber(one.learnt),
      said: presentNumber(one.said),
      precision: one.said === 0 ? null : presentShare(one.right, one.said),
    })),
    more: classes.length > MOST_CLASSES ? presentNumber(classes.length - MOST_CLASSES) : null,
  };
}

/** `97.3 %`; never rounded up to all. */
function presentShare(part: number, whole: number): string {
  if (whole === 0) return 'none';
  return `${(Math.floor((part / whole) * 1000) / 10).toFixed(1)} %`;
}

function presentVersion(
  { version, isCurrent, isInUse, savedAt, note, figures }: Version,
  { now, timeZone }: PageScope,
) {
  const { org, severity } = figures;
  return {
    version,
    key: `back-${version}`,
    isCurrent,
    isLeft: !isInUse,
    saved: presentTime(savedAt, now, timeZone),
    note,
    learnt: presentNumber(org.learnt + severity.learnt),
    org: presentTried(org),
    severity: presentTried(severity),
  };
}

function presentTried({ judged, said, right }: FieldFigures): string | null {
  return judged === 0 ? null : `${presentShare(right, said)} of ${presentShare(said, judged)}`;
}

function presentCandidate({ candidate }: ModelOverview, { now, timeZone }: PageScope) {
  if (!candidate) return null;
  const { who, startedAt, isLearnt, trial } = candidate;
  return {
    who,
    started: presentTime(startedAt, now, timeZone),
    isLearnt,
    mails: presentNumber(trial.mails),
    wanted: presentNumber(TRIAL_MAILS),
    rows: [
      { name: 'Present model', ...trial.present },
      { name: 'Candidate', ...trial.candidate },
    ],
    asked: presentNumber(trial.asked),
  };
}
