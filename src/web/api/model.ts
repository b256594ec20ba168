/** The model of a tenant: what it has learnt, its versions, going back, learning anew. */
import { z } from 'zod';
import { TRIAL_MAILS } from '../../triage/model/candidate.ts';
import { giveUpCandidate, startCandidate } from '../../triage/model/candidate-store.ts';
import { activateVersion } from '../../triage/model/go-back.ts';
import { describeModel, type ModelOverview } from '../../triage/model/overview.ts';
import type { Version } from '../../triage/model/versions.ts';
import { operation, type Scope } from '../operation.ts';

const tried = {
  said: z.number().int().describe('Of those guessed, how many surely enough to be said.'),
  right: z.number().int().describe('Of those said.'),
};

const fieldFigures = z.object({
  learnt: z.number().int().describe('Mails learnt.'),
  threshold: z.number().describe('Below this confidence nothing is said.'),
  judged: z.number().int().describe('The newest mails that were guessed before they were taught.'),
  ...tried,
  classes: z.array(z.object({ value: z.string(), learnt: z.number().int(), ...tried })),
});

const version = z
  .object({
    version: z.number().int(),
    isCurrent: z.boolean(),
    isInUse: z.boolean().describe('The present one, or one that it was learnt through.'),
    createdAt: z.date(),
    savedAt: z.date(),
    note: z.string().nullable().describe('Why it was not simply continued.'),
    learntFrom: z.object({
      tag: z.number().int(),
      rule: z.number().int(),
      person: z.number().int(),
    }),
    org: fieldFigures,
    severity: fieldFigures,
  })
  .meta({ id: 'ModelVersion' });

const tally = z.object(tried);

const model = z
  .object({
    present: version.nullable(),
    versions: z.array(version).describe('The newest first.'),
    corrections: z.object({
      known: z.number().int(),
      setAside: z.number().int().describe('Said in versions that people left.'),
      takenBack: z.number().int(),
    }),
    candidate: z
      .object({
        who: z.string(),
        startedAt: z.date(),
        isLearnt: z.boolean().describe('False until the next mail.'),
        mails: z.number().int().describe('Mails that both have guessed.'),
        wantedMails: z.number().int(),
        asked: z.number().int().describe('Fields of these mails.'),
        presentModel: tally,
        candidate: tally,
      })
      .nullable(),
    log: z.array(z.object({ at: z.date(), who: z.string(), what: z.string(), why: z.string() })),
  })
  .meta({ id: 'Model' });

function presentVersion({ figures: { from, org, severity }, ...shown }: Version) {
  return { ...shown, learntFrom: from, org, severity };
}

async function present({ tx, tenant }: Scope): Promise<z.input<typeof model>> {
  const overview: ModelOverview = await describeModel(tx, tenant.id);
  const { candidate } = overview;
  return {
    ...overview,
    present: overview.present && presentVersion(overview.present),
    versions: overview.versions.map(presentVersion),
    candidate: candidate && {
      ...candidate,
      mails: candidate.trial.mails,
      wantedMails: TRIAL_MAILS,
      asked: candidate.trial.asked,
      presentModel: candidate.trial.present,
      candidate: candidate.trial.candidate,
    },
  };
}

export const modelOperations = [
  operation({
    id: 'getModel',
    method: 'get',
    path: '/model',
    summary: 'What was learnt of org and severity, how right it is, and the versions kept',
    permission: 'read',
    answer: model,
    handle: present,
  }),
  operation({
    id: 'activateModelVersion',
    method: 'post',
    path: '/model/activation',
    summary: 'Go back to a version; corrections said since are set aside, mails keep what was decided',
    permission: 'administer',
    body: z.object({ version: z.coerce.number().int().min(1) }),
    answer: model,
    tell: (_, { version: wanted }) => ({
      kind: 'ok',
      message: `Version ${String(wanted)} is in use from the next mail on.`,
    }),
    handle: async (scope, { body }) => {
      await activateVersion(scope.tx, scope.tenant.id, body.version, scope.actor, scope.now);
      return present(scope);
    },
  }),
  operation({
    id: 'startModelCandidate',
    method: 'post',
    path: '/model/candidate',
    summary: 'Learn anew from the stored mails and corrections; it takes over only if it is at least as good',
    permission: 'administer',
    body: z.object({}),
    answer: model,
    creates: true,
    tell: () => ({
      kind: 'ok',
      message: `A candidate is learnt anew and tried on the next ${TRIAL_MAILS} mails.`,
    }),
    handle: async (scope) => {
      await startCandidate(scope.tx, scope.tenant.id, scope.actor, scope.now);
      return present(scope);
    },
  }),
  operation({
    id: 'dropModelCandidate',
    method: 'delete',
    path: '/model/candidate',
    summary: 'Give the candidate up; the present model stays',
    permission: 'administer',
    answer: model,
    handle: async (scope) => {
      await giveUpCandidate(scope.tx, scope.tenant.id, scope.actor, scope.now);
      return present(scope);
    },
  }),
];
