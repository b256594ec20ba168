/**
 * What kind of trouble a text speaks of, and which kinds bring about which: general knowledge of operations, so that
 * on a tenant's first day a switch that failed and the hosts behind it are one event. What the tenant's own past
 * teaches (co-occurrence.ts) comes on top.
 */
export type Symptom =
  | 'network'
  | 'dns'
  | 'storage'
  | 'disk'
  | 'hardware'
  | 'thermal'
  | 'cpu'
  | 'memory'
  | 'database'
  | 'http'
  | 'certificate'
  | 'queue'
  | 'login'
  | 'time'
  | 'application'
  | 'job'
  | 'process';

/** Linear patterns only: they read strangers' text. */
const SIGNS: readonly [Symptom, RegExp][] = [
  [
    'network',
    /\b(icmp|ping|packet ?loss|unreachable|not reachable|erreichbar|no route to host|link down|interface|bond\w*|slave|lldp|switch(?:es)?|instance ?down|host alert|host (?:\S{1,80} )?(?:is )?down|is down!|ssh\w*|port 22|network|netzwerk|r[ée]seau|uplink|bgp|vlan)\b/,
  ],
  ['dns', /\b(dns\w*|name resolution|resolver|servfail|nxdomain|could not resolve|lookup fail\w*)\b/],
  [
    'storage',
    /\b(nfs\w*|stale file|mount\w*|iscsi|san|lun|datastore|uninterruptible|blocked processes|ceph)\b/,
  ],
  [
    'disk',
    /\b(disk space|no space left|inodes?|rootfs|filesystem|file system|disk usage|disk full|free space|disk|volume|festplatte|speicherplatz|disque)\b/,
  ],
  [
    'hardware',
    /\b(smart|smartd|raid\d*|md\d+|degraded ?array|mdadm|sectors?|fan|power supply|psu|ecc|dimm|drive)\b/,
  ],
  ['thermal', /\b(temperatures?|temperatur|thermal|inlet|cooling|overheat\w*|degrees)\b/],
  ['cpu', /\b(load|cpu\w*|saturated|processes)\b/],
  ['memory', /\b(memory|heap|swap|oom|out of memory|gc overhead|arbeitsspeicher)\b/],
  [
    'database',
    /\b(database|datenbank|sql|db conn\w*|replication|connection pool|postgres\w*|mysql|oracle|mariadb|mongo\w*)\b/,
  ],
  [
    'http',
    /\b(https?|5xx|50[0234]|latency|p9\d|response time|web ?front\w*|error ra(?:te|tio)|probe ?http\w*|bad gateway|url|website|webserver)\b/,
  ],
  ['certificate', /\b(certificates?|zertifikat|ssl|tls|x509|expires?|expired)\b/],
  ['queue', /\b(queues?|mailq|backlog|consumers?|kafka|rabbitmq)\b/],
  ['login', /\b(ldap\w*|kerberos|bind fail\w*|authentication|radius)\b/],
  ['time', /\b(ntp|chrony|clock|out of sync|time offset)\b/],
  [
    'application',
    /\b(exceptions?|\w+exception|\w+error|stack ?trace|error in|fatal|build|deploy\w*|pipeline)\b/,
  ],
  ['job', /\b(backups?|dump|cron|job|borg\w*|rsync|restic|sicherung)\b/],
  [
    'process',
    /\b(process|has been stopped|not running|procs|does not exist|daemon|service (?:stopped|failed))\b/,
  ],
];

/** Troubles that stay on their machine: two full disks on two servers are two troubles. */
const LOCAL = new Set<Symptom>(['disk', 'hardware', 'cpu', 'memory', 'process', 'job']);

export function isLocal(symptom: Symptom): boolean {
  return LOCAL.has(symptom);
}

/** What each kind of trouble brings about elsewhere. */
const BRINGS: Partial<Record<Symptom, readonly Symptom[]>> = {
  network: ['dns', 'storage', 'http', 'database', 'login', 'queue', 'time', 'application', 'job', 'process'],
  dns: ['http', 'login', 'queue', 'job', 'application', 'database'],
  storage: ['cpu', 'process', 'http', 'application', 'job', 'database'],
  disk: ['job', 'database', 'process', 'http', 'application', 'queue'],
  database: ['http', 'application', 'queue', 'job'],
  thermal: ['hardware', 'network', 'cpu', 'process'],
  hardware: ['disk', 'storage', 'process', 'network', 'database'],
  cpu: ['http', 'process', 'application', 'queue'],
  memory: ['cpu', 'process', 'http', 'application'],
  process: ['http', 'queue', 'application', 'cpu'],
  certificate: ['http', 'login', 'application'],
  application: ['http', 'cpu', 'memory', 'queue', 'process'],
  login: ['http', 'application', 'job'],
  queue: ['http', 'application'],
  time: ['login', 'database', 'application'],
  http: ['queue'],
};

const RELATED = new Set(
  Object.entries(BRINGS).flatMap(([cause, effects]) =>
    effects.flatMap((effect) => [`${cause} ${effect}`, `${effect} ${cause}`]),
  ),
);

/** How far into the text: what a mail is about stands in front. */
const READ = 600;
/** A text that mentions everything is about nothing in particular. */
const MOST = 3;

/** The subject decides; only when it says nothing, the start of the text. */
export function symptomsOf(subject: string, text: string): Symptom[] {
  const found = namesIn(subject);
  return (found.length > 0 ? found : namesIn(text.slice(0, READ))).slice(0, MOST);
}

function namesIn(text: string): Symptom[] {
  const words = splitCamelCase(text)
    .replace(/https?:\/\/\S{1,500}/gi, ' ')
    .toLowerCase();
  return SIGNS.filter(([, pattern]) => pattern.test(words)).map(([symptom]) => symptom);
}

/** "DnsLookupFailing" → "Dns Lookup Failing" */
function splitCamelCase(text: string): string {
  return text.replace(/([a-z])(?=[A-Z])/g, '$1 ');
}

export type Relation = 'same' | 'related' | 'none';

/**
 * How the troubles of two signals belong together: the same, or one may have brought about the other.
 * @param areOnOneServer then a trouble that stays on its machine is the same, too
 */
export function relationOf(
  some: readonly Symptom[],
  others: readonly Symptom[],
  areOnOneServer: boolean,
): Relation {
  if (some.some((symptom) => others.includes(symptom) && (areOnOneServer || !isLocal(symptom))))
    return 'same';
  const isRelated = some.some((symptom) => others.some((other) => RELATED.has(`${symptom} ${other}`)));
  return isRelated ? 'related' : 'none';
}
