/**
 * Public: the pages behind the links of notices. A GET or HEAD only shows, because mail scanners follow links; the deed
 * is a form on that page. Nothing is told of an event to whom a link was not sent.
 */
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { may } from '../../accounts/role.ts';
import { inTenant } from '../../db/transaction.ts';
import { MailTokens, type LinkToken } from '../../events/by-mail/mail-tokens.ts';
import { findListedEvent, NOBODY } from '../../events/list.ts';
import { MINUTE, SECOND } from '../../kernel/clock.ts';
import type { AppError } from '../../kernel/errors.ts';
import { NotFound } from '../../kernel/errors.ts';
import { followLink, openLink } from '../../outbound/mail/act-by-link.ts';
import { openUnsubscription, unsubscribe } from '../../outbound/mail/unsubscribe.ts';
import { endReportMail, openEndOfReportMail } from '../../reports/mails/end-by-link.ts';
import { withoutTags } from '../../triage/tags/grammar.ts';
import type { Assets } from '../assets.ts';
import { formParser, textField } from '../fields.ts';
import { asAppError } from '../middleware/errors.ts';
import { presentEndOfReportMail, presentLink, presentUnsubscription } from '../presenters/mail-link.ts';
import { seeOther } from '../see-other.ts';
import type { WebOptions } from '../web-options.ts';
import type { Render } from '../views.ts';

/**
 * Signatures cannot be guessed; this keeps a crowd of guesses from keeping the process busy. A whole team behind one
 * address stays below it.
 */
const MOST_REQUESTS = 600;
const WITHIN_SECONDS = (5 * MINUTE) / SECOND;

export function mailLinksRouter({ services, secretKey }: WebOptions, assets: Assets, render: Render): Router {
  const tokens = new MailTokens(secretKey);
  const requests = new RateLimiterMemory({ points: MOST_REQUESTS, duration: WITHIN_SECONDS });
  const router = Router();
  const guarded: RequestHandler[] = [privately, limited(requests)];

  router.get('/act/:token', ...guarded, (request, response, next) => {
    show(request, response, null).catch(next);
  });

  router.post('/act/:token', ...guarded, formParser, (request, response, next) => {
    submit(request, response).catch(next);
  });

  router.get('/unsubscribe/:token', ...guarded, (request, response, next) => {
    showUnsubscription(request, response).catch(next);
  });

  router.post('/unsubscribe/:token', ...guarded, formParser, (request, response, next) => {
    submitUnsubscription(request, response).catch(next);
  });

  router.use(['/act', '/unsubscribe'], refuse);
  return router;

  async function show(request: Request, response: Response, refusal: AppError | null): Promise<void> {
    const link = readLink(request);
    const now = services.clock.now();
    const page = await inTenant(services.database, link.tenantId, async (tx) => {
      const opened = await openLink(tx, link, now);
      const event = await findListedEvent(tx, link.tenantId, opened.eventId, NOBODY, now);
      if (!event) throw new NotFound('event');
      return presentLink(opened, event, may(opened.person.role, 'work'), now);
    });
    response.status(refusal?.status ?? 200).type('html');
    response.send(
      render('act', { ...page, assets, action: request.path, refusal: refusal?.message ?? null }),
    );
  }

  async function submit(request: Request, response: Response): Promise<void> {
    const link = readLink(request);
    const version = Number(textField(request, 'version'));
    const note = textField(request, 'note').trim() || null;
    if (!Number.isSafeInteger(version) || version < 1) {
      await show(request, response, null);
      return;
    }
    try {
      await inTenant(services.database, link.tenantId, (tx) =>
        followLink(tx, link, { version, note }, titleOf, services.clock.now()),
      );
      services.wake('something to tell');
      seeOther(response, request.path);
    } catch (error) {
      const problem = asAppError(error);
      // What happened meanwhile is told on the page, with the event as it is now.
      if (problem.status !== 409 && problem.status !== 400) throw error;
      await show(request, response, problem);
    }
  }

  async function showUnsubscription(request: Request, response: Response): Promise<void> {
    const link = readLink(request);
    const now = services.clock.now();
    const shown = await inTenant(services.database, link.tenantId, async (tx) => {
      const end = await openEndOfReportMail(tx, link, now);
      return end
        ? presentEndOfReportMail(end, now)
        : presentUnsubscription(await openUnsubscription(tx, link, now));
    });
    response.type('html').send(render('unsubscribe', { ...shown, assets, action: request.path }));
  }

  /** Pressed by a person on the page, or by their mail provider at once (RFC 8058 §3.2), which follows no redirect. */
  async function submitUnsubscription(request: Request, response: Response): Promise<void> {
    const link = readLink(request);
    const isBack = textField(request, 'back') === '1';
    const now = services.clock.now();
    await inTenant(services.database, link.tenantId, async (tx) => {
      const end = await openEndOfReportMail(tx, link, now);
      await (end ? endReportMail(tx, link.tenantId, end) : unsubscribe(tx, link, isBack, now));
    });
    // Providers send multipart/form-data as well, which is no form of ours and has nothing that is needed.
    const isForm =
      Boolean(request.is('urlencoded')) && textField(request, 'List-Unsubscribe') !== 'One-Click';
    if (isForm) seeOther(response, request.path);
    else response.type('text').send('Unsubscribed.\n');
  }

  /** @throws NotFound */
  function readLink(request: Request): LinkToken {
    const link = tokens.verifyLink(String(request.params['token']));
    if (!link) throw new NotFound('link');
    return link;
  }

  /** The same for a forged link, one of a notice that is gone, and one of somebody who has left. */
  function refuse(
    error: unknown,
    _request: Request,
    response: Response,
    next: (error: unknown) => void,
  ): void {
    if (asAppError(error).status !== 404 || response.headersSent) {
      next(error);
      return;
    }
    response.status(404).type('html').send(render('link-closed', { assets }));
  }
}

function titleOf(subject: string): string {
  return withoutTags(subject) || '(no subject)';
}

/** The address is the key: it goes to no other site, and stays in no cache. */
const privately: RequestHandler = (_request, response, next) => {
  response.set({ 'Referrer-Policy': 'no-referrer', 'Cache-Control': 'no-store', 'X-Robots-Tag': 'noindex' });
  next();
};

function limited(requests: RateLimiterMemory): RequestHandler {
  return (request, response, next) => {
    requests.consume(request.ip ?? '').then(
      () => {
        next();
      },
      () => {
        response
          .status(429)
          .set('Retry-After', String(WITHIN_SECONDS))
          .type('text')
          .send('Too many requests.\n');
      },
    );
  };
}
