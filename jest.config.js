/** Tests run on what the compiler wrote, so that what is tested is what is shipped. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/dist/test'],
  testMatch: ['**/*.test.js'],
  transform: {},
  globalSetup: '<rootDir>/dist/test/support/global-setup.js',
  globalTeardown: '<rootDir>/dist/test/support/global-teardown.js',
  testTimeout: 60_000,
  // Half of the time a story waits for its database or its browser.
  maxWorkers: 2,
  // Modules of finished files are not all given back.
  workerIdleMemoryLimit: '1500MB',
};
