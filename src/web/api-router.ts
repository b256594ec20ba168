/** The REST API under /api/v1: every operation behind its token and its role, and the description of them all. */
import express, { Router, type RequestHandler, type Response } from 'express';
import { may } from '../accounts/role.ts';
import { Forbidden, NotFound } from '../kernel/errors.ts';
import { operations } from './api/operations.ts';
import { handle } from './handle.ts';
import { bearer, identityOf } from './middleware/bearer.ts';
import { apiErrors } from './middleware/errors.ts';
import { describeApi } from './openapi.ts';
import { RawAnswer, type Operation, type Services } from './operation.ts';

/** No call needs more; a larger body is an accident or an attack on memory. */
const LARGEST_BODY = '5mb';

export function apiRouter(services: Services): Router {
  const router = Router();
  let description: string | null = null;
  router.get('/openapi.json', (_request, response) => {
    description ??= JSON.stringify(describeApi(operations));
    response.type('application/json').send(description);
  });
  router.use(bearer(services));
  for (const operation of operations) mount(router, operation, services);
  router.use(() => {
    throw new NotFound('call');
  });
  router.use(apiErrors(services.log));
  return router;
}

function mount(router: Router, operation: Operation, services: Services): void {
  const path = operation.path.replaceAll(/\{(\w+)\}/g, ':$1');
  router[operation.method](
    path,
    requirePermission(operation),
    express.json({ limit: LARGEST_BODY, strict: false }),
    (request, response, next) => {
      handle(operation, services, identityOf(request), request, request.body).then((answer) => {
        send(response, operation, answer);
      }, next);
    },
  );
}

/** Before the body is read: who may not do this need not send it. */
function requirePermission({ permission }: Operation): RequestHandler {
  return (request, _response, next) => {
    const { role } = identityOf(request);
    if (!may(role, permission)) throw new Forbidden(`The role ${role} may not do this.`, 'not-permitted');
    next();
  };
}

function send(response: Response, operation: Operation, answer: unknown): void {
  if (answer instanceof RawAnswer) {
    sendRaw(response, answer);
    return;
  }
  response.status(operation.creates ? 201 : 200).json(answer);
}

export function sendRaw(response: Response, answer: RawAnswer): void {
  response.type(answer.contentType);
  // Somebody else's bytes: never to be shown as a page of ours.
  response.set('X-Content-Type-Options', 'nosniff');
  if (answer.fileName) response.attachment(answer.fileName).type(answer.contentType);
  response.send(typeof answer.bytes === 'string' ? answer.bytes : Buffer.from(answer.bytes));
}
