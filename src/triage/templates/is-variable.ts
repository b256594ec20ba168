/**
 * When a word of a template is a variable: by how many different words have been seen at its place while all the rest
 * was the same, weighed by how much rest there is. Two words are never enough ("opened" and "closed" are two things).
 */
import { maskLine } from './mask.ts';
import { readShape, type Shape } from './shape.ts';

/** Evidence needed, divided by the number of other words: "removing x" needs twelve, a long sentence the least. */
const NEEDED = 12;
const LEAST_NEEDED = 3;

/** `user=x`: keys with few values are often flags that tell templates apart. */
const NEEDED_BEHIND_EQUALS = 4;

/** The first word is what a line is about rather than its value. */
const FIRST_WORD_FACTOR = 2;

/** A masked part elsewhere says that a place varies; with less rest than this the likeness is an accident. */
const LEAST_CONTEXT = 2;

/** Behind these stands a name. */
const INTRODUCING = new Set(
  [
    'user username account login host hostname server node device interface service process job task file directory',
    'folder domain group database table queue disk volume partition container image package module plugin client by',
    'name named id for check monitor instance cluster pod',
  ]
    .join(' ')
    .split(' '),
);

/** Whether the words that these shapes have at `place` are values; in all else the shapes are the same. */
export function isVariable(shapes: readonly Shape[], place: number): boolean {
  const [shape] = shapes;
  if (!shape) return false;
  let evidence = 0;
  for (const { tokens } of shapes) evidence += weightOf(tokens[place] ?? '');
  return evidence >= evidenceNeeded(shape, place);
}

/** A single letter is a drive, a partition, a flag: rather a value than a word. */
const WEIGHT_OF_LETTER = 2;

function weightOf(word: string): number {
  if (isStatement(word)) return 0;
  return word.length === 1 ? WEIGHT_OF_LETTER : 1;
}

function evidenceNeeded(shape: Shape, place: number): number {
  const byContext = Math.max(LEAST_NEEDED, NEEDED / Math.max(1, contextOf(shape, place)));
  const before = shape.tokens[place - 1] ?? '';
  if (before === '=' && !shape.isApart[place]) return Math.max(byContext, NEEDED_BEHIND_EQUALS);
  if (INTRODUCING.has(before.toLowerCase())) return LEAST_NEEDED;
  return place === 0 ? byContext * FIRST_WORD_FACTOR : byContext;
}

/** Whether a word may stand where the same line has been seen with a masked part. */
export function mayBeValue(shape: Shape, place: number): boolean {
  return contextOf(shape, place) >= LEAST_CONTEXT && !isStatement(shape.tokens[place] ?? '');
}

/** How many other words there are; single letters do not count. */
function contextOf({ tokens, isWord }: Shape, place: number): number {
  let words = 0;
  for (let other = 0; other < tokens.length; other += 1) {
    if (other !== place && isWord[other] && (tokens[other]?.length ?? 0) > 1) words += 1;
  }
  return words;
}

/** Whether a masked line, or a subject, has a word that says what it is about rather than how things are. */
export function hasContent(line: string): boolean {
  const { tokens, isWord } = readShape(maskLine(line), '');
  return tokens.some((token, place) => isWord[place] && token.length > 1 && !isStatement(token));
}

/** What happened, or how things are: never a value, however many of them are seen. */
const STATEMENTS = new Set(
  [
    'ok okay up down on off yes no true false not open close start stop enable disable success failure fail fails',
    'error warning critical problem recovery alert alarm normal healthy unhealthy active inactive online offline',
    'available unavailable reachable unreachable',
  ]
    .join(' ')
    .split(' '),
);

const LONGEST_STATEMENT = 16;
const SHORTEST_INFLECTED = 5;

function isStatement(word: string): boolean {
  if (word.length > LONGEST_STATEMENT) return false;
  const bare = (/[.!?]$/.test(word) ? word.slice(0, -1) : word).toLowerCase();
  if (STATEMENTS.has(bare)) return true;
  return bare.length >= SHORTEST_INFLECTED && (bare.endsWith('ed') || bare.endsWith('ing'));
}
