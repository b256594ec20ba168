/** A link of a mail, followed by whoever has it: no session, no cookie, and no page that it stood on. */
import type { World } from './world.ts';

export interface Followed {
  status: number;
  headers: Headers;
  html: string;
}

export async function followLink(
  world: World,
  method: string,
  path: string,
  fields?: Record<string, string>,
): Promise<Followed> {
  const body = fields ? { body: new URLSearchParams(fields) } : {};
  const response = await fetch(world.baseUrl + path, { method, redirect: 'manual', ...body });
  return { status: response.status, headers: response.headers, html: await response.text() };
}
