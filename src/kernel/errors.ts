/**
 * Errors that say what happened, whether trying again helps, and what an outsider may read of it.
 * Anything that is not an AppError is a defect: it is logged whole and answered with one bland sentence.
 */
export interface AppErrorOptions {
  /** Stable, machine-readable: part of the API. */
  code: string;
  /** HTTP status that fits; 500 when the fault is ours. */
  status?: number;
  /** True when the same call may succeed later (database away, mailbox locked). */
  temporary?: boolean;
  /** Faults by field, for forms and API clients. */
  faults?: Fault[];
  /** Further members for the answer, such as who holds an event. */
  detail?: Record<string, unknown>;
  cause?: unknown;
}

export interface Fault {
  field: string;
  message: string;
}

export class AppError extends Error {
  readonly code: string;
  readonly status: number;
  readonly temporary: boolean;
  readonly faults: Fault[];
  readonly detail: Record<string, unknown>;

  /** @param publicMessage one or two sentences: what happened and what to do next. Never a secret. */
  constructor(publicMessage: string, options: AppErrorOptions) {
    super(publicMessage, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = options.code;
    this.status = options.status ?? 500;
    this.temporary = options.temporary ?? false;
    this.faults = options.faults ?? [];
    this.detail = options.detail ?? {};
  }
}

export class NotFound extends AppError {
  constructor(what: string) {
    super(`There is no such ${what}.`, { code: 'not-found', status: 404 });
  }
}

/** The sentence of faults that nobody has worded as a whole. */
export function joinFaults(faults: readonly Fault[]): string {
  return faults.map((fault) => `${fault.field}: ${fault.message}`).join(' ');
}

export class Invalid extends AppError {
  constructor(faults: Fault[], message = joinFaults(faults)) {
    super(message, { code: 'invalid', status: 400, faults });
  }
}

export class Forbidden extends AppError {
  constructor(message: string, code = 'forbidden') {
    super(message, { code, status: 403 });
  }
}

export class Conflict extends AppError {
  constructor(message: string, code: string, detail: Record<string, unknown> = {}) {
    super(message, { code, status: 409, detail });
  }
}

export class Unavailable extends AppError {
  constructor(message: string, cause?: unknown) {
    super(message, { code: 'unavailable', status: 503, temporary: true, cause });
  }
}

/** One line about anything thrown, for logs and for people; never a stack. */
export function describeError(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.map(describeError).join('; ');
  }
  if (error instanceof Error) return error.message || error.name;
  return String(error);
}

/** The `code` of a system, socket or SQL error, if it has one. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const code: unknown = (error as { code?: unknown }).code;
  return typeof code === 'string' ? code : undefined;
}
