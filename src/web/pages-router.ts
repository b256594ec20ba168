/** Pages for people: public ones first, then those behind a session, then their forms. */
import type { DataSource } from 'typeorm';
import { acrossTenants } from '../db/transaction.ts';
import { Router, type ErrorRequestHandler, type Request, type RequestHandler, type Response } from 'express';
import { may } from '../accounts/role.ts';
import { findUser, listMemberships, type Membership, type User } from '../accounts/users.ts';
import { type AppError, Forbidden, NotFound } from '../kernel/errors.ts';
import type { UserId } from '../kernel/ids.ts';
import { operations } from './api/operations.ts';
import { sendRaw } from './api-router.ts';
import { loadAssets, type Assets } from './assets.ts';
import { formParser } from './fields.ts';
import { formsRouter, returnToForm } from './forms.ts';
import { inScope, type Identity } from './handle.ts';
import { liveRouter } from './live.ts';
import { asAppError, logFault } from './middleware/errors.ts';
import { sameSiteOnly } from './middleware/same-site.ts';
import { RawAnswer } from './operation.ts';
import type { Answer, Page, PageScope, View } from './page.ts';
import { pages } from './pages/index.ts';
import { mailLinksRouter } from './pages/mail-links.ts';
import { describeDocs } from './pages/api-docs.ts';
import { signInRouter } from './pages/sign-in.ts';
import { presentProblem } from './pages/problem.ts';
import type { WebOptions } from './web-options.ts';
import { sessions } from './session.ts';
import { buildShell } from './shell.ts';
import { loadViews, type Render } from './views.ts';
import { seeOther } from './see-other.ts';

export function pagesRouter(options: WebOptions): Router {
  const { services, secretKey, publicUrl } = options;
  const assets = loadAssets();
  const render = loadViews();
  const router = Router();
  const isHttps = publicUrl?.startsWith('https:') ?? false;
  router.use('/assets', assets.router);
  router.get('/favicon.ico', (_request, response) => {
    response.redirect(301, '/assets/icon.svg');
  });
  router.get('/api/docs', (request, response) => {
    const baseUrl = publicUrl ?? `${request.protocol}://${request.get('host') ?? 'localhost'}`;
    response.type('html').send(render('api-docs', { ...describeDocs(operations, baseUrl), assets }));
  });
  // Public: whoever holds a signed link of a notice; no cookie is read or set. POST is safe from other sites without a
  // check of the Origin, because only the recipient knows the address.
  router.use(mailLinksRouter(options, assets, render));
  router.use(sessions({ ...services, secretKey, isHttps }));
  router.use(sameSiteOnly(publicUrl));
  router.use(signInRouter(options, assets, render));
  router.use(requireSession(options));
  router.use(liveRouter(options, identityOf));
  const pageOptions: PageOptions = { options, assets, render };
  for (const one of pages) mountPage(router, one, pageOptions);
  router.use(formsRouter(services, identityOf));
  router.use(() => {
    throw new NotFound('page');
  });
  router.use(pageErrors(pageOptions));
  return router;
}

interface PageOptions {
  options: WebOptions;
  assets: Assets;
  render: Render;
}

/** Who is signed in, and the tenant they look at. */
interface SignedIn {
  user: User;
  memberships: Membership[];
  current: Membership;
}

const signedIn = new WeakMap<Request, SignedIn>();

function requireSession({ services }: WebOptions): RequestHandler {
  return (request, response, next) => {
    findSignedIn(services.database, request).then((found) => {
      if (found) {
        signedIn.set(request, found);
        next();
        return;
      }
      const wanted = request.method === 'GET' && request.path !== '/live' ? request.originalUrl : '/';
      seeOther(response, wanted === '/' ? '/login' : `/login?next=${encodeURIComponent(wanted)}`);
    }, next);
  };
}

async function findSignedIn(database: DataSource, request: Request): Promise<SignedIn | null> {
  const { userId, tenantId } = request.session;
  if (!userId) return null;
  const user = await findUser(database.manager, userId as UserId);
  if (!user) return null;
  const memberships = await acrossTenants(database, (tx) => listMemberships(tx, user.id));
  const current = memberships.find((membership) => membership.tenantId === tenantId) ?? memberships[0];
  if (!current)
    throw new Forbidden('You belong to no tenant any more. Ask an admin to add you.', 'no-tenant');
  return { user, memberships, current };
}

