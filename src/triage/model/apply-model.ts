/**
 * Stage: what is still open is filled by what the tenant's mail and people have taught, if surely enough; then tags and
 * rules of the mail teach in their turn, in the order of arrival, so that an import learns as it goes. A tag or a rule
 * is never changed. A parser's severity is, where people have put right such mail.
 */
import { decide, type Finding, type Mse } from '../mse.ts';
import { inputOf, type TenantModel } from './tenant-model.ts';

export interface KnowsModel {
  memory: { model: TenantModel };
}

export function applyModel(mses: Mse[], { memory: { model } }: KnowsModel): void {
  for (const mse of mses) {
    // Our own notices repeat what other mails say.
    if (mse.isOwn) continue;
    model.bag.read(inputOf(mse));
    decideOrg(mse, model);
    decideSeverity(mse, model);
    learnFrom(mse, model);
  }
}

function decideOrg(mse: Mse, model: TenantModel): void {
  const said = model.sayOrg();
  const present = mse.findings.org;
  if (!said || (present?.source === 'model' && present.value === said.value)) return;
  // A path that its server usually has is a guess as well: the surer one counts.
  const isSurer = present?.source === 'model' && said.confidence > present.confidence;
  if (decide(mse, 'org', said, isSurer ? ['model'] : [])) mse.orgs = [said.value];
}

/** A parser that is less sure than this only repeats the alert's severity in a mail that says all is well. */
const PARSER_IS_SURE = 0.6;

function decideSeverity(mse: Mse, model: TenantModel): void {
  const present = mse.findings.severity;
  const state = mse.findings.state?.value ?? null;
  const taught = present?.source === 'parser' ? model.sayOverride(present.value, state) : null;
  if (taught) {
    decide(mse, 'severity', taught, ['parser']);
    return;
  }
  const said = model.saySeverity(state);
  if (!said) return;
  // What the house's samples say is no reason to doubt a tool.
  const isParserUnsure = model.knowsTenant && (present?.confidence ?? 0) < PARSER_IS_SURE;
  decide(mse, 'severity', said, isParserUnsure ? ['parser'] : []);
}

function learnFrom({ findings: { org, severity } }: Mse, model: TenantModel): void {
  const [taughtOrg, taughtSeverity] = [ifTaught(org), ifTaught(severity)];
  const isTagged = taughtOrg?.source === 'tag' || taughtSeverity?.source === 'tag';
  model.learnMail(taughtOrg?.value ?? null, taughtSeverity?.value ?? null, isTagged ? 'tag' : 'rule');
}

function ifTaught<T>(finding: Finding<T> | undefined): Finding<T> | null {
  return finding?.source === 'tag' || finding?.source === 'rule' ? finding : null;
}
