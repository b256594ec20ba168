/** The web server: health for machines, the API, assets and pages, in this order. */
import http from 'node:http';
import compression from 'compression';
import express, { type Express } from 'express';
import helmet from 'helmet';
import { AppError, describeError } from '../kernel/errors.ts';
import { MINUTE, SECOND } from '../kernel/clock.ts';
import { apiRouter } from './api-router.ts';
import { pagesRouter } from './pages-router.ts';
import type { WebOptions } from './web-options.ts';

export interface WebServer {
  port: number;
  close: () => Promise<void>;
}

/** @throws AppError `port-taken` */
export async function serveWeb(options: WebOptions): Promise<WebServer> {
  const server = http.createServer(createWebApp(options));
  // Slow-loris: a request that trickles in holds a socket no longer than this.
  server.requestTimeout = MINUTE;
  server.headersTimeout = 20 * SECOND;
  await listen(server, options.port);
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : options.port,
    close: () => close(server),
  };
}

async function listen(server: http.Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, resolve);
  }).catch((error: unknown) => {
    throw new AppError(
      `Pages cannot be served on port ${port}: ${describeError(error)}. ` +
        'Free the port or choose another with DATAMER_HTTP_PORT.',
      { code: 'port-taken', cause: error },
    );
  });
}

/** What is being answered may finish; live pages and idle connections end at once. */
const FINISH_LIMIT_MS = 3 * SECOND;

async function close(server: http.Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeIdleConnections();
    setTimeout(() => {
      server.closeAllConnections();
    }, FINISH_LIMIT_MS).unref();
  });
}

export function createWebApp(options: WebOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'extended');
  // Behind TLS there is a proxy, and it names the client; without one nobody else's word counts.
  app.set('trust proxy', options.publicUrl?.startsWith('https:') ? 1 : false);
  app.use(measured(options));
  app.use(securityHeaders(options));
  serveHealth(app, options);
  if (!options.hasPages) return app;
  app.use(compression());
  app.use('/api/v1', apiRouter(options.services));
  app.use(pagesRouter(options));
  return app;
}

function measured({ observeRequest }: WebOptions): express.RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    response.once('finish', () => {
      const kind = /^\/(api|assets|healthz|readyz|metrics|live)/.exec(request.path)?.[1] ?? 'page';
      observeRequest(kind, response.statusCode, (performance.now() - startedAt) / SECOND);
    });
    next();
  };
}

function securityHeaders({ publicUrl }: WebOptions): express.RequestHandler {
  const isHttps = publicUrl?.startsWith('https:') ?? false;
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        frameSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: isHttps,
    crossOriginOpenerPolicy: isHttps,
    originAgentCluster: false,
    referrerPolicy: { policy: 'same-origin' },
  });
}

function serveHealth(app: Express, { checkHealth, readMetrics }: WebOptions): void {
  app.get('/healthz', (_request, response) => {
    response.json({ status: 'alive' });
  });
  app.get('/readyz', (_request, response, next) => {
    checkHealth().then(({ isReady, reasons }) => {
      response.status(isReady ? 200 : 503).json({ status: isReady ? 'ready' : 'not ready', reasons });
    }, next);
  });
  app.get('/metrics', (_request, response, next) => {
    readMetrics().then(({ contentType, text }) => {
      response.type(contentType).send(text);
    }, next);
  });
}
