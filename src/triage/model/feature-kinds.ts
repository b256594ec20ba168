/** The kinds of features that the model tells apart, and which of them say who or what a mail is about. */

/** In the order of FeatureBag.kinds; the words are for the explain card. */
export const KINDS = [
  'word',
  'subject word',
  'words',
  'host',
  'name',
  'name like',
  'domain part',
  'address',
  'network',
  'sender',
  'sender name',
  'sender domain',
  'letters',
  'tool',
  'service',
  'template',
  'state',
  'severity of the tool',
  'name part with word',
] as const;

export type Kind = (typeof KINDS)[number];

/** The index of each. */
export const KIND = Object.fromEntries(KINDS.map((kind, index) => [kind, index])) as Record<Kind, number>;

/** Tells who or what a mail is about, rather than what happened: an unknown one is a reason to abstain. */
export const IDENTIFYING: ReadonlySet<number> = new Set([
  KIND.host,
  KIND.name,
  KIND.address,
  KIND.sender,
  KIND.service,
]);
