/**
 * Lines by which tools state one thing each: `Host: db1`, `hostname=db1`, `STATUS   : ONBATT`, `| State | OK |`,
 * `"severity": "critical"`. One pass over the lines; names are folded and reduced to a few meanings.
 */
import { fold } from './lexicon.ts';

export type Key = 'host' | 'state' | 'severity' | 'service' | 'part' | 'target' | 'ofJob';

const NAMES: Record<Key, string> = {
  host: `host|hosts|hostname|host name|host names|server|servers|server name|servername|node|node name|machine|system|system name|instance|device|device name
    target|source|computer|computer name|host alias|affected host|affected server|affected hosts|monitored host|monitor host|fqdn|system host name|managed node|resource host|vm|entity|client|devname|resourcedisplayname|resource display name|where it happened|received from|affected resource|hostname address|appliance|array|array name|equipment|equipement
    serveur|hote|machine concernee|rechner|rechnername|hostname fqdn|servidor|equipo|maquina|nodo|macchina|machine name|apparaat|maskin|target host|equipo afectado`,
  state: `state|status|new state|new status|current state|current status|alert state|alert status|notification type|event type|resolution state|alarm state|health|health status|result|outcome|event|type|event status|alert type|transition
    problem status|condition|build status|job status|backup status|exit status|zustand|neuer zustand|ergebnis|statut|etat|nouvel etat|resultat|estado|nuevo estado|resultado|stato|nuovo stato|esito|toestand|novo estado|situacao|situation|notification|benachrichtigungstyp|tipo`,
  severity: `severity|priority|level|urgency|criticality|alert severity|event severity|alert level|log level|severitylevel|severity level|alarm severity|trigger severity|schweregrad|prioritat|dringlichkeit|gravite|severite|priorite|niveau|criticite
    gravedad|severidad|prioridad|nivel|gravita|severita|priorita|livello|ernst|prioriteit|gravidade|nivel de gravidade|impact`,
  service: `service|service name|service description|check|check name|monitor|monitor name|alarm name|alarmname|alert name|alertname|alert|alert rule|trigger|trigger name|resource|component|job|job name|rule|rule name|probe|sensor|problem name|problem|metric|metric name|item|plugin
    dienst|dienstname|pruefung|prufung|servicio|servizio|verificacion|controle|sonde|capteur|sensore|policy|policy name|condition name|backup job|task|task name|pipeline|project|service desc|check id|event name|subject|application|app|url|process|jail|filesystem|mount point|volume|interface|database`,
  /** What a check from outside asks. */
  target: 'checked url|monitor url|monitored url|target url|monitor target|site url|check url',
  /** Only mails of jobs have them. */
  ofJob:
    'repository|repo|branch|commit|code retour|return code|exit code|build number|triggered by|backup job id|stanza',
  part: 'plugin instance|sub item|subitem|type instance',
};

const KEYS = new Map<string, Key>();
for (const key of Object.keys(NAMES) as Key[]) {
  for (const name of NAMES[key].split(/[|\n]/)) if (name.trim()) KEYS.set(name.trim(), key);
}

export interface Pair {
  key: Key;
  /** As folded, for what some names mean beyond their key. */
  name: string;
  value: string;
}

/** A log below the facts would only confuse, and cost. */
const MOST_LINES = 80;
const LONGEST_NAME = 28;
const LONGEST_VALUE = 250;

export function readPairs(body: string): Pair[] {
  const pairs: Pair[] = [];
  let from = 0;
  for (let line = 0; line < MOST_LINES && from < body.length; line += 1) {
    const newline = body.indexOf('\n', from);
    const to = newline < 0 ? body.length : newline;
    readLine(body.slice(from, Math.min(to, from + 1000)), pairs);
    from = to + 1;
  }
  return pairs;
}

/** `host=db1 status=LOADED finished=…`: several on a line. */
const INLINE = /(?:^|[\s,;{[(])["']?([a-z][a-z_-]{1,24})["']?[=:]["']?([^\s"',;}\])]{1,200})/gi;

/** `a=1 b=2`: the first value ends where the next name begins. */
const ANOTHER = /\s[a-z][a-z_-]{0,24}=/i;

function readLine(line: string, pairs: Pair[]): void {
  const text = line.trim();
  if (text.length < 4 || text.startsWith('>')) return;
  const [from, to] = separatorOf(text);
  const isList = text[from] === '=' && ANOTHER.test(text.slice(to));
  const added = to > 0 && !isList && add(pairs, text.slice(0, from), text.slice(to), isGap(text, from, to));
  const hasMore = text.includes('=') || text.includes('":');
  if (!hasMore || (added && !text.includes('=') && !text.startsWith('{'))) return;
  for (const [, name = '', value = ''] of text.matchAll(INLINE)) add(pairs, name, value, false);
}

/** Names end early; what begins with a sentence has no field. */
const LATEST_SEPARATOR = 44;

/** Where the name ends and the value begins: at a colon, an equals sign, a bar, a tab or a table's gap. */
function separatorOf(text: string): [from: number, to: number] {
  const start = text.startsWith('|') ? 1 : 0;
  for (let at = start; at < Math.min(text.length, LATEST_SEPARATOR); at += 1) {
    const char = text[at];
    if (char === ':' || char === '=' || char === '|') return [at, at + 1];
    if (char === '\t' || (char === ' ' && text.startsWith('   ', at))) {
      let end = at;
      while (text[end] === ' ' || text[end] === '\t') end += 1;
      // "STATUS   : ONBATT": the gap only lines the colons up.
      return ':=|'.includes(text[end] ?? '') ? [at, end + 1] : [at, end];
    }
  }
  return [0, 0];
}

function isGap(text: string, from: number, to: number): boolean {
  return !/[:=|]/.test(text.slice(from, to));
}

/** A table's heading has gaps too: a plain word behind one is another heading, not a host. */
const LIKE_HOST = /[\d.-]/;

function add(pairs: Pair[], rawName: string, rawValue: string, isInTable: boolean): boolean {
  if (rawName.length > LONGEST_NAME + 12) return false;
  const name = fold(rawName)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  if (name.length > LONGEST_NAME) return false;
  const key = KEYS.get(name) ?? KEYS.get(name.replace(/ /g, ''));
  if (!key) return false;
  const value = rawValue
    .slice(0, LONGEST_VALUE)
    .replace(/^["'*\s:=|]+/, '')
    .replace(/["'*,;|\s]+$/, '');
  if (!value || (isInTable && key === 'host' && !LIKE_HOST.test(value))) return false;
  pairs.push({ key, name, value });
  return true;
}
