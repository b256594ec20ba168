/**
 * What the words in servers' names tell: `cph3-provisioning-app-07`, never met before, belongs where every known
 * server with `provisioning` in its name belongs. Words that stand in names of several orgs, such as `app` and `web`,
 * tell nothing; so do names that are numbers only.
 */
import { firstLabel } from './host-name.ts';

/** Sites and ranks are often written in two letters, and mean something else in each name. */
const SHORTEST_WORD = 3;
/** One server may be called anything. */
const LEAST_SERVERS = 2;
/** Names come from mails of strangers. */
const MOST_WORDS = 6;

export interface Told {
  word: string;
  org: string;
  servers: number;
}

export class NameWords {
  /** Servers by org, for each word. */
  readonly #orgs = new Map<string, Map<string, number>>();
  readonly #counted = new Map<string, string>();

  /** @param org where the server belongs now; null when that is not known any more */
  learn(name: string, org: string | null): void {
    const label = firstLabel(name);
    const former = this.#counted.get(label);
    if (former === (org ?? undefined)) return;
    if (former !== undefined) this.#count(label, former, -1);
    this.#counted.delete(label);
    if (org === null) return;
    this.#count(label, org, 1);
    this.#counted.set(label, org);
  }

  /** @returns null when no word of the name keeps to one org, or two words to different ones */
  ask(name: string): Told | null {
    let told: Told | null = null;
    for (const word of wordsOf(firstLabel(name))) {
      const [only, ...others] = this.#orgs.get(word) ?? [];
      if (!only || others.length > 0 || only[1] < LEAST_SERVERS) continue;
      const [org, servers] = only;
      if (told && told.org !== org) return null;
      if (!told || servers > told.servers) told = { word, org, servers };
    }
    return told;
  }

  #count(label: string, org: string, by: 1 | -1): void {
    for (const word of wordsOf(label)) {
      const orgs = this.#orgs.get(word) ?? new Map<string, number>();
      const servers = (orgs.get(org) ?? 0) + by;
      if (servers > 0) orgs.set(org, servers);
      else orgs.delete(org);
      if (orgs.size > 0) this.#orgs.set(word, orgs);
      else this.#orgs.delete(word);
    }
  }
}

function wordsOf(label: string): Set<string> {
  const words = label.split(/[^a-z]/).filter((word) => word.length >= SHORTEST_WORD);
  return new Set(words.slice(0, MOST_WORDS));
}
