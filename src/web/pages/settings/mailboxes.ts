/** Mailboxes: how each is doing, its settings, and the step-by-step test. The stored password is never sent out. */
import { may } from '../../../accounts/role.ts';
import { listAddresses } from '../../../accounts/tenants.ts';
import { listMailboxes, type Mailbox } from '../../../inbound/imap/mailboxes.ts';
import { doorAliveAt } from '../../../watchdog/doors.ts';
import { isStale } from '../../../watchdog/blind.ts';
import { testResult } from '../../api/intake.ts';
import { editorPages, findOpened, type Opened } from '../../editor-pages.ts';
import { shownAnswer } from '../../forms.ts';
import type { PageScope, View } from '../../page.ts';
import { presentForm, presentOptions } from '../../presenters/form.ts';
import { presentMailbox, presentTest } from '../../presenters/mailbox.ts';
import { settingsTabs } from './tabs.ts';

const PATH = '/settings/mailboxes';

export const mailboxPages = editorPages({ path: PATH, read: 'read', edit: 'administer', show });

async function show(scope: PageScope, opened: Opened): Promise<View> {
  const { tx, tenant, role, now, timeZone } = scope;
  const mailboxes = await listMailboxes(tx, tenant.id);
  const stored = findOpened(mailboxes, opened, 'mailbox');
  const door = await presentDoor(scope);
  return {
    view: 'settings/mailboxes',
    title: 'Mailboxes',
    data: {
      tabs: settingsTabs(role, PATH),
      mayAdminister: may(role, 'administer'),
      mailboxes: mailboxes.map((one) => ({
        ...presentMailbox(one, now, timeZone),
        isCurrent: one.id === stored?.id,
      })),
      hasMailboxes: mailboxes.length > 0,
      door,
      hasDoors: mailboxes.length > 0 || door !== null,
      addresses: await listAddresses(tx, tenant.id),
      editor: opened === null ? null : presentEditor(scope, stored),
      opened: stored ? presentMailbox(stored, now, timeZone) : null,
    },
  };
}

/** The door that is built in: open to all tenants, each at its own addresses. */
async function presentDoor({ tx, now, services }: PageScope) {
  const aliveAt = await doorAliveAt(tx);
  if (!aliveAt) return null;
  return { port: services.smtpPort(), isOpen: !isStale(aliveAt, now) };
}

function presentEditor(scope: PageScope, stored: Mailbox | null) {
  const form = presentForm(scope.flash, 'mailbox', {
    host: stored?.host ?? '',
    port: stored?.port ?? 993,
    username: stored?.username ?? '',
    password: '',
    folder: stored?.folder ?? 'INBOX',
    isTls: stored?.isTls ?? true,
    acceptsAnyCertificate: stored?.acceptsAnyCertificate ?? false,
    afterStore: stored?.afterStore ?? 'delete',
    rootFolder: stored?.rootFolder ?? 'DaTamer',
  });
  const result = shownAnswer(scope, testResult);
  return {
    form,
    heading: stored ? stored.username : 'New mailbox',
    action: stored ? `/mailboxes/${stored.id}` : '/mailboxes',
    testAction: stored ? `/mailboxes/${stored.id}/test` : '/mailboxes/test',
    isNew: stored === null,
    encryption: presentOptions(
      [
        ['true', 'TLS from the start'],
        ['false', 'STARTTLS'],
      ],
      form.isTls.value,
    ),
    certificate: presentOptions(
      [
        ['false', 'must be proven'],
        ['true', 'any is accepted'],
      ],
      form.acceptsAnyCertificate.value,
    ),
    afterStore: AFTER_STORE.map((choice) => ({
      ...choice,
      isChosen: choice.value === form.afterStore.value,
    })),
    test: result ? presentTest(result.steps) : null,
  };
}

const AFTER_STORE = [
  { value: 'delete', word: 'Delete it on the server', hint: 'its source stays here, byte for byte' },
  {
    value: 'move',
    word: 'Move it to a folder named after its org path',
    hint: 'moving it there by hand, into a folder with your name or into completed, claims or completes its event',
  },
  { value: 'keep', word: 'Keep it where it is', hint: 'other programs may go on reading it' },
];
