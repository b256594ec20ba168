/** The tabs of the settings: those that the person may see. */
import { may, type Permission, type Role } from '../../../accounts/role.ts';
import { page } from '../../page.ts';

const TABS: { href: string; name: string; permission: Permission }[] = [
  { href: '/settings/mailboxes', name: 'Mailboxes', permission: 'read' },
  { href: '/settings/users', name: 'Users', permission: 'read' },
  { href: '/settings/groups', name: 'Groups', permission: 'read' },
  { href: '/settings/rotas', name: 'Rotas', permission: 'read' },
  { href: '/settings/escalation', name: 'Escalation', permission: 'read' },
  { href: '/settings/channels', name: 'Channels', permission: 'read' },
  { href: '/settings/silences', name: 'Silences', permission: 'read' },
  { href: '/settings/servers', name: 'Servers', permission: 'read' },
  { href: '/settings/model', name: 'Model', permission: 'read' },
  { href: '/settings/tokens', name: 'Tokens', permission: 'administer' },
  { href: '/settings/tenant', name: 'Tenant', permission: 'administer' },
  { href: '/quarantine', name: 'Quarantine', permission: 'read' },
  { href: '/settings/deliveries', name: 'Deliveries', permission: 'administer' },
  { href: '/settings/me', name: 'Me', permission: 'read' },
];

export function settingsTabs(role: Role, current: string) {
  return TABS.filter(({ permission }) => may(role, permission)).map(({ href, name }) => ({
    href,
    name,
    isCurrent: href === current,
  }));
}

export const settingsPage = page({
  path: '/settings',
  permission: 'read',
  load: async ({ role }) => Promise.resolve({ redirect: settingsTabs(role, '')[0]?.href ?? '/settings/me' }),
});
