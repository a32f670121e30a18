import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import type { MiddlewareHandler } from 'hono';

/** The page loads nothing from elsewhere, runs nothing that is not in its files, and is shown in no frame. */
const contentSecurityPolicy = [
  "default-src 'self'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const notBuilt = `Tidemark collector: it runs, but its page is not built.

  npm run build

and load this again. The API is at /api/assessment, the metrics are at /metrics.
`;

/** The files of a built dashboard. It may be built while the collector runs. */
export function page(directory: string): MiddlewareHandler {
  let files: MiddlewareHandler | undefined;
  return async (c, next) => {
    if (!existsSync(join(directory, 'index.html'))) {
      return c.req.path === '/' ? c.text(notBuilt, 200, { 'cache-control': 'no-store' }) : next();
    }
    files ??= serveStatic({ root: directory });
    c.header('content-security-policy', contentSecurityPolicy);
    c.header('x-content-type-options', 'nosniff');
    c.header('referrer-policy', 'no-referrer');
    // Names in assets/ carry a hash of what is in them; the page that names them must not be an old one.
    c.header('cache-control', c.req.path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
    return files(c, next);
  };
}
