/**
 * What the model sees of a mail: words, names and their parts, each as a hash with its kind. One pass over the
 * characters, no regular expression and no string is made, because 50,000 mails a second must be possible and the
 * texts are written by strangers. Everything here can be had again from what is stored of a mail.
 */
import { readTags } from '../tags/grammar.ts';

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

const KIND = Object.fromEntries(KINDS.map((kind, index) => [kind, index])) as Record<Kind, number>;

/** Tells who or what a mail is about, rather than what happened: an unknown one is a reason to abstain. */
export const IDENTIFYING: ReadonlySet<number> = new Set([
  KIND.host,
  KIND.name,
  KIND.address,
  KIND.sender,
  KIND.service,
]);

/** What is known of a mail; the fields after `from` come from other parts of triage and may be missing. */
export interface ModelInput {
  subject: string;
  text: string;
  from: string;
  hosts?: readonly string[] | undefined;
  tool?: string | null | undefined;
  service?: string | null | undefined;
  templateId?: string | null | undefined;
  state?: string | null | undefined;
  parserSeverity?: string | null | undefined;
}

/** A dump of a megabyte says at its beginning what it is about. */
const LONGEST_TEXT = 1600;
const LONGEST_SUBJECT = 300;
/** Tags are looked for in a little more, because cutting one in two would leave its org to be learnt as a word. */
const TAGS_WITHIN = LONGEST_TEXT + 500;
export const MOST_FEATURES_OF_A_MAIL = 640;
/** Base64 and the like. */
const LONGEST_TOKEN = 80;
const LONGEST_WORD = 24;
/** `e4eaabdf` and `29b1b042` change with every mail; host names turn from letters to digits once a part. */
const MOST_TURNS_PER_PART = 1;
const LONGEST_NUMBER_IN_NAME = 6;
const MOST_PARTS_PAIRED = 6;
const MOST_WORDS_PAIRED = 14;

const OTHER = 0;
const LETTER = 1;
const DIGIT = 2;
const JOINER = 3;
const DOT = 4;

const CLASSES = new Uint8Array(128);
for (let code = 0; code < 128; code += 1) {
  const char = String.fromCharCode(code);
  if (/[a-zA-Z]/.test(char)) CLASSES[code] = LETTER;
  else if (/[0-9]/.test(char)) CLASSES[code] = DIGIT;
  else if (char === '-' || char === '_') CLASSES[code] = JOINER;
  else if (char === '.') CLASSES[code] = DOT;
}

const HASH = 0x01000193;
const SEED = 0x811c9dc5;
const MASK = 35;

function mix(hash: number, value: number): number {
  return Math.imul(hash ^ value, HASH);
}

function hashText(text: string, start = 0, end = text.length): number {
  let hash = SEED;
  for (let at = start; at < end; at += 1) {
    const code = text.charCodeAt(at);
    hash = mix(hash, code >= 65 && code <= 90 ? code + 32 : code);
  }
  return hash;
}

export interface DescribedFeature {
  kind: Kind;
  /** As the mail says it, in lower case. */
  said: string;
}

interface Place {
  source: number;
  start: number;
  end: number;
}

/** Filled again for each mail: a mail's features are read before the next is looked at. */
export class FeatureBag {
  count = 0;
  /** Equal for mails of one sender with the same words in the subject: numbers apart, the same mail again. */
  look = 0;
  readonly hashes = new Int32Array(MOST_FEATURES_OF_A_MAIL);
  readonly kinds = new Uint8Array(MOST_FEATURES_OF_A_MAIL);
  readonly #starts = new Int32Array(MOST_FEATURES_OF_A_MAIL);
  readonly #ends = new Int32Array(MOST_FEATURES_OF_A_MAIL);
  readonly #sources = new Uint8Array(MOST_FEATURES_OF_A_MAIL);
  #texts: string[] = [];
  #source = 0;
  // Of the mail being read, for pairs: "tst" of a test host with "critical" means something else than either.
  readonly #parts = new Int32Array(MOST_PARTS_PAIRED);
  #partCount = 0;
  readonly #words = new Int32Array(MOST_WORDS_PAIRED);
  #wordCount = 0;
  // Where they stand, for the words of describe.
  readonly #partPlaces = Array.from({ length: MOST_PARTS_PAIRED }, noPlace);
  readonly #wordPlaces = Array.from({ length: MOST_WORDS_PAIRED }, noPlace);

