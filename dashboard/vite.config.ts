import { defaultClientConditions, defineConfig, type UserConfig } from 'vite';

const config: UserConfig = defineConfig({
  // Relative addresses: the page also works below a path of a reverse proxy.
  base: './',
  resolve: { conditions: ['tidemark-source', ...defaultClientConditions] },
  build: {
    // Inside of the collector's package, which serves it.
    outDir: '../collector/page',
    emptyOutDir: true,
    // The collector's content security policy allows no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
  },
});
export default config;
