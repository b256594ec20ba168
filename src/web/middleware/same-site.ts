/**
 * Refuses writes that another site makes a signed-in browser send (CSRF). Browsers say where a form comes from:
 * Sec-Fetch-Site, and Origin on every POST; both must speak for us. What says neither is no browser and brings no
 * cookie by accident; the cookie's SameSite=Lax stands behind this. Why no tokens: docs/adr/0004.
 */
import type { Request, RequestHandler } from 'express';
import { Forbidden } from '../../kernel/errors.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

export function sameSiteOnly(publicUrl: string | null): RequestHandler {
  const publicHost = publicUrl ? new URL(publicUrl).host : null;
  return (request, _response, next) => {
    if (!SAFE_METHODS.has(request.method) && !isOwn(request, publicHost)) {
      throw new Forbidden(
        'This form was sent from another site. Open the page here and try again.',
        'cross-site',
      );
    }
    next();
  };
}

function isOwn(request: Request, publicHost: string | null): boolean {
  const site = request.get('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  const origin = request.get('origin') ?? request.get('referer');
  if (origin === undefined) return true;
  const host = URL.canParse(origin) ? new URL(origin).host : null;
  return host !== null && (host === request.get('host') || host === publicHost);
}
