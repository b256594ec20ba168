/** The public pages: signing in and out, and the one-time set-up of an empty installation. */
import { type Request, type Response, Router } from 'express';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { isSetupCode, requireEmptyInstallation, setUp } from '../../accounts/setup.ts';
import { authenticate } from '../../accounts/users.ts';
import { acrossTenants } from '../../db/transaction.ts';
import { Invalid, NotFound } from '../../kernel/errors.ts';
import type { Assets } from '../assets.ts';
import { fieldsOf, formParser, textField } from '../fields.ts';
import { isOwnPath } from '../forms.ts';
import { listTimeZones } from '../../kernel/calendar.ts';
import { asAppError } from '../middleware/errors.ts';
import { presentForm } from '../presenters/form.ts';
import type { Flash } from '../session.ts';
import type { WebOptions } from '../web-options.ts';
import type { Render } from '../views.ts';
import { seeOther } from '../see-other.ts';

/** Ten wrong passwords for one account from one address, then a pause (contract §5). */
const MOST_FAILURES = 10;
const PAUSE_SECONDS = 15 * 60;

export function signInRouter(options: WebOptions, assets: Assets, render: Render): Router {
  const { services, secretKey } = options;
  const failures = new RateLimiterMemory({ points: MOST_FAILURES, duration: PAUSE_SECONDS });
  const router = Router();

  router.get('/login', (request, response) => {
    response
      .type('html')
      .set('Cache-Control', 'no-store')
      .send(loginPage(render, assets, request, null));
  });

  router.post('/login', formParser, (request, response, next) => {
    logIn(request, response).catch(next);
  });

  router.post('/logout', (request, response, next) => {
    request.session.destroy((error: unknown) => {
      if (error) {
        next(error);
        return;
      }
      seeOther(response.clearCookie('datamer', { path: '/' }), '/login');
    });
  });

  router.get('/setup/:code', (request, response, next) => {
    showSetUp(request.params.code, response).catch(next);
  });

  router.post('/setup/:code', formParser, (request, response, next) => {
    submitSetUp(request.params['code'], request, response).catch(next);
  });

  return router;

  async function logIn(request: Request, response: Response): Promise<void> {
    const email = textField(request, 'email').slice(0, 254);
    const password = textField(request, 'password');
    const account = `${request.ip ?? ''} ${email.trim().toLowerCase()}`;
    const before = await failures.get(account);
    if (before && before.remainingPoints <= 0) {
      refuse(request, response, before);
      return;
    }
    const user = await authenticate(services.database.manager, email, password);
    if (!user) {
      await failures.consume(account).catch(() => undefined);
      response.status(401).type('html');
      response.send(loginPage(render, assets, request, 'Address and password do not fit.', email));
      return;
    }
    await failures.delete(account);
    // A new session id: one that somebody planted before is worth nothing now.
    await regenerate(request);
    request.session.userId = user.id;
    seeOther(response, nextOf(request));
  }

  function refuse(request: Request, response: Response, limit: RateLimiterRes): void {
    const seconds = Math.max(1, Math.ceil(limit.msBeforeNext / 1000));
    response.status(429).set('Retry-After', String(seconds)).type('html');
    const minutes = String(Math.ceil(seconds / 60));
    response.send(
      loginPage(
        render,
        assets,
        request,
        `Too many wrong passwords. Wait ${minutes} min and try again.`,
        textField(request, 'email').slice(0, 254),
      ),
    );
  }

  async function showSetUp(code: string, response: Response): Promise<void> {
    response.type('html').set('Cache-Control', 'no-store');
    try {
      if (!isSetupCode(secretKey, code)) throw new NotFound('set-up link');
      await requireEmptyInstallation(services.database.manager);
      response.send(setUpPage(null));
    } catch (error) {
      const { status } = asAppError(error);
      if (status >= 500) throw error;
      response
        .status(status)
        .send(render('setup-closed', { assets, ...SET_UP_CLOSED[status === 404 ? 'wrong' : 'used'] }));
    }
  }

  async function submitSetUp(code: string, request: Request, response: Response): Promise<void> {
    const text = (name: string): string => textField(request, name).trim();
    const tenant = {
      slug: text('slug') || slugOf(text('tenant')),
      name: text('tenant'),
      address: text('address'),
      timeZone: text('timeZone') || undefined,
    };
    const admin = {
      email: text('email'),
      name: text('name'),
      password: textField(request, 'password'),
    };
    try {
      if (!tenant.name) throw new Invalid([{ field: 'tenant', message: 'Give your organisation a name.' }]);
      const { member } = await acrossTenants(services.database, async (tx) =>
        setUp(
          tx,
          secretKey,
          code,
          { tenant, admin, tellsAdmin: text('isTold') !== '' },
          services.clock.now(),
        ),
      );
      await regenerate(request);
      request.session.userId = member.id;
      seeOther(response, '/welcome');
    } catch (error) {
      const problem = asAppError(error);
      if (problem.status >= 500 || problem.status === 403) throw error;
      const faults = problem.faults.map((fault) => ({
        ...fault,
        // The short name comes from the long one: who reads this has typed only that.
        field: fault.field === 'slug' ? 'tenant' : fault.field,
      }));
      const { password: _password, ...values } = fieldsOf(request);
      const flash = {
        kind: 'bad',
        message: problem.message,
        faults,
        values: { ...values, _form: 'setup' },
      } as const;
      response.status(problem.status).type('html').send(setUpPage(flash));
    }
  }

  function setUpPage(flash: Flash | null): string {
    const empty = { email: '', name: '', password: '', tenant: '', address: '', timeZone: '' };
    return render('setup', {
      assets,
      problem:
        flash && (flash.faults.length > 0 ? 'Not set up yet: look at the marked fields.' : flash.message),
      form: presentForm(flash, 'setup', empty),
      isTold: flash === null || flash.values['isTold'] !== undefined,
      timeZones: listTimeZones(),
    });
  }
}

const SET_UP_CLOSED = {
  wrong: {
    heading: 'This set-up link is not valid',
    message:
      'It may be cut off, or belong to another installation. DaTamer prints the right one at its start while it has no user yet.',
  },
  used: {
    heading: 'DaTamer is set up already',
    message: 'A set-up link works once, while nobody has an account. Sign in, or ask an admin to add you.',
  },
};

function loginPage(
  render: Render,
  assets: Assets,
  request: Request,
  problem: string | null,
  email = '',
): string {
  return render('login', { assets, problem, email, next: nextOf(request) });
}

/** Where the person wanted to go. */
function nextOf(request: Request): string {
  const wanted = fieldsOf(request)['next'] ?? request.query['next'];
  return typeof wanted === 'string' && isOwnPath(wanted) ? wanted : '/';
}

function slugOf(name: string): string {
  return name
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63);
}

async function regenerate(request: Request): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    request.session.regenerate((error: unknown) => {
      if (error) reject(new Error('the session cannot be renewed', { cause: error }));
      else resolve();
    });
  });
}
