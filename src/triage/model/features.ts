/**
 * What the model sees of a mail: words, names and their parts, each as a hash with its kind. One pass over the
 * characters, no regular expression and no string is made, because 50,000 mails a second must be possible and the
 * texts are written by strangers. Everything here can be had again from what is stored of a mail.
 */
import { blankTags } from '../tags/grammar.ts';
import { KIND, KINDS, type Kind } from './feature-kinds.ts';
import { CLASSES, DIGIT, DOT, hashText, JOINER, LETTER, MASK, mix, OTHER, SEED } from './hash-characters.ts';
import { Spots } from './spots.ts';

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
// Of each word of each mail: not looked up anew.
const { word: WORD, 'subject word': SUBJECT_WORD, words: WORDS } = KIND;
/** Base64 and the like. */
const LONGEST_TOKEN = 80;
const LONGEST_WORD = 24;
/** `e4eaabdf` and `29b1b042` change with every mail; host names turn from letters to digits once a part. */
const MOST_TURNS_PER_PART = 1;
const LONGEST_NUMBER_IN_NAME = 6;
const MOST_PARTS_PAIRED = 6;
const MOST_WORDS_PAIRED = 14;

export interface DescribedFeature {
  kind: Kind;
  /** As the mail says it, in lower case. */
  said: string;
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
  #formerWord = 0;
  #formerStart = 0;
  // Of the mail being read, for pairs: "tst" of a test host with "critical" means something else than either.
  readonly #parts = new Spots(MOST_PARTS_PAIRED);
  readonly #words = new Spots(MOST_WORDS_PAIRED);

  read(input: ModelInput): void {
    this.count = 0;
    this.#texts = [];
    this.#parts.clear();
    this.#words.clear();
    this.#readSender(input.from);
    const subject = blankTags(input.subject.slice(0, LONGEST_SUBJECT));
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
    const text = blankTags(input.text.slice(0, TAGS_WITHIN));
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
        said: `${this.#parts.textOf(start, this.#texts)} + ${this.#words.textOf(end, this.#texts)}`,
      };
    // Four letters are told as the word that they are of.
    if (kind === 'letters') return { kind: 'word', said: wordAround(text, start, end) };
    const said = text.slice(start, end).toLowerCase();
    return { kind, said: kind === 'name like' ? said.replace(/\d{1,20}/g, '#') : said };
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
    this.#formerWord = 0;
    let at = 0;
    while (at < end) {
      const code = text.charCodeAt(at);
      const kind = code >= 128 ? LETTER : CLASSES[code];
      if (kind === LETTER || kind === DIGIT) {
        at = this.#readToken(text, at, end, isSubject);
        continue;
      }
      if (code === 10) this.#formerWord = 0;
      at += 1;
    }
  }

  /**
   * A word, a name, an address, a number. In one piece, its counts in variables: this runs for each character.
   * @returns where it ends
   */
  #readToken(text: string, start: number, end: number, isSubject: boolean): number {
    let at = start;
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
    const partsBefore = this.#parts.count;
    for (; at < end; at += 1) {
      const code = text.charCodeAt(at);
      const kind = code >= 128 ? LETTER : (CLASSES[code] ?? OTHER);
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
        this.#word(word, wordStart, at, isSubject);
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
    }
    if (former === LETTER) {
      this.#word(word, wordStart, at, isSubject);
    }
    const length = at - start;
    if (letters === 0) {
      if (dots === 3 && joiners === 0 && length >= 7 && length <= 15) {
        this.#add(KIND.address, whole, start, at);
        this.#add(KIND.network, network, start, networkEnd);
      }
      return at;
    }
    if (length > LONGEST_TOKEN || mostTurns > MOST_TURNS_PER_PART || longestDigits > LONGEST_NUMBER_IN_NAME)
      return at;
    if (dots > 0) {
      this.#add(KIND.host, whole, start, at);
      this.#addName(firstLabel, firstMasked, digits, start, firstEnd);
      if (labelLetters > 0) this.#add(KIND['domain part'], label, labelStart, at);
      if (digits > 0 || joiners > 0) this.#keepParts(text, start, firstEnd);
    } else if (digits > 0 || joiners > 0) {
      this.#addName(label, masked, digits, start, at);
      if (digits > 0 && this.#parts.count === partsBefore) this.#keepParts(text, start, at);
    }
    return at;
  }

  #addName(label: number, masked: number, digits: number, start: number, end: number): void {
    this.#add(KIND.name, label, start, end);
    if (digits > 0) this.#add(KIND['name like'], masked, start, end);
  }

  /** Remembered for the pair with the next one. */
  #word(hash: number, start: number, end: number, isSubject: boolean): void {
    const length = end - start;
    if (length < 2 || length > LONGEST_WORD) return;
    this.#add(WORD, hash, start, end);
    if (isSubject) {
      this.#add(SUBJECT_WORD, hash, start, end);
      this.#words.add(hash, this.#source, start, end);
    }
    if (this.#formerWord !== 0) this.#add(WORDS, mix(this.#formerWord, hash), this.#formerStart, end);
    this.#formerWord = hash;
    this.#formerStart = start;
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
      if (length > 1 && !this.#parts.has(hash)) this.#parts.add(hash, this.#source, from, at);
      hash = SEED;
      length = 0;
      from = at + 1;
    }
  }

  #pairUp(): void {
    for (let part = 0; part < this.#parts.count; part += 1) {
      for (let word = 0; word < this.#words.count; word += 1) {
        const hash = mix(this.#parts.hashOf(part), this.#words.hashOf(word));
        this.#add(KIND['name part with word'], hash, part, word);
      }
    }
  }
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
