import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { served } from '../test/served.ts';

const folders: string[] = [];
afterAll(() => {
  for (const made of folders) rmSync(made, { recursive: true });
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'tidemark-page-'));
  folders.push(made);
  return made;
}

function build(directory: string): void {
  mkdirSync(join(directory, 'assets'));
  writeFileSync(join(directory, 'index.html'), '<!doctype html><title>Tidemark</title>');
  writeFileSync(join(directory, 'assets', 'page-abc123.js'), 'export {};');
  writeFileSync(join(directory, 'assets', 'page-abc123.css'), 'body {}');
  writeFileSync(join(directory, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
}

test('a page that is not built says how to build it, and is found once it is', async () => {
  const pageDirectory = folder();
  await using server = await served({ pageDirectory });
  const before = await server.get('/');
  expect(before.headers.get('content-type')).toMatch(/^text\/plain/);
  expect(await before.text()).toContain('npm run build');
  build(pageDirectory);
  expect(await (await server.get('/')).text()).toContain('<title>Tidemark</title>');
});

test.for([
  { path: '/', type: 'text/html', cache: 'no-cache' },
  { path: '/index.html', type: 'text/html', cache: 'no-cache' },
  { path: '/assets/page-abc123.js', type: 'text/javascript', cache: 'public, max-age=31536000, immutable' },
  { path: '/assets/page-abc123.css', type: 'text/css', cache: 'public, max-age=31536000, immutable' },
  { path: '/favicon.svg', type: 'image/svg+xml', cache: 'no-cache' },
])('$path is $type, and runs nothing that is not in its own files', async ({ path, type, cache }) => {
  const pageDirectory = folder();
  build(pageDirectory);
  await using server = await served({ pageDirectory });
  const answer = await server.get(path);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')?.split(';')[0]).toBe(type);
  expect(answer.headers.get('cache-control')).toBe(cache);
  const policy = answer.headers.get('content-security-policy');
  expect(policy).toMatch(/^default-src 'self';/);
  expect(policy).not.toContain('unsafe');
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
});

test.for([
  '/nothing.js',
  '/assets',
  '/assets/',
  '/../secret.txt',
  '/%2e%2e/secret.txt',
  '/..%2fsecret.txt',
  '/assets/../../secret.txt',
])('nothing outside the page is served, and no listing: %s', async (path) => {
  const parent = folder();
  const pageDirectory = join(parent, 'dist');
  mkdirSync(pageDirectory);
  build(pageDirectory);
  writeFileSync(join(parent, 'secret.txt'), 'secret');
  await using server = await served({ pageDirectory });
  const { status, text } = await raw(server.url, path);
  expect(status).toBe(404);
  expect(text).not.toContain('secret\n');
  expect(text).not.toBe('secret');
});

/** `fetch` would tidy the path up before it is sent. */
function raw(url: string, path: string): Promise<{ readonly status: number; readonly text: string }> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode!, text }));
    })
      .on('error', reject)
      .end();
  });
}
