/** A subject's matter: what is left when everything is taken out that differs between a problem and its recovery. */
import { hitsIn, tokensOf } from './find-phrases.ts';
import { isExceptionName, type WordClass } from './lexicon.ts';

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
  reason info status state ist sind war wurde wird jetzt wieder nicht mehr seit nach der die das est sont a ete ne n plus de nouveau depuis le la les l
  es esta estan ha sido ya el los las un una e sono stato stata il lo non piu di nuovo weer niet meer het van esta foi nao mais o os as do da`.split(
    /\s+/,
  ),
);

/** "… is DOWN, reason: connection refused, check duration: 2ms": from here on it is this mail's own detail. */
const DETAIL =
  /[,;(] ?(?:reason|info|cause|because|due to|since|duration|value|last value|current|currently|was|code|details?|message|output|grund|ursache|wert|raison|valeur|motivo|valor|causa|valore|oorzaak|waarde)\b[^]*$/i;

export function withoutStateWording(text: string): string {
  const tokens = tokensOf(text.replace(DETAIL, ''));
  const flipping = new Set<number>();
  for (const { wordClass, words, at, end } of hitsIn(tokens)) {
    if (!FLIPPING.has(wordClass) || isExceptionName(words)) continue;
    for (let index = at; index < end; index += 1) flipping.add(index);
  }
  const left = tokens.filter(({ word }, index) => !flipping.has(index) && !AROUND.has(word));
  return left.map(({ word }) => word).join(' ');
}