export function identityOf(request: Request): Identity {
  const { user, current } = signedInOf(request);
  return {
    tenantId: current.tenantId,
    role: current.role,
    actor: { userId: user.id, name: user.name },
  };
}

function signedInOf(request: Request): SignedIn {
  const found = signedIn.get(request);
  if (!found) throw new Error('the route is behind requireSession');
  return found;
}

function mountPage(router: Router, page: Page, pageOptions: PageOptions): void {
  const parsers = page.method === 'post' ? [formParser] : [];
  router[page.method](page.path, ...parsers, (request, response, next) => {
    show(page, pageOptions, request, response).catch(next);
  });
}

async function show(
  page: Page,
  pageOptions: PageOptions,
  request: Request,
  response: Response,
): Promise<void> {
  const identity = identityOf(request);
  if (!may(identity.role, page.permission)) {
    throw new Forbidden(
      `The role ${identity.role} may not see this page. Ask an admin of your tenant.`,
      'not-permitted',
    );
  }
  try {
    const { flash } = request.session;
    const { answer, html } = await inPageScope(pageOptions, request, async (scope) => {
      const loaded = await page.load(scope, request);
      return { answer: loaded, html: await renderAnswer(scope, loaded, pageOptions, request) };
    });
    // The message is for the page that this one leads on to.
    if ('redirect' in answer && flash && page.method === 'get') request.session.flash = flash;
    send(response, answer, html);
  } catch (error) {
    const problem = asAppError(error);
    // A form of a page with its own handler: back to where it was filled in.
    if (page.method === 'post' && problem.status === 400) returnToForm(request, response, problem);
    else throw error;
  }
}

async function inPageScope<T>(
  { options: { services } }: PageOptions,
  request: Request,
  work: (scope: PageScope) => Promise<T>,
): Promise<T> {
  const { user, memberships } = signedInOf(request);
  const flash = request.session.flash ?? null;
  // A live page that fetches itself at this moment must not take away what the next page is to say.
  if (!request.get('x-live')) delete request.session.flash;
  return inScope(services, identityOf(request), false, (scope) =>
    work({ ...scope, user, memberships, flash, timeZone: user.timeZone ?? scope.tenant.timeZone }),
  );
}

async function renderAnswer(
  scope: PageScope,
  answer: Answer,
  { assets, render }: PageOptions,
  request: Request,
): Promise<string> {
  if ('redirect' in answer || answer instanceof RawAnswer) return '';
  if ('html' in answer) return answer.html;
  return renderView(scope, answer, assets, render, request.path);
}

async function renderView(
  scope: PageScope,
  { view, title, data }: View,
  assets: Assets,
  render: Render,
  path: string,
): Promise<string> {
  const shell = await buildShell(scope, title, path, assets);
  return render(view, { shell, flash: scope.flash, ...data });
}

function send(response: Response, answer: Answer, html: string): void {
  if ('redirect' in answer) {
    seeOther(response, answer.redirect);
    return;
  }
  response.set('Cache-Control', 'no-store');
  if (answer instanceof RawAnswer) {
    sendRaw(response, answer);
    return;
  }
  if ('html' in answer) response.set(answer.headers);
  else response.status(answer.status ?? 200);
  response.type('html').send(html);
}

function pageErrors(pageOptions: PageOptions): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const problem = asAppError(error);
    logFault(pageOptions.options.services.log, problem, request.path);
    showProblem(problem, pageOptions, request, response).catch(next);
  };
}

async function showProblem(
  problem: AppError,
  pageOptions: PageOptions,
  request: Request,
  response: Response,
): Promise<void> {
  const { assets, render } = pageOptions;
  response.status(problem.status).set('Cache-Control', 'no-store').type('html');
  const canFrame = signedIn.has(request) && problem.status < 500;
  const html = canFrame
    ? await inPageScope(pageOptions, request, (scope) =>
        renderView(scope, presentProblem(problem, request, scope), assets, render, request.path),
      )
    : renderBare(presentProblem(problem, request, null), assets, render);
  response.send(html);
}

function renderBare({ title, data }: View, assets: Assets, render: Render): string {
  return render('problem-bare', { ...data, title, assets });
}
