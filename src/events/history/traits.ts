/** What an event is like, as short texts that can be looked up: `server:db-01.example.com`, `org:shop.db`. */

/** What two events may share, and what each kind is worth when few events have it. */
export const TRAIT_WORTH = {
  signal: 3,
  stream: 3,
  server: 2,
  template: 1.5,
  org: 1,
  mention: 1,
  symptom: 0.6,
  word: 0.4,
} as const;
export type TraitKind = keyof typeof TRAIT_WORTH;

/** The same alarm is the same alarm, however often it came. */
const ALWAYS_TELLING: readonly TraitKind[] = ['signal', 'stream'];

export interface Trait {
  kind: TraitKind;
  value: string;
}

/** @returns null for what another version has written */
export function readTrait(text: string): Trait | null {
  const colon = text.indexOf(':');
  const kind = text.slice(0, colon);
  return kind in TRAIT_WORTH ? { kind: kind as TraitKind, value: text.slice(colon + 1) } : null;
}

/** What half of all events share tells nothing; what one other has, much. */
export function worthOf({ kind }: Trait, events: number): number {
  return ALWAYS_TELLING.includes(kind) ? TRAIT_WORTH[kind] : TRAIT_WORTH[kind] / (1 + Math.log10(1 + events));
}

/** A storm of 500 signals is remembered by its first ones. */
const MOST_SIGNALS = 20;
const MOST_SERVERS = 20;
const MOST_MAILS = 50;
const MOST_WORDS = 10;

/** The traits of events in the relation `picked` (tenant_id, id, servers, org, stream_id, title). */
export const TRAITS = `
  select p.id as event_id, 'signal:' || s.signal_key as trait from picked p cross join lateral (
    select signal_key from event_signals s where s.tenant_id = p.tenant_id and s.event_id = p.id
    order by s.first_at limit ${MOST_SIGNALS}) s
  union select p.id, 'symptom:' || s.symptom from picked p cross join lateral (
    select jsonb_array_elements_text(s.portrait -> 'symptoms') as symptom from event_signals s
    where s.tenant_id = p.tenant_id and s.event_id = p.id and s.portrait is not null
    order by s.first_at limit ${MOST_SIGNALS}) s
  union select p.id, 'mention:' || s.mention from picked p cross join lateral (
    select jsonb_array_elements_text(s.portrait -> 'mentions') as mention from event_signals s
    where s.tenant_id = p.tenant_id and s.event_id = p.id and s.portrait is not null
    order by s.first_at limit ${MOST_SIGNALS}) s
  union select p.id, 'server:' || unnest(p.servers[1:${MOST_SERVERS}]) from picked p
  union select p.id, 'org:' || p.org from picked p where p.org is not null
  union select p.id, 'stream:' || p.stream_id from picked p where p.stream_id is not null
  union select p.id, 'template:' || m.template_id from picked p cross join lateral (
    select m.template_id from mses m where m.tenant_id = p.tenant_id and m.event_id = p.id
    order by m.received_at limit ${MOST_MAILS}) m where m.template_id is not null
  union select p.id, 'word:' || w.word from picked p cross join lateral (
    select word from regexp_split_to_table(lower(left(p.title, 300)), '[^[:alpha:]]+') as word
    where length(word) between 4 and 40 limit ${MOST_WORDS}) w`;
