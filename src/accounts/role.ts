/** What a role may do in its tenant. Pages, REST and forms ask here, nowhere else. */
export const ROLES = ['admin', 'engineer', 'manager'] as const;
export type Role = (typeof ROLES)[number];

/**
 * `read` every page and list; `work` on events, mails, rules, schedules and subscriptions;
 * `administer` people, tokens, mailboxes and the tenant itself.
 */
export type Permission = 'read' | 'work' | 'administer';

const PERMISSIONS: Record<Role, readonly Permission[]> = {
  admin: ['read', 'work', 'administer'],
  engineer: ['read', 'work'],
  manager: ['read'],
};

export function may(role: Role, permission: Permission): boolean {
  return PERMISSIONS[role].includes(permission);
}

/** Who does something: a person, or a token that stands for no person. The name goes into timelines. */
export interface Actor {
  userId: string | null;
  name: string;
  /** Where they did it from, other than the pages: by a reply to a notice, or a link in one. */
  via?: 'mail' | 'link';
}

export const SYSTEM: Actor = { userId: null, name: 'DaTamer' };
