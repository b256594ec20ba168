/**
 * Stage: what is still open is filled by what the tenant's mail and people have taught, if surely enough; then tags and
 * rules of the mail teach in their turn, in the order of arrival, so that an import learns as it goes. A tag or a rule
 * is never changed. A parser's severity is, where people have put right such mail.
 */
import { effectOf } from '../../events/mail-state.ts';
import type { Severity } from '../../events/severity.ts';
import { decide, type Mse } from '../mse.ts';
import type { Prediction } from './field-model.ts';
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

function decideOrg(mse: Mse, { fields: { org }, bag }: TenantModel): void {
  const present = mse.findings.org;
  const prediction = org.predict(bag);
  if (!prediction?.isSaid) return;
  // A path that its server usually has is a guess as well: the surer one counts.
  const isSurer = present?.source === 'model' && prediction.confidence > present.confidence;
  const finding = { value: prediction.value, ...byModel(prediction, org.reason(bag, prediction)) };
  if (present?.source === 'model' && present.value === prediction.value) return;
  if (decide(mse, 'org', finding, isSurer ? ['model'] : [])) mse.orgs = [prediction.value];
}

/** A parser that is less sure than this only repeats the alert's severity in a mail that says all is well. */
const PARSER_IS_SURE = 0.6;

function decideSeverity(mse: Mse, model: TenantModel): void {
  const { severity, override } = model.fields;
  const present = mse.findings.severity;
  const taught = present?.source === 'parser' ? model.override(present.value) : null;
  if (taught) {
    const reason = `people put such mails right from ${present?.value} to ${taught.severity}; ${override.reason(model.bag, taught)}`;
    decide(mse, 'severity', { value: taught.severity, ...byModel(taught, reason) }, ['parser']);
    return;
  }
  const prediction = severity.predict(model.bag);
  if (!prediction?.isSaid || !isSafe(prediction, mse)) return;
  const isParserUnsure = (present?.confidence ?? 0) < PARSER_IS_SURE;
  const reason = severity.reason(model.bag, prediction);
  const finding = { value: prediction.value as Severity, ...byModel(prediction, reason) };
  decide(mse, 'severity', finding, isParserUnsure ? ['parser'] : []);
}

/** To call trouble harmless needs more than to call it trouble: a critical mail must not be read as less. */
const HARMLESS_CONFIDENCE = 0.98;

function isSafe({ value, confidence }: Prediction, { findings: { state } }: Mse): boolean {
  const isTrouble = !state || effectOf(state.value) === 'opens';
  return value === 'critical' || !isTrouble || state?.value === 'report' || confidence >= HARMLESS_CONFIDENCE;
}

function byModel({ confidence }: Prediction, reason: string) {
  return { source: 'model' as const, confidence, reason };
}

function learnFrom({ findings: { org, severity } }: Mse, model: TenantModel): void {
  if (org && isTaught(org)) model.fields.org.teach(model.bag, org.value, false);
  if (severity && isTaught(severity)) model.fields.severity.teach(model.bag, severity.value, false);
  if ((org && isTaught(org)) || (severity && isTaught(severity))) model.unsaved += 1;
}

function isTaught({ source }: { source: string }): boolean {
  return source === 'tag' || source === 'rule';
}
