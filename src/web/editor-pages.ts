/** A list with its editor beside it: one view at three addresses, the list, `/new` and one of the list by its id. */
import type { Permission } from '../accounts/role.ts';
import { NotFound } from '../kernel/errors.ts';
import { page, type Page, type PageScope, type View } from './page.ts';

export interface EditorPages {
  path: string;
  read: Permission;
  edit: Permission;
  show: (scope: PageScope, opened: Opened) => Promise<View>;
}

/** What the editor is open for: the id of the address, `new`, or null for the list alone. */
export type Opened = string | null;

export function editorPages({ path, read, edit, show }: EditorPages): Page[] {
  return [
    page({ path, permission: read, load: async (scope) => show(scope, null) }),
    page({ path: `${path}/new`, permission: edit, load: async (scope) => show(scope, NEW) }),
    page({
      path: `${path}/:id`,
      permission: edit,
      load: async (scope, request) => show(scope, String(request.params['id'])),
    }),
  ];
}

const NEW = 'new';

/**
 * @param what it is, for people who followed an old link
 * @returns null when none is opened, or a new one
 * @throws NotFound
 */
export function findOpened<One extends { id: string }>(
  list: readonly One[],
  opened: Opened,
  what: string,
): One | null {
  if (opened === null || opened === NEW) return null;
  const found = list.find(({ id }) => id === opened);
  if (!found) throw new NotFound(what);
  return found;
}
