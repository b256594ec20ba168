/** Errors as answers: problem+json for scripts, a page for people. What is our fault is logged and says nothing. */
import type { ErrorRequestHandler, Response } from 'express';
import { AppError, errorCode, Unavailable } from '../../kernel/errors.ts';
import type { Log } from '../../kernel/log.ts';

/** Classes of SQLSTATE that mean "the database is not there or has no room": the client may try again. */
const TEMPORARY_SQL = /^(08|53|57)/;
const CONNECTION_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND']);

/** What a client is told; anything that is not an AppError becomes one. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const parsed = fromBodyParser(error);
  if (parsed) return parsed;
  const code = errorCode(error) ?? '';
  const message = error instanceof Error ? error.message : '';
  const isDatabaseAway =
    TEMPORARY_SQL.test(code) ||
    CONNECTION_CODES.has(code) ||
    /timeout exceeded|Connection terminated/i.test(message);
  if (isDatabaseAway)
    return new Unavailable('The database does not answer at the moment. Try again in a minute.', error);
  return new AppError('Something went wrong on our side. It has been logged; trying again may help.', {
    code: 'internal',
    cause: error,
  });
}

/** express's body parsers throw http-errors with a type. */
function fromBodyParser(error: unknown): AppError | null {
  const { type, status } = error as { type?: string; status?: number };
  switch (type) {
    case 'entity.too.large':
    case 'parameters.too.many':
      return new AppError('That is more than is taken at once: 5 MB, in a form 1 MB and 20,000 fields.', {
        code: 'too-large',
        status: 413,
      });
    case 'entity.parse.failed':
      return new AppError('The body is not valid JSON.', { code: 'malformed-json', status: 400 });
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return new AppError('The encoding of the body is not supported: send UTF-8.', {
        code: 'unsupported',
        status: 415,
      });
    default:
      if (!status || status < 400 || status >= 500) return null;
      return new AppError('The request cannot be read.', { code: 'bad-request', status });
  }
}

export function sendProblem(response: Response, error: AppError): void {
  if (error.temporary) response.set('Retry-After', '10');
  response
    .status(error.status)
    .type('application/problem+json')
    .send(
      JSON.stringify({
        type: `/api/docs#error-${error.code}`,
        title: error.message,
        status: error.status,
        code: error.code,
        detail: error.message,
        ...(error.faults.length > 0 ? { faults: error.faults } : {}),
        ...error.detail,
      }),
    );
}

export function logFault(log: Log, error: AppError, path: string): void {
  if (error.status < 500) return;
  if (error.temporary)
    log.warn({ path, error: error.message, cause: String(error.cause) }, 'request answered 503');
  else log.error({ path, err: error.cause ?? error }, 'request failed');
}

export function apiErrors(log: Log): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const problem = asAppError(error);
    logFault(log, problem, request.path);
    sendProblem(response, problem);
  };
}
