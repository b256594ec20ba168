/**
 * What evidence is worth: a logistic model. The weights that everybody starts with were learnt from labelled streams
 * (docs/accuracy.md says from which and how they do on others), with no link allowed to speak against joining. Two that
 * hardly showed there (sameServerSameTrouble, seenTogether) and namedServer are set by hand. A tenant's merges and splits move them.
 */
import { EVIDENCE, type Evidence, type EvidenceKind } from './evidence.ts';

export type Weights = Record<EvidenceKind, number> & { bias: number };

export const START_WEIGHTS: Weights = {
  bias: -0.23,
  sameServerSameTrouble: 1,
  sameServerRelatedTrouble: 1.13,
  sameServer: 1.01,
  sameTeamSameTrouble: 0,
  sameTeamRelatedTrouble: 0.15,
  sameTeam: 0,
  nearTeamSameTrouble: 0,
  nearTeamRelatedTrouble: 0,
  sameTrouble: 0.97,
  relatedTrouble: 0.48,
  namedServer: 2.5,
  sharedWord: 1.31,
  seenTogether: 0.5,
  linkedShare: 0.35,
  growing: 0.71,
  quiet: -0.74,
  quietOnServer: -0.93,
  size: -0.17,
  chronic: 0,
  site: 0.96,
  branch: 0.54,
  team: 0.56,
  symptom: 0.35,
};

export interface Summand {
  kind: EvidenceKind | 'bias';
  /** What it added to the score. */
  value: number;
}

/** @returns log-odds: above 0 it is more likely than not that they belong together */
export function scoreOf(evidence: Evidence, weights: Weights): number {
  return EVIDENCE.reduce((sum, kind) => sum + weights[kind] * evidence[kind], weights.bias);
}

/** How likely something that was joined with such a score belongs there. @returns 0 to 1 */
export function surenessOf(score: number): number {
  return 1 / (1 + Math.exp(-score));
}

/** The summands of the score, the strongest first: what the page shows. */
export function summandsOf(evidence: Evidence, weights: Weights): Summand[] {
  const summands: Summand[] = EVIDENCE.map((kind) => ({ kind, value: weights[kind] * evidence[kind] }));
  return [...summands, { kind: 'bias' as const, value: weights.bias }]
    .filter(({ value }) => Math.abs(value) >= 0.05)
    .sort((one, other) => Math.abs(other.value) - Math.abs(one.value))
    .map(({ kind, value }) => ({ kind, value: Math.round(value * 100) / 100 }));
}

/** So far one decision of a person moves a weight: a handful of corrections shows, one does not turn everything over. */
const LEARNING_RATE = 0.2;

/** One step of stochastic gradient descent on the logistic loss. */
export function learn(weights: Weights, evidence: Evidence, belongsTogether: boolean): Weights {
  const predicted = surenessOf(scoreOf(evidence, weights));
  const step = LEARNING_RATE * ((belongsTogether ? 1 : 0) - predicted);
  const moved: Weights = { ...weights, bias: weights.bias + step };
  for (const kind of EVIDENCE) moved[kind] += step * evidence[kind];
  return moved;
}
