/** A subject's matter: what is left when everything is taken out that differs between a problem and its recovery. */
import { hitsIn, spellOut, tokensOf, type Hit, type Token } from './find-phrases.ts';
import { isExceptionName, type WordClass } from './lexicon.ts';
import { transitionIn } from './transition.ts';

/** Classes that a problem and its recovery do not share. */
const FLIPPING: ReadonlySet<WordClass> = new Set<WordClass>([
  'notice',
  'start',
  'acknowledged',
  'well',
  'ill',
  'done',
  'undone',
  'trouble',
  'able',
]);

/** Said around them: "is", "now", "not … any longer". */
const AROUND = new Set(
  `is are was were has have had been be being it its the a an to now again not no longer any more in after since for and or with by at
  reason info status state event new open opened close current previous changed went came goes automatically you your re did after from level
  severity priority information informational notice critical high low medium escalation am pm ist sind war wurde wird jetzt wieder nicht mehr seit nach der die das est sont a ete ne n plus de nouveau depuis le la les l
  es esta estan ha sido ya el los las un una e sono stato stata il lo non piu di nuovo weer niet meer het van esta foi nao mais o os as do da von auf zu um desde hace despues con mit nach`.split(
    /\s+/,
  ),
);

/** "… is DOWN, reason: connection refused, check duration: 2ms": from here on it is this mail's own detail. */
const DETAIL =
  /[,;(] ?(?:reason|info|cause|because|due to|since|duration|value|last value|current|currently|was|code|details?|message|output|grund|ursache|wert|raison|valeur|motivo|valor|causa|valore|oorzaak|waarde)\b[^]*$/i;

export function withoutStateWording(text: string): string {
  const tokens = tokensOf(spellOut(text.replace(DETAIL, '')));
  const flipping = new Set<number>();
  const inside = new Map<number, string>();
  const transition = transitionIn(tokens);
  for (let index = transition?.at ?? 0; index < (transition?.end ?? 0); index += 1) flipping.add(index);
  let end = tokens.length;
  for (const hit of hitsIn(tokens)) {
    if (!FLIPPING.has(hit.wordClass) || isExceptionName(hit.words)) continue;
    if (hit.isInside) {
      if (OPPOSED.has(hit.wordClass) || hit.words === 'down')
        inside.set(hit.at, withoutPart(tokens[hit.at], hit.words));
      continue;
    }
    for (let index = hit.at; index < hit.end; index += 1) flipping.add(index);
    if (end === tokens.length && saysAll(hit, tokens, flipping)) end = hit.end;
  }
  const left = tokens.flatMap(({ word }, index) => {
    if (index >= end || flipping.has(index) || AROUND.has(word) || NUMBERS.test(word)) return [];
    return inside.get(index) ?? word;
  });
  return left.join(' ');
}

/** Of a date or an id, when its digits are masked. */
const NUMBERS = /^[\d._:/-]+$/;

/** "JobFailed" and "JobSucceeded" are of one job; "NodeNotReady" and "NodeUnreachable" are two alarms. */
const OPPOSED: ReadonlySet<WordClass> = new Set<WordClass>(['well', 'done', 'undone', 'able']);

function withoutPart(token: Token | undefined, part: string): string {
  return token?.parts?.filter((one) => one !== part).join('') ?? '';
}

/** States of a thing as a whole: what follows is why. */
const OF_ALL = new Set('down up offline online unreachable reachable healthy unhealthy recovered'.split(' '));
/** Words that do not tell which thing it is. */
const ANY_THING = new Set(
  'monitor host server site service node device website check alert alarm system'.split(' '),
);

/** "shop.example.com is down: timeout after 10 s", "[gw2] [Down] 100% loss": the matter stands before. */
function saysAll({ words, end }: Hit, tokens: readonly Token[], flipping: ReadonlySet<number>): boolean {
  const last = tokens[end - 1];
  if (!last || !OF_ALL.has(words) || !EXPLAINS.has(last.after)) return false;
  // "db1 RECOVERED: exim", in capitals, is a heading.
  if (last.isUpper && last.after === ':' && !last.isArrived && tokens[end - 2]?.word !== 'is') return false;
  return tokens
    .slice(0, end)
    .some(({ word }, index) => !flipping.has(index) && !AROUND.has(word) && !ANY_THING.has(word));
}

const EXPLAINS = new Set([':', '(', ']']);
