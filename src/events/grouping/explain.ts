/** Why a signal was put to an event, in a person's words; kept with the signal for the event's page. */
import type { ActiveEvent } from './active-event.ts';
import { rarestSharedWord, type Evidence, type EvidenceKind, type Past } from './evidence.ts';
import type { Portrait } from './portrait.ts';
import { summandsOf, type Weights } from './weigh.ts';

export interface Reason {
  kind: EvidenceKind | 'bias' | 'person';
  /** What it added to the score (log-odds); a person's word counts without one. */
  value: number | null;
  text: string;
}

/** More would not be read. */
const MOST_REASONS = 6;

export function explain(
  portrait: Portrait,
  at: Date,
  event: ActiveEvent,
  evidence: Evidence,
  weights: Weights,
  past: Past,
): Reason[] {
  const others = event.compared(at).map((signal) => signal.portrait);
  const facts = factsOf(portrait, at, event, others, past);
  return summandsOf(evidence, weights)
    .filter(({ kind }) => kind !== 'bias')
    .slice(0, MOST_REASONS)
    .map(({ kind, value }) => ({ kind, value, text: facts[kind] ?? '' }))
    .filter(({ text }) => text !== '');
}

function factsOf(
  portrait: Portrait,
  at: Date,
  event: ActiveEvent,
  others: readonly Portrait[],
  { rarity }: Past,
): Partial<Record<EvidenceKind | 'bias', string>> {
  const servers = new Set(others.flatMap((other) => other.servers));
  const shared = portrait.servers.find((server) => servers.has(server));
  const named =
    portrait.mentions.find((server) =>
      others.some((other) => [...other.servers, ...other.mentions].includes(server)),
    ) ?? portrait.servers.find((server) => others.some((other) => other.mentions.includes(server)));
  const word = rarestSharedWord(portrait, at, event, rarity)?.word;
  const trouble = portrait.symptoms.find((symptom) =>
    others.some((other) => other.symptoms.includes(symptom)),
  );
  const brings = portrait.symptoms[0] ?? 'this trouble';
  return {
    sameServerSameTrouble: `same server ${shared ?? ''} and same kind of trouble`,
    sameServerRelatedTrouble: `same server ${shared ?? ''}, and one trouble brings the other about`,
    sameServer: `same server ${shared ?? ''}`,
    sameTeamSameTrouble: `same org ${portrait.org ?? ''} and same kind of trouble`,
    sameTeamRelatedTrouble: `same org ${portrait.org ?? ''}, and one trouble brings the other about`,
    sameTeam: `same org ${portrait.org ?? ''}, but another kind of trouble`,
    nearTeamSameTrouble: 'neighbouring org and same kind of trouble',
    nearTeamRelatedTrouble: 'neighbouring org, and one trouble brings the other about',
    sameTrouble: `same kind of trouble: ${trouble ?? brings}`,
    relatedTrouble: `${brings}: the kind of trouble that goes with those here`,
    namedServer: `the server ${named ?? ''} is named in both`,
    sharedWord: `the rare word “${word ?? ''}” stands in both`,
    seenTogether: 'these were in one event before',
    linkedShare: 'linked with many of the mails here',
    growing: 'the event was growing at that moment',
    quiet: 'the event had been quiet for a while',
    quietOnServer: 'the event had been quiet for a while',
    chronic: 'it has come often before',
    site: 'where its server stands, compared with the other servers here',
    branch: 'its branch of the organisation, compared with the others here',
    team: 'its org, compared with the others here',
    symptom: 'its kind of trouble, compared with the others here',
  };
}
