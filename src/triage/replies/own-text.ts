/**
 * What a person wrote into a reply: without the mail that they reply to, without signature and disclaimer. Lines alone,
 * each looked at a fixed number of times, because the text comes from strangers.
 */

/** What stands below a reply may be a whole thread; nobody writes more than this above it or between. */
const MOST_LINES = 500;
const LONGEST_LINE = 1000;

/** @returns the lines that are the person's own; none when they wrote nothing */
export function ownLines(text: string): string[] {
  const lines = text
    .split('\n', MOST_LINES)
    .map((line) => line.slice(0, LONGEST_LINE).replaceAll('\u00a0', ' ').replaceAll('\u200b', '').trimEnd());
  const own: string[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (isSignature(line) || isDivider(line) || isHeaderBlock(lines, at)) break;
    if (line.startsWith('>')) continue;
    const length = attributionLength(lines, at);
    if (length > 0) {
      // Above the quote stands all there is; without anything above, it may stand below ("bottom posting").
      if (own.some(isWritten) || !isQuoteNext(lines, at + length)) break;
      at += length - 1;
      continue;
    }
    own.push(line);
  }
  return trimmed(own.filter((line) => !isAdvertisement(line)));
}

function isWritten(line: string): boolean {
  return line.trim() !== '' && !isAdvertisement(line);
}

function trimmed(lines: string[]): string[] {
  const first = lines.findIndex(isWritten);
  const last = lines.findLastIndex(isWritten);
  return first < 0 ? [] : lines.slice(first, last + 1);
}

/** "-- " (RFC 3676 §4.3); many lose the blank. */
function isSignature(line: string): boolean {
  return line === '--' || line === '-- ' || line === '—';
}

const ORIGINAL =
  /^[-_* ]{2,60}(original message|forwarded message|original appointment|ursprüngliche nachricht|originalnachricht|original-nachricht|weitergeleitete nachricht|message d'origine|message d’origine|message transféré|mensaje original|messaggio originale|oorspronkelijk bericht|mensagem original|ursprungligt meddelande|oprindelig meddelelse|alkuperäinen viesti|wiadomość oryginalna|původní zpráva|исходное сообщение|原始邮件|元のメッセージ)\b[^a-z]{0,60}$/iu;

const DASHES = '-----';

/** Outlook draws a line of underscores, or names the original message. */
function isDivider(line: string): boolean {
  if (line.length < 10) return false;
  const rule = line.trim();
  const isTitled = rule.startsWith(DASHES) && rule.endsWith(DASHES) && /\p{L}/u.test(rule);
  // A rule across the page (<hr>) is told as dashes.
  return isTitled || isOnly(rule, '_') || isOnly(rule, '-') || ORIGINAL.test(rule);
}

function isOnly(line: string, letter: string): boolean {
  return line.length >= 10 && line.split('').every((one) => one === letter);
}

const FROM_LINE = /^\*?(from|von|de|da|van|från|fra|lähettäjä|od|от|发件人|差出人)\s?:\*?\s?\S/iu;
const NEXT_LINE =
  /^\*?(sent|date|to|subject|cc|gesendet|datum|an|betreff|envoyé|à|objet|enviado(?: el)?|para|asunto|assunto|inviato|a|oggetto|data|verzonden|aan|onderwerp|skickat|till|ämne|sendt|til|emne|wysłano|do|temat|отправлено|кому|тема|发送时间|收件人|主题|送信日時|宛先|件名)\s?:/iu;

/** Outlook, and others on a telephone: From, Sent, To, Subject, one a line, unquoted. */
function isHeaderBlock(lines: readonly string[], at: number): boolean {
  if (!FROM_LINE.test((lines[at] ?? '').trim())) return false;
  const next = lines.slice(at + 1, at + 6).filter((line) => line.trim() !== '');
  return next.slice(0, 3).filter((line) => NEXT_LINE.test(line.trim())).length >= 2;
}

/** How the line begins that mail programs put above a quote, language by language, and how it ends. */
const BEGINS =
  /^(on|am|le|el|il giorno|il|op|em|den|den\.|dne|w dniu|dnia|в|ср|пн|вт|чт|пт|сб|вс|mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|\d{1,4}[./年-])/iu;
const ENDS =
  /(wrote|writes|schrieb|geschrieben|a écrit|a ecrit|escribió|ha scritto|schreef(?: het volgende)?|escreveu|skrev|kirjoitti|napisał(?:\(a\)|a)?|napsal(?:\(a\)|a)?|написал(?:\(а\)|а)?|пишет|写道|のメール)[^\n]{0,120}[:：]$/iu;
/** Without a date in front: "Jane Doe wrote:". */
const BARE = /^[\p{L}][^:]{0,80} (wrote|schrieb|a écrit|escribió|ha scritto|schreef|escreveu|skrev):$/iu;

/** Mail programs break the line where it grows long. */
const MOST_ATTRIBUTION_LINES = 4;
/** Longer ones are prose; looking for the verb in them would take long. */
const LONGEST_ATTRIBUTION_LINE = 300;

/** @returns of how many lines the attribution that begins here consists; 0: none does */
function attributionLength(lines: readonly string[], at: number): number {
  const begin = (lines[at] ?? '').trim();
  if (begin === '') return 0;
  const isNamed = begin.includes('<') && begin.includes('@');
  if (!isNamed && !BEGINS.test(begin) && !BARE.test(begin.slice(0, LONGEST_ATTRIBUTION_LINE))) return 0;
  let joined = '';
  for (let count = 1; count <= MOST_ATTRIBUTION_LINES; count += 1) {
    const line = (lines[at + count - 1] ?? '').trim();
    if (line === '' || line.length > LONGEST_ATTRIBUTION_LINE || line.startsWith('>')) return 0;
    joined = `${joined} ${line}`.trim();
    if (BARE.test(joined) || (ENDS.test(joined) && /[@\d]/.test(joined))) return count;
  }
  return 0;
}

function isQuoteNext(lines: readonly string[], at: number): boolean {
  return lines.slice(at, at + 3).some((line) => line.startsWith('>'));
}

const ADVERTISEMENTS =
  /^(sent from my |sent from (mail|outlook|yahoo|proton|aqua|blackberry|samsung|my)|sent via |sent with |get outlook for |von meinem .{1,60}gesendet|gesendet (von|mit) |diese nachricht wurde von meinem|envoyé de(puis)? m|enviado (desde|do) m|inviato da|verzonden vanaf|skickat från|download outlook|holen sie sich outlook)/iu;

/** What telephones put below of themselves. */
function isAdvertisement(line: string): boolean {
  return ADVERTISEMENTS.test(line.trim());
}
