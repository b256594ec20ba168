/** Style sheet, scripts and icons, all from here: pages load nothing from elsewhere. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import express, { Router } from 'express';
import { inPackage } from '../kernel/package-root.ts';

const FOLDER = inPackage('src', 'web', 'assets');

/** The layers of the style sheet, in their order. */
const LAYERS = ['tokens', 'base', 'components', 'pages'];

export interface Assets {
  router: Router;
  /** With the version behind, so that a new release is not hidden by a cache. */
  styleSheet: string;
  script: string;
}

export function loadAssets(): Assets {
  const css = [
    `@layer ${LAYERS.join(', ')};`,
    ...LAYERS.map((layer) => fs.readFileSync(`${FOLDER}/css/${layer}.css`, 'utf8')),
  ].join('\n');
  const router = Router();
  router.get('/app.css', (_request, response) => {
    response.set('Cache-Control', 'public, max-age=31536000, immutable').type('css').send(css);
  });
  const icon = fs.readFileSync(`${FOLDER}/icon.svg`, 'utf8');
  router.get('/icon-:count.svg', (request, response) => {
    response
      .set('Cache-Control', 'public, max-age=86400')
      .type('svg')
      .send(badge(icon, request.params.count));
  });
  // Modules import each other without a version: a cache asks each time whether they are still the same.
  router.use(express.static(FOLDER, { index: false, cacheControl: false, setHeaders: revalidate }));
  const scripts = fs
    .readdirSync(`${FOLDER}/js`)
    .map((file) => fs.readFileSync(`${FOLDER}/js/${file}`, 'utf8'));
  return {
    router,
    styleSheet: `/assets/app.css?v=${versionOf(css)}`,
    script: `/assets/js/main.js?v=${versionOf(scripts.join('\n'))}`,
  };
}

/** The icon with a number in its corner: what waits, seen from another tab. */
function badge(icon: string, count: string): string {
  const text = /^\d{1,2}$/.test(count) ? count : '99';
  return icon.replace(
    '</svg>',
    `<circle cx="20" cy="20" r="12" fill="#d5302b"/><text x="20" y="25.5" text-anchor="middle" fill="#fff"
      font-family="sans-serif" font-weight="700" font-size="${text.length > 1 ? 14 : 17}">${text}</text></svg>`,
  );
}

function revalidate(response: express.Response): void {
  response.set('Cache-Control', 'no-cache');
}

function versionOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
