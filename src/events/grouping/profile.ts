/**
 * Where the signals of an event lie (site, branch of the organisation, kind of trouble), compared with where all the
 * tenant's signals lie. An event whose hundred signals are all of one site does not take in a signal of another, even
 * if a single link would lead there: one wrong link must not grow into a wrong event.
 */
import { firstLabel, type Portrait } from './portrait.ts';
import { isLocal } from './symptoms.ts';

const TRAITS = ['site', 'branch', 'team', 'symptom'] as const;
export type Trait = (typeof TRAITS)[number];

/** How many imagined signals of the tenant's usual mix every profile starts with. */
const PRIOR = 3;
/** On a tenant's first day its usual mix is unknown: as if so many signals had been seen elsewhere. */
const ASSUMED_ELSEWHERE = 20;
/** One trait alone shall not outweigh all others. */
const STRONGEST = 3;

export class Profile {
  readonly #counts: Record<Trait, Map<string, number>> = {
    site: new Map(),
    branch: new Map(),
    team: new Map(),
    symptom: new Map(),
  };
  readonly #totals: Record<Trait, number> = { site: 0, branch: 0, team: 0, symptom: 0 };

  /** Signals that were added. */
  size = 0;

  add(portrait: Portrait): void {
    this.size += 1;
    for (const trait of TRAITS) {
      const value = traitOf(portrait, trait);
      if (value === null) continue;
      this.#counts[trait].set(value, (this.#counts[trait].get(value) ?? 0) + 1);
      this.#totals[trait] += 1;
    }
  }

  /**
   * How much more usual the portrait's trait is here than with all signals of the tenant.
   * @returns log of the likelihood ratio; 0 when nothing is known
   */
  affinity(portrait: Portrait, trait: Trait, background: Profile): number {
    const value = traitOf(portrait, trait);
    const total = this.#totals[trait];
    if (value === null || total === 0) return 0;
    const usual = background.#share(trait, value);
    const here = ((this.#counts[trait].get(value) ?? 0) + PRIOR * usual) / (total + PRIOR);
    return Math.max(-STRONGEST, Math.min(STRONGEST, Math.log(here / usual)));
  }

  #share(trait: Trait, value: string): number {
    const counts = this.#counts[trait];
    return ((counts.get(value) ?? 0) + 1) / (this.#totals[trait] + counts.size + ASSUMED_ELSEWHERE);
  }
}

function traitOf({ servers: [server], org, symptoms: [symptom] }: Portrait, trait: Trait): string | null {
  switch (trait) {
    case 'site':
      return server ? siteOf(server) : null;
    case 'branch':
      return org ? org.split('.').slice(0, 2).join('.') : null;
    case 'team':
      return org;
    case 'symptom':
      return symptom && !isLocal(symptom) ? symptom : null;
  }
}

/** The domain that the host lies in, with a location in front of its name: `fra1-db-02.net.example.com` → `net.example.com/fra1`. */
function siteOf(server: string): string | null {
  const label = firstLabel(server);
  if (label === server) return null;
  const location = /^([a-z]{1,12}\d{0,3})-/.exec(label)?.[1] ?? '';
  return `${server.slice(label.length + 1)}/${location}`;
}
