import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [
      '{packages,protocols,services,apps}/**/src/**/*.test.ts',
      'scripts/**/*.test.ts',
      'interop/**/*.test.ts',
      'e2e/**/*.test.ts',
    ],
    // One process, one module graph: isolation costs twenty times the run and hides shared state instead of forbidding it.
    pool: 'threads',
    isolate: false,
    testTimeout: 10_000,
  },
})
