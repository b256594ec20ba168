/** Machines that a mail of an unknown tool is about: where its subject says so, or a field of its text. */
import { countLabels, isAddress, isFullName, readHost } from '../../servers/host-name.ts';
import { fold } from './lexicon.ts';

/** Files, classes and domains of services look like full names; these endings do not belong to machines. */
const NO_MACHINE =
  /\.(?:log|gz|bz2|xz|zip|tar|tgz|conf|cfg|ini|ya?ml|json|xml|html?|txt|csv|sql|sh|py|pl|php|rb|js|ts|java|jar|war|exe|dll|so|ko|service|socket|timer|mount|target|pid|lock|sock|tmp|bak|dat|img|iso|deb|rpm|pdf|png|jpe?g|eml|md|daily|weekly|monthly|hourly|err|out)$/;
const HAS_TLD = /\.[a-z]{2,24}$/;

/** A full name that can be a machine's. */
export function isMachineName(name: string): boolean {
  return isFullName(name) && HAS_TLD.test(name) && !NO_MACHINE.test(name);
}

/** The value of "Host:": `db1 (192.0.2.7)`, `https://db1.example.com:9100/x`, `a.example.com, b.example.com`. */
export function hostsOfField(value: string): string[] {
  const words = value.split(/->|[\s,;]+/, 30).filter(Boolean);
  const hosts = words.flatMap((word) => readHost(word.replace(/^[(<["']+|[)>\]"']+$/g, '')) ?? []);
  const full = hosts.filter((host) => isMachineName(host) || isAddress(host));
  const named = full.filter((host) => !isAddress(host));
  if (named.length > 0) return named;
  // One plain word is a short name; a sentence is none.
  const [only] = words;
  if (words.length === 1 && only) {
    const host = readHost(only);
    return host && (isAddress(host) || /^[a-z][a-z0-9_-]+$/.test(host)) ? [host] : [];
  }
  const [first] = hosts;
  if (first && isShort(first) && /^\S+\s*[(<[]/.test(value)) return [first];
  return full;
}

/** Short names are told from words by a digit or a hyphen. */
function isShort(word: string): boolean {
  return /^[a-z][a-z0-9_-]{1,62}$/.test(word) && /[0-9-]/.test(word);
}

/** Words before the machine in a subject. */
const BEFORE = new Set(
  'on host server node at for machine device client vm from of instance system auf fur sur serveur hote pour en servidor equipo host su server op voor em no for:'.split(
    ' ',
  ),
);
const WORD = /[\p{L}\p{N}_][\p{L}\p{N}_.:@-]*/gu;
/** Beyond it nobody names the machine. */
const MOST_WORDS = 60;

export function hostsInSubject(subject: string): string[] {
  const full: string[] = [];
  const after: string[] = [];
  let before = '';
  let count = 0;
  for (const [word] of subject.matchAll(WORD)) {
    count += 1;
    if (count > MOST_WORDS) break;
    const text = fold(word).replace(/[.:]+$/, '');
    const host = readHost(text);
    if (host) {
      if ((isMachineName(host) && countLabels(host) > 2) || isAddress(host)) full.push(host);
      else if (isMachineName(host) && BEFORE.has(before)) full.push(host);
      else if (isShort(host) && BEFORE.has(before)) after.push(host);
    }
    before = text;
  }
  const named = full.filter((host) => !isAddress(host));
  if (named.length > 0) return [...new Set(named)];
  if (after.length > 0) return [...new Set(after)];
  const alone = full.length > 0 ? null : hostAlone(subject);
  return alone ? [alone] : [...new Set(full)];
}

/** "CPU is running high - web-ams3-02", "[vault2] Drive abnormal", "gw4: interface down". */
const PARTS = /[\][(){}|]|: | [-–—] /;
/** Numbered as machines are; disks, ports and levels are too. */
const NUMBERED = /^[a-z]{2,20}(?:-[a-z0-9]{1,20}){0,4}-?\d{1,3}$/;
const NO_HOST =
  /^(?:alert|alarm|event|incident|ticket|case|issue|job|build|run|task|check|rule|test|step|version|release|week|day|part|page|item|line|level|sev|severity|priority|eth|ens|enp|eno|wlan|vlan|wan|lan|port|bond|br|tun|tap|veth|if|ge|xe|te|gi|sd|hd|vd|md|dm|nvme|disk|drive|bay|slot|volume|vol|pool|raid|lun|array|ld|pd|fan|psu|temp|cpu|core|gpu|dimm|sensor|ups|bat|battery|phase|ipv|http|ssh|tls|sha|md|utf|mp|zone|rack|row|group|shard|partition|topic|queue|q|smart)-?\d/;

function hostAlone(subject: string): string | null {
  for (const part of subject.split(PARTS, 12)) {
    const word = part.trim().toLowerCase();
    if (NUMBERED.test(word) && !NO_HOST.test(word)) return word;
  }
  return null;
}
