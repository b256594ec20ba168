/** Bearer tokens of the API: 401 without a valid one, before anything of the body is read. */
import type { Request, RequestHandler } from 'express';
import { tenantOfToken, useToken } from '../../accounts/tokens.ts';
import { inTenant } from '../../db/transaction.ts';
import { AppError } from '../../kernel/errors.ts';
import type { Identity } from '../handle.ts';
import type { Services } from '../operation.ts';

const identities = new WeakMap<Request, Identity>();

export function bearer(services: Services): RequestHandler {
  return (request, response, next) => {
    authenticate(services, request.get('authorization') ?? '').then(
      (identity) => {
        identities.set(request, identity);
        next();
      },
      (error: unknown) => {
        response.set('WWW-Authenticate', 'Bearer realm="datamer"');
        next(error);
      },
    );
  };
}

/** Who the request's token stands for. */
export function identityOf(request: Request): Identity {
  const identity = identities.get(request);
  if (!identity) throw new Error('the route is behind the bearer middleware');
  return identity;
}

async function authenticate(services: Services, header: string): Promise<Identity> {
  const text = /^Bearer\s+(\S+)$/i.exec(header)?.[1];
  const tenantId = text ? tenantOfToken(text) : null;
  const token =
    text && tenantId
      ? await inTenant(services.database, tenantId, (tx) =>
          useToken(tx, tenantId, text, services.clock.now()),
        )
      : null;
  if (!token || !tenantId) {
    throw new AppError('Send a valid token: Authorization: Bearer TOKEN.', {
      code: 'unauthenticated',
      status: 401,
    });
  }
  return { tenantId, role: token.role, actor: { userId: null, name: `token ${token.name}` } };
}
