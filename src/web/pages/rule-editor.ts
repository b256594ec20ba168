/**
 * The rule editor. Adding and removing rows, trying a text and the backtest answer the form with the form; nothing is
 * stored until Save, which is the plain form of the API's write.
 */
import type { Request } from 'express';
import { z } from 'zod';
import { may } from '../../accounts/role.ts';
import { listOrgs } from '../../events/orgs.ts';
import { isUuid } from '../../kernel/ids.ts';
import { getMailText, getMse, type ListedMse } from '../../triage/list-mses.ts';
import type { BacktestResult } from '../../triage/rules/backtest.ts';
import { proposeFamilyRule, proposeRule, type ProposedRule } from '../../triage/rules/propose.ts';
import { actionsSchema, conditionSchema, findExcess, type Rule } from '../../triage/rules/rule.ts';
import { getRule, listRules } from '../../triage/rules/store.ts';
import { tryRule } from '../../triage/rules/try.ts';
import { tryOnStoredMails } from '../api/rules.ts';
import { fieldsOf, textField } from '../fields.ts';
import { page, type PageScope, type View } from '../page.ts';
import { presentNumber } from '../presenters/number.ts';
import { fieldWord, presentChange, presentDraft } from '../presenters/rule.ts';
import { presentTime } from '../presenters/time.ts';
import { draftOf, editDraft, EMPTY_ROW, isEditorForm, readDraft, ruleOf, type Draft } from '../rule-form.ts';

export const ruleEditorPages = [
  page({
    path: '/rules/new',
    permission: 'read',
    load: async (scope, request) => {
      const { mse } = request.query;
      const home = typeof mse === 'string' ? request.originalUrl : '/rules/new';
      const returned = draftOfFlash(scope);
      if (returned) return showEditor(scope, { ...returned, rule: null, home });
      const draft = typeof mse === 'string' ? await draftFromMail(scope, mse, request) : emptyDraft();
      return showEditor(scope, { draft, rule: null, home, isChecked: false, wantsBacktest: false });
    },
  }),
  page({
    path: '/rules/:id',
    permission: 'read',
    load: async (scope, request) => {
      const id = String(request.params['id']);
      const rule = await getRule(scope.tx, scope.tenant.id, isUuid(id) ? id : NO_RULE);
      const home = `/rules/${rule.id}`;
      const returned = draftOfFlash(scope);
      if (returned) return showEditor(scope, { ...returned, rule, home });
      return showEditor(scope, { draft: draftOf(rule), rule, home, isChecked: false, wantsBacktest: false });
    },
  }),
  page({
    method: 'post',
    path: '/rules/draft',
    permission: 'read',
    load: async (scope, request) => answerForm(scope, request, false),
  }),
  page({
    method: 'post',
    path: '/rules/backtest',
    permission: 'read',
    load: async (scope, request) => answerForm(scope, request, true),
  }),
];

/** An id that no rule has: a path that is no id is answered like a rule that is not there. */
const NO_RULE = '00000000-0000-0000-0000-000000000000';

interface Editor {
  draft: Draft;
  /** Null for a new one. */
  rule: Rule | null;
  /** The page of this form: where a refused Save comes back to. */
  home: string;
  isChecked: boolean;
  wantsBacktest: boolean;
}

/** The form that a refused Save sent back. */
function draftOfFlash({ flash }: PageScope): Pick<Editor, 'draft' | 'isChecked' | 'wantsBacktest'> | null {
  if (flash?.kind !== 'bad' || !isEditorForm(flash.values)) return null;
  return { draft: readDraft(flash.values), isChecked: true, wantsBacktest: true };
}

async function answerForm(scope: PageScope, request: Request, wantsBacktest: boolean): Promise<View> {
  const fields = fieldsOf(request);
  const id = textField(request, '_rule');
  const rule = isUuid(id) ? await getRule(scope.tx, scope.tenant.id, id) : null;
  const draft = editDraft(readDraft(fields), textField(request, '_edit'));
  const home = textField(request, '_back') || '/rules/new';
  // Only what has been asked to run is held against its rules; a row just added is empty and no fault.
  const isChecked = wantsBacktest || textField(request, '_edit') === 'try';
  return showEditor(scope, { draft, rule, home, isChecked, wantsBacktest });
}

function emptyDraft(): Draft {
  return {
    ...draftOf({ name: '', condition: { all: [] }, actions: {} }),
    condition: { join: 'all', parts: [EMPTY_ROW] },
  };
}

async function draftFromMail({ tx, tenant }: PageScope, id: string, request: Request): Promise<Draft> {
  const mse = await getMse(tx, tenant.id, id);
  const text = await getMailText(tx, tenant.id, mse.id);
  return { ...draftOf(propose(mse, request)), tryText: asTried(mse, text) };
}

