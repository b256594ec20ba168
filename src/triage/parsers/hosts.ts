/** Names and addresses of machines as they stand in text. */

/** RFC 1035: a label has at most 63 characters. A last label of letters keeps versions and numbers out. */
const FULL_NAME = /^(?=.{4,253}$)[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_-]{1,63}){1,8}$/;
const LAST_LABEL = /\.(?:[a-z]{2,24}|xn--[a-z0-9-]{1,58})$/;
const SHORT_NAME = /^(?=[a-z0-9_-]{1,63}$)(?=[^a-z]{0,62}[a-z])[a-z0-9_]/;
const IPV4 = /^(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}$/;
const IPV6 = /^(?=[0-9a-f:]{3,39}$)(?=[^:]{0,4}:[^:]{0,4}:)[0-9a-f:]+$/;

/** Endings of files and products that look like domains. */
const NO_DOMAIN =
  /\.(?:log|gz|bz2|xz|zip|tar|tgz|conf|cfg|ini|yml|yaml|json|xml|html?|txt|csv|sql|sh|py|pl|php|rb|js|ts|java|jar|war|exe|dll|so|ko|service|socket|timer|mount|target|slice|pid|lock|sock|tmp|bak|old|db|dat|img|iso|deb|rpm|pdf|png|jpg|eml|md|daily|weekly|monthly|hourly|err|out|class|go|rs|cpp|lib|bin|key|pem|crt|inc|tpl|ps1|bat|vmx|vmdk|warning|error|critical|info|local_only)$/;

export function isFullName(text: string): boolean {
  return FULL_NAME.test(text) && LAST_LABEL.test(text) && !NO_DOMAIN.test(text);
}

export function isAddress(text: string): boolean {
  return IPV4.test(text) || IPV6.test(text);
}

/** A full name, a short one, or an address; lower case. */
export function isHost(text: string): boolean {
  return isFullName(text) || SHORT_NAME.test(text) || isAddress(text);
}

/** Against a field that holds a book. */
const MOST_HOSTS = 100;

/** A list as in "db1.example.com:9100, web01 and 192.0.2.7". */
export function hostsIn(list: string): string[] {
  if (!list) return [];
  const words = list.toLowerCase().split(/[\s,;|]+/, MOST_HOSTS);
  return words.map(bareHost).filter((word) => isHost(word) && word !== 'and');
}

/** Without scheme, port, path, brackets and full stops around. */
export function bareHost(text: string): string {
  const inner = text
    .toLowerCase()
    .replace(/^[a-z][a-z0-9+.-]{0,20}:\/\/(?:[^@/\s]{1,100}@)?/, '')
    .replace(/^[<("'[]+/, '')
    .replace(/\/.*$/, '');
  if (isAddress(inner)) return inner;
  return inner
    .replace(/[\])>"'.,;!?]+$/, '')
    .replace(/:\d{1,5}$/, '')
    .replace(/[\])>"'.,;:!?]+$/, '');
}
