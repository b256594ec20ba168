/** The machine that wrote a mail, for tools that watch their own machine and often name it nowhere else. */
import { countLabels, firstLabel, isFullName, readHost } from '../servers/host-name.ts';
import { originsOf } from '../servers/sending-host.ts';
import type { MailView } from './mail-view.ts';

export function senderHost({ mail, address }: MailView): string | null {
  const written = readHost(address.slice(address.lastIndexOf('@') + 1));
  const names = [written, ...originsOf(mail)].flatMap((name) => name ?? []);
  const isSame = (name: string) => !written || isFullName(written) || firstLabel(name) === written;
  // A machine has a name below its organisation's domain.
  const machine = names.find((name) => isFullName(name) && countLabels(name) > 2 && isSame(name));
  return machine ?? (written && !written.includes('.') ? written : null);
}
