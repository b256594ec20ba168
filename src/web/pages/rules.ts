/** The rules of the tenant in their order: what each does, how often it spoke, and buttons to move, stop and remove. */
import { z } from 'zod';
import { may } from '../../accounts/role.ts';
import { listRules } from '../../triage/rules/store.ts';
import { page } from '../page.ts';
import { presentNumber } from '../presenters/number.ts';
import { presentRuleRow } from '../presenters/rule.ts';

const PAGE_SIZE = 50;

const querySchema = z.object({ page: z.coerce.number().int().min(1).catch(1) });

export const rulesPage = page({
  path: '/rules',
  permission: 'read',
  load: async ({ tx, tenant, now, timeZone, role }, request) => {
    const rules = await listRules(tx, tenant.id);
    const last = Math.max(1, Math.ceil(rules.length / PAGE_SIZE));
    const number = Math.min(querySchema.parse(request.query).page, last);
    const shown = rules
      .map((rule, index) => presentRuleRow(rule, index, rules.length, now, timeZone))
      .slice((number - 1) * PAGE_SIZE, number * PAGE_SIZE);
    return {
      view: 'rules',
      title: 'Rules',
      data: {
        sentence: describe(rules.length, rules.filter(({ isEnabled }) => isEnabled).length),
        rows: shown,
        mayWork: may(role, 'work'),
        previous: number > 1 ? `/rules?page=${number - 1}` : null,
        next: number < last ? `/rules?page=${number + 1}` : null,
        pageSentence: `page ${number} of ${last}`,
        hasPages: last > 1,
      },
    };
  },
});

function describe(total: number, enabled: number): string {
  if (total === 0) return 'None yet';
  const off = total - enabled;
  return `${presentNumber(total)} in this order, the first that decides a value wins it${off > 0 ? ` · ${presentNumber(off)} off` : ''}`;
}
