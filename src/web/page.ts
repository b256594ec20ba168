/** A page: where, who may see it, what it shows. Private and of one tenant unless it says `isPublic`. */
import type { Request } from 'express';
import type { Permission } from '../accounts/role.ts';
import type { Membership, User } from '../accounts/users.ts';
import type { RawAnswer, Scope } from './operation.ts';
import type { Flash } from './session.ts';

/** What a page knows beside the scope of an API call. */
export interface PageScope extends Scope {
  user: User;
  memberships: Membership[];
  timeZone: string;
  /** The message of the form that led here. */
  flash: Flash | null;
}

export interface View {
  /** Template below views/. */
  view: string;
  title: string;
  data: Record<string, unknown>;
  status?: number;
}

/** Answered as 303. */
export interface Elsewhere {
  redirect: string;
}

/** A document that is no page of the frame, such as a mail's HTML or a fragment. */
export interface Document {
  html: string;
  headers: Record<string, string>;
}

export type Answer = View | Elsewhere | Document | RawAnswer;

export interface Page {
  method: 'get' | 'post';
  /** An express path: `/events/:id`. */
  path: string;
  permission: Permission;
  load: (scope: PageScope, request: Request) => Promise<Answer>;
}

export function page(declaration: Omit<Page, 'method'> & Partial<Pick<Page, 'method'>>): Page {
  return { method: 'get', ...declaration };
}
