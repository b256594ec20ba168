/**
 * Unclassified signals as points: words of subject and text by TF-IDF, the template and the sender, hashed into few
 * dimensions and brought to length 1, so that distance means difference of content. Pure.
 */
import PorterStemmer from 'natural/lib/natural/stemmers/porter_stemmer.js';

export interface Sample {
  subject: string;
  /** The beginning of its newest mail. */
  text: string;
  sender: string;
  templateId: string | null;
}

/** Enough that two words rarely share a dimension within one mail; few enough for 1,000 points at once. */
const DIMENSIONS = 128;
/** The subject says in few words what the text explains in many. */
const SUBJECT_WEIGHT = 2;
const TEMPLATE_WEIGHT = 2;
const SENDER_WEIGHT = 1;
const READ_CHARS = 600;
const MOST_WORDS = 80;
const BETWEEN_WORDS = /[^\p{L}]+/u;
const SHORTEST = 3;
const LONGEST = 30;

export function vectorsOf(samples: readonly Sample[]): number[][] {
  const stems = new Map<string, string>();
  const documents = samples.map((sample) => weighWords(sample, stems));
  const frequency = new Map<string, number>();
  for (const word of documents.flatMap((words) => [...words.keys()])) {
    frequency.set(word, (frequency.get(word) ?? 0) + 1);
  }
  // Ids are made by chance; the same mails shall give the same families.
  const templates = [...new Set(samples.map(({ templateId }) => templateId))];
  return documents.map((words, index) => {
    const vector = new Array<number>(DIMENSIONS).fill(0);
    for (const [word, weight] of words) {
      const rarity = Math.log(1 + samples.length / (frequency.get(word) ?? 1));
      add(vector, word, Math.log1p(weight) * rarity);
    }
    const sample = samples[index];
    const length = Math.hypot(...vector) || 1;
    for (let at = 0; at < DIMENSIONS; at += 1) vector[at] = (vector[at] ?? 0) / length;
    if (sample?.templateId)
      add(vector, `template ${templates.indexOf(sample.templateId)}`, TEMPLATE_WEIGHT / 2);
    if (sample) add(vector, `sender ${sample.sender}`, SENDER_WEIGHT / 2);
    return unit(vector);
  });
}

/** @param stems of words that were met before: stemming is most of the work */
function weighWords({ subject, text }: Sample, stems: Map<string, string>): Map<string, number> {
  const words = new Map<string, number>();
  const count = (word: string, weight: number): void => {
    let stem = stems.get(word);
    if (stem === undefined) stems.set(word, (stem = PorterStemmer.stem(word)));
    if (words.size < MOST_WORDS || words.has(stem)) words.set(stem, (words.get(stem) ?? 0) + weight);
  };
  for (const word of wordsOf(subject)) count(word, SUBJECT_WEIGHT);
  for (const word of wordsOf(text.slice(0, READ_CHARS))) count(word, 1);
  return words;
}

/** Letters only: numbers and names with numbers are what differs within a family. */
export function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(BETWEEN_WORDS)
    .filter((word) => word.length >= SHORTEST && word.length <= LONGEST);
}

/** Hashing with a sign: words that share a dimension cancel out as often as they add up. */
function add(vector: number[], feature: string, weight: number): void {
  const hash = hashOf(feature);
  const at = hash % DIMENSIONS;
  vector[at] = (vector[at] ?? 0) + ((hash >>> 16) & 1 ? weight : -weight);
}

/** FNV-1a with 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return (hash ^ (hash >>> 15)) >>> 0;
}

function unit(vector: readonly number[]): number[] {
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}

export function squaredDistance(one: readonly number[], other: readonly number[]): number {
  let sum = 0;
  for (let at = 0; at < one.length; at += 1) sum += ((one[at] ?? 0) - (other[at] ?? 0)) ** 2;
  return sum;
}