  read(input: ModelInput): void {
    this.count = 0;
    this.#texts = [];
    this.#partCount = 0;
    this.#wordCount = 0;
    this.#readSender(input.from);
    const subject = withoutTagsKept(input.subject.slice(0, LONGEST_SUBJECT));
    this.#open(subject);
    this.#scan(subject, subject.length, true);
    this.#rememberLook();
    this.#fourGrams(subject);
    this.#addWhole('tool', input.tool);
    this.#addWhole('service', input.service);
    this.#addWhole('template', input.templateId);
    this.#addWhole('state', input.state);
    this.#addWhole('severity of the tool', input.parserSeverity);
    for (const host of input.hosts ?? []) {
      this.#open(host);
      this.#scan(host, Math.min(host.length, LONGEST_SUBJECT), false);
    }
    const text = withoutTagsKept(input.text.slice(0, TAGS_WITHIN));
    this.#open(text);
    this.#scan(text, Math.min(text.length, LONGEST_TEXT), false);
    this.#pairUp();
  }

  #rememberLook(): void {
    let look = SEED;
    for (let index = 0; index < this.count; index += 1) {
      const kind = this.kinds[index];
      if (
        kind === KIND['subject word'] ||
        kind === KIND.sender ||
        kind === KIND['name like'] ||
        kind === KIND.name
      )
        look = mix(look, this.hashes[index] ?? 0);
    }
    this.look = look;
  }

  /** A feature in a person's words: a host, `db1.prod.example.com`. */
  describe(index: number): DescribedFeature {
    const kind = KINDS[this.kinds[index] ?? 0] ?? 'word';
    const start = this.#starts[index] ?? 0;
    const end = this.#ends[index] ?? 0;
    const text = this.#texts[this.#sources[index] ?? 0] ?? '';
    if (kind === 'name part with word')
      return {
        kind,
        said: `${this.#shown(this.#partPlaces[start])} + ${this.#shown(this.#wordPlaces[end])}`,
      };
    // Four letters are told as the word that they are of.
    if (kind === 'letters') return { kind: 'word', said: wordAround(text, start, end) };
    const said = text.slice(start, end).toLowerCase();
    return { kind, said: kind === 'name like' ? said.replace(/\d{1,20}/g, '#') : said };
  }

  #shown(place: Place | undefined): string {
    return place ? (this.#texts[place.source] ?? '').slice(place.start, place.end).toLowerCase() : '';
  }

  #open(text: string): void {
    this.#texts.push(text);
    this.#source = this.#texts.length - 1;
  }

  #add(kind: number, hash: number, start: number, end: number): void {
    const at = this.count;
    if (at >= MOST_FEATURES_OF_A_MAIL) return;
    this.hashes[at] = mix(Math.imul(hash, 0x9e3779b1), kind + 1);
    this.kinds[at] = kind;
    this.#starts[at] = start;
    this.#ends[at] = end;
    this.#sources[at] = this.#source;
    this.count = at + 1;
  }

  #addWhole(kind: Kind, value: string | null | undefined): void {
    if (!value) return;
    this.#open(value);
    this.#add(KIND[kind], hashText(value), 0, value.length);
  }

  #readSender(from: string): void {
    if (!from) return;
    this.#open(from);
    const at = from.lastIndexOf('@');
    this.#add(KIND.sender, hashText(from), 0, from.length);
    if (at <= 0) return;
    this.#add(KIND['sender name'], hashText(from, 0, at), 0, at);
    this.#add(KIND['sender domain'], hashText(from, at + 1), at + 1, from.length);
    this.#scan(from, Math.min(from.length, LONGEST_SUBJECT), false);
  }

  /** Words that are written a little differently, and languages that glue them together. */
  #fourGrams(text: string): void {
    let hash4 = 0;
    const end = Math.min(text.length, 80);
    let run = 0;
    for (let at = 0; at < end; at += 1) {
      const code = text.charCodeAt(at);
      const isLetter = code >= 128 || CLASSES[code] === LETTER;
      run = isLetter ? run + 1 : 0;
      const folded = code >= 65 && code <= 90 ? code + 32 : code;
      hash4 = (hash4 << 8) | (folded & 255) | 0;
      if (run >= 4) this.#add(KIND.letters, hash4, at - 3, at + 1);
    }
  }

  #scan(text: string, end: number, isSubject: boolean): void {
    let at = 0;
    let formerWord = 0;
    let formerStart = 0;
    while (at < end) {
      const first = text.charCodeAt(at);
      const firstClass = first >= 128 ? LETTER : CLASSES[first];
      if (firstClass !== LETTER && firstClass !== DIGIT) {
        if (first === 10) formerWord = 0;
        at += 1;
        continue;
      }
      // One token: a word, a name, an address, a number.
      const start = at;
      let whole = SEED;
      let label = SEED;
      let masked = SEED;
      let firstLabel = 0;
      let firstMasked = 0;
      let firstEnd = 0;
      let labelStart = at;
      let network = 0;
      let networkEnd = 0;
      let word = SEED;
      let wordStart = at;
      let letters = 0;
      let digits = 0;
      let digitRun = 0;
      let dots = 0;
      let joiners = 0;
      let turns = 0;
      let mostTurns = 0;
      let longestDigits = 0;
      let labelLetters = 0;
      let former = OTHER;
      let wasLower = false;
      const partsBefore = this.#partCount;
      for (; at < end; at += 1) {
        const code = text.charCodeAt(at);
        let kind = code >= 128 ? LETTER : (CLASSES[code] ?? OTHER);
        if (kind === OTHER) break;
        if (kind === JOINER || kind === DOT) {
          const next = at + 1 < end ? text.charCodeAt(at + 1) : 32;
          const nextKind = next >= 128 ? LETTER : (CLASSES[next] ?? OTHER);
          if (nextKind !== LETTER && nextKind !== DIGIT) break;
        }
        const isUpper = code >= 65 && code <= 90;
        const folded = isUpper ? code + 32 : code;
        const endsWord = kind !== LETTER || (isUpper && wasLower);
        if (endsWord && former === LETTER) {
          formerWord = this.#word(word, wordStart, at, isSubject, formerWord, formerStart);
          formerStart = wordStart;
          word = SEED;
          wordStart = at;
        }
        if (kind === LETTER) {
          if (former !== LETTER) {
            word = SEED;
            wordStart = at;
          }
          word = mix(word, folded);
          letters += 1;
          labelLetters += 1;
          wasLower = !isUpper;
        } else wasLower = false;
        if (kind === DOT) {
          if (dots === 0) {
            firstLabel = label;
            firstMasked = masked;
            firstEnd = at;
          } else if (labelLetters > 0) this.#add(KIND['domain part'], label, labelStart, at);
          dots += 1;
          if (dots === 3) {
            network = whole;
            networkEnd = at;
          }
          whole = mix(whole, folded);
          label = SEED;
          masked = SEED;
          labelStart = at + 1;
          labelLetters = 0;
          turns = 0;
          digitRun = 0;
          former = DOT;
          continue;
        }
        if (kind === JOINER) {
          joiners += 1;
          turns = 0;
        } else if (former !== kind && (former === LETTER || former === DIGIT)) {
          turns += 1;
          if (turns > mostTurns) mostTurns = turns;
        }
        if (kind === DIGIT) {
          digits += 1;
          digitRun = former === DIGIT ? digitRun + 1 : 1;
          if (digitRun > longestDigits) longestDigits = digitRun;
          if (former !== DIGIT) masked = mix(masked, MASK);
        } else masked = mix(masked, folded);
        label = mix(label, folded);
        whole = mix(whole, folded);
        former = kind;
        kind = OTHER;
      }
      if (former === LETTER) {
        formerWord = this.#word(word, wordStart, at, isSubject, formerWord, formerStart);
        formerStart = wordStart;
      }
      const length = at - start;
      if (letters === 0) {
        if (dots === 3 && joiners === 0 && length >= 7 && length <= 15) {
          this.#add(KIND.address, whole, start, at);
          this.#add(KIND.network, network, start, networkEnd);
        }
        continue;
      }
      if (length > LONGEST_TOKEN || mostTurns > MOST_TURNS_PER_PART || longestDigits > LONGEST_NUMBER_IN_NAME)
        continue;
      if (dots > 0) {
        this.#add(KIND.host, whole, start, at);
        this.#add(KIND.name, firstLabel, start, firstEnd);
        if (digits > 0) this.#add(KIND['name like'], firstMasked, start, firstEnd);
        if (labelLetters > 0) this.#add(KIND['domain part'], label, labelStart, at);
        if (digits > 0 || joiners > 0) this.#keepParts(text, start, firstEnd);
      } else if (digits > 0 || joiners > 0) {
        this.#add(KIND.name, label, start, at);
        if (digits > 0) {
          this.#add(KIND['name like'], masked, start, at);
          if (this.#partCount === partsBefore) this.#keepParts(text, start, at);
        }
      }
    }
  }

  /** @returns its hash, for the pair with the next one */
  #word(
    hash: number,
    start: number,
    end: number,
    isSubject: boolean,
    former: number,
    formerStart: number,
  ): number {
    const length = end - start;
    if (length < 2 || length > LONGEST_WORD) return former;
    this.#add(0, hash, start, end);
    if (isSubject) {
      this.#add(1, hash, start, end);
      if (this.#wordCount < MOST_WORDS_PAIRED) {
        this.#words[this.#wordCount] = hash;
        this.#keepPlace(this.#wordPlaces[this.#wordCount], start, end);
        this.#wordCount += 1;
      }
    }
    if (former !== 0) this.#add(2, mix(former, hash), formerStart, end);
    return hash;
  }

  #keepParts(text: string, start: number, end: number): void {
    let hash = SEED;
    let length = 0;
    // Letters from `from` on.
    let from = start;
    for (let at = start; at <= end; at += 1) {
      const code = at < end ? text.charCodeAt(at) : 45;
      if (code >= 128 || CLASSES[code] === LETTER) {
        hash = mix(hash, code >= 65 && code <= 90 ? code + 32 : code);
        length += 1;
        continue;
      }
      if (length > 1) this.#keepPart(hash, from, at);
      hash = SEED;
      length = 0;
      from = at + 1;
    }
  }

  #keepPart(hash: number, start: number, end: number): void {
    for (let index = 0; index < this.#partCount; index += 1) if (this.#parts[index] === hash) return;
    if (this.#partCount >= MOST_PARTS_PAIRED) return;
    this.#parts[this.#partCount] = hash;
    this.#keepPlace(this.#partPlaces[this.#partCount], start, end);
    this.#partCount += 1;
  }

  #keepPlace(place: Place | undefined, start: number, end: number): void {
    if (!place) return;
    place.source = this.#source;
    place.start = start;
    place.end = end;
  }

  #pairUp(): void {
    for (let part = 0; part < this.#partCount; part += 1) {
      for (let word = 0; word < this.#wordCount; word += 1) {
        this.#add(18, mix(this.#parts[part] ?? 0, this.#words[word] ?? 0), part, word);
      }
    }
  }
}

function noPlace(): Place {
  return { source: 0, start: 0, end: 0 };
}

function wordAround(text: string, start: number, end: number): string {
  const isLetter = (at: number): boolean => {
    const code = text.charCodeAt(at);
    return code >= 128 || CLASSES[code] === LETTER;
  };
  let from = start;
  let to = end;
  while (from > 0 && end - from < LONGEST_WORD && isLetter(from - 1)) from -= 1;
  while (to < text.length && to - start < LONGEST_WORD && isLetter(to)) to += 1;
  return text.slice(from, to).toLowerCase();
}

/** Tags out, the rest and its lines as they are: else the model would learn to read tags. */
function withoutTagsKept(text: string): string {
  if (!text.includes(':')) return text;
  const { spans } = readTags(text);
  if (spans.length === 0) return text;
  let rest = '';
  let from = 0;
  for (const [start, end] of spans) {
    rest += `${text.slice(from, start)} `;
    from = end;
  }
  return rest + text.slice(from);
}
