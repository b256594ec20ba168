/** Commands that send a first mail to the SMTP door, ready to be pasted into a shell. */
export interface SendTarget {
  host: string;
  port: number;
  /** The tenant's address. */
  to: string;
  slug: string;
}

export function presentSendCommands({ host, port, to, slug }: SendTarget) {
  const subject = `disk full on web-1 :warn: :org:${slug}.web: :svr:web-1.example.com:`;
  const body = 'Disk /var is 97 % full';
  return {
    swaks: [
      `swaks --server ${quoted(host)}:${port} \\`,
      `  --to ${quoted(to)} --from me@example.com \\`,
      `  --header 'Subject: ${subject}' \\`,
      `  --body '${body}'`,
    ].join('\n'),
    curl: [
      `printf 'Subject: ${subject}\\r\\n\\r\\n${body.replace('%', '%%')}\\r\\n' |`,
      `  curl --mail-from me@example.com --mail-rcpt ${quoted(to)} \\`,
      `  --upload-file - smtp://${quoted(host)}:${port}`,
    ].join('\n'),
    mail: `echo '${body}' | mail -s '${subject}' ${quoted(to)}`,
  };
}

/** An address may hold characters that a shell acts on. */
function quoted(word: string): string {
  return /^[\w.@+:[\]-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