const familySchema = z.object({
  sender: z.string().max(320).nullable().catch(null),
  words: z
    .string()
    .max(200)
    .transform((words) => words.split(' ').filter(Boolean))
    .catch([]),
});

/** For one mail, or for the family that the mail stands for. */
function propose(mse: ListedMse, { query }: Request): ProposedRule {
  const family = familySchema.parse({ sender: query['sender'] ?? null, words: query['words'] });
  const isFamily = family.sender !== null || family.words.length > 0;
  return isFamily ? proposeFamilyRule(mse, family) : proposeRule(mse);
}

/** Enough of a mail to see whether a pattern fits. */
const LONGEST_TRIED = 2000;

function asTried({ subject, fromName, fromAddress }: ListedMse, text: string): string {
  const from = fromName ? `"${fromName.replaceAll('"', '')}" <${fromAddress}>` : fromAddress;
  return `Subject: ${subject}\nFrom: ${from}\n\n${text.slice(0, LONGEST_TRIED)}`;
}

async function showEditor(scope: PageScope, editor: Editor): Promise<View> {
  const { tx, tenant, now, timeZone, role } = scope;
  const { draft, rule, home, isChecked, wantsBacktest } = editor;
  const rules = await listRules(tx, tenant.id);
  const form = presentDraft(draft, isChecked);
  const isSound = isChecked && Object.keys(form.faults).length === 0 && !form.hasRowFault;
  const result = wantsBacktest && isSound ? await tryOnStoredMails(scope, soundRule(draft)) : null;
  const title = rule ? rule.name : 'New rule';
  return {
    view: 'rule',
    title,
    data: {
      heading: title,
      rule: rule && {
        id: rule.id,
        place: `Rule ${rules.findIndex(({ id }) => id === rule.id) + 1} of ${rules.length}`,
        author: rule.createdBy,
        hits: presentNumber(rule.hits),
        updated: presentTime(rule.updatedAt, now, timeZone),
        lastHit: presentTime(rule.lastHitAt, now, timeZone),
      },
      action: rule ? `/rules/${rule.id}` : '/rules',
      home,
      form,
      orgs: await listOrgs(tx, tenant.id),
      mayWork: may(role, 'work'),
      isFaulty: isChecked && !isSound,
      trial: await showTrial(draft, now),
      backtest: result && presentBacktest(result, now, timeZone),
      mustConfirm: result !== null && result.hiddenCriticals > 0,
    },
  };
}

function soundRule(draft: Draft) {
  const { condition, actions } = ruleOf(draft);
  return { condition: conditionSchema.parse(condition), actions: actionsSchema.parse(actions) };
}

async function showTrial(draft: Draft, now: Date) {
  if (!draft.tryText.trim()) return null;
  const { condition } = ruleOf({ ...draft, schedule: '' });
  if (findExcess(condition) !== null || !conditionSchema.safeParse(condition).success) return null;
  const { matches, groups, seen } = await tryRule(condition, draft.tryText, now);
  return {
    matches,
    groups: Object.entries(groups).map(([name, value]) => ({ name, value })),
    seen: seen.map(({ field, header, parts }) => ({ field: fieldWord(field, header), parts })),
  };
}

function presentBacktest(result: BacktestResult, now: Date, timeZone: string) {
  const { examined, matched, changed, hiddenCriticals, silenced, classified, isComplete, samples } = result;
  return {
    sentence: `against the newest ${presentNumber(examined)} mail${examined === 1 ? '' : 's'}${isComplete ? '' : ', ended by its time limit'}`,
    tiles: [
      {
        number: presentNumber(matched),
        word: matched === 1 ? 'mail matches' : 'mails match',
        isBad: false,
      },
      { number: presentNumber(changed), word: 'would change', isBad: false },
      {
        number: presentNumber(hiddenCriticals),
        word: 'criticals lowered or hidden',
        isBad: hiddenCriticals > 0,
      },
      { number: presentNumber(silenced), word: 'hidden as noise', isBad: false },
      { number: presentNumber(classified), word: 'no longer unclassified', isBad: false },
    ],
    lowered: hiddenCriticals,
    loweredWords:
      hiddenCriticals === 1 ? '1 critical mail' : `${presentNumber(hiddenCriticals)} critical mails`,
    rows: samples.map(({ mseId, subject, from, receivedAt, before, after }) => ({
      href: `/mses/${mseId}`,
      subject: subject || '(no subject)',
      from,
      arrived: presentTime(receivedAt, now, timeZone),
      ...presentChange(before, after),
    })),
    isShort: matched > samples.length,
    shown: `${presentNumber(samples.length)} of ${presentNumber(matched)} shown, those that would change first`,
  };
}
